//! Locking after idle time, counted over all windows, and the answers that windows give each other.

use super::{
    clock::{self, sleep, within},
    device_store::Standing,
    engine::{Asking, Engine, Locked, api, surroundings},
    message::tell,
    session::Begun,
    windows::Word,
};
use crate::bridge::{Error, Notice};
use futures_channel::oneshot;
use sealward_client::session::HandoverKey;
use sealward_contract::bytes::Bytes;
use wasm_bindgen_futures::spawn_local;

/// How often the idle time is looked at, in milliseconds: also how late a device that slept locks.
const LOOK: i32 = 2_000;
/// Longest wait for a window that has an open session to give it.
const HANDOVER_PATIENCE: i32 = 5_000;

impl Engine {
    /// Starts: listens to the other windows, takes their session over if they have one, or finds what is locked.
    pub async fn start() -> Self {
        let engine = Self::new().await;
        let hearing = engine.clone();
        engine.windows.listen(move |word| hearing.hear(word));
        spawn_local(watch_idle(engine.clone()));
        let taken = engine.windows.is_anyone_open().await && engine.ask_windows().await.is_ok();
        if !taken {
            engine.find_locked().await;
        }
        engine
    }

    /// The person did something, here.
    pub fn touch(&self) {
        self.touched.set(clock::now().0);
        self.windows.say(&Word::Touched);
    }

    async fn find_locked(&self) {
        let stored = self.store.list().await;
        self.set_locked(stored.iter().find(|remembered| remembered.signed_in).and_then(Locked::remembered));
    }

    /// Asks the other windows for their session, and opens it.
    async fn ask_windows(&self) -> Result<(), Error> {
        let surroundings = surroundings();
        let key = HandoverKey::make(&surroundings);
        let ask = surroundings.make_id();
        let word = Word::Asks { ask, key: Box::new(key.request()) };
        let (answered, answer) = oneshot::channel();
        // Only the newest question counts: whoever waits for an earlier one is told so by the drop.
        self.asking.replace(Some(Asking { ask, key, answered }));
        self.windows.say(&word);
        let answer = within(HANDOVER_PATIENCE, answer).await.ok_or(Error::Locked)?;
        answer.map_err(|_| Error::Locked)?
    }

    fn hear(&self, word: Word) {
        match word {
            Word::Asks { ask, key } => {
                // A session that was opened without the server has nothing to give.
                let Some(open) = self.open().ok().filter(|open| open.unlocking.borrow().is_none()) else { return };
                if let Some(envelope) = open.session.hand_over(&key) {
                    self.windows.say(&Word::Gives { ask, envelope: Bytes(envelope), standing: open.standing.get() });
                }
            }
            Word::Gives { ask, envelope, standing } => self.take_over(ask, envelope, standing),
            Word::Opened(team) => match self.open() {
                // The keys of two teams never lie in memory together.
                Ok(open) if open.team() != team => self.lock(),
                Ok(_) => {}
                // Whoever is on the way into a team, by password or second factor, stays on it.
                Err(_) if self.is_opening() => {}
                Err(_) => self.follow(),
            },
            Word::Renewed(team) => {
                if self.open().is_ok_and(|open| open.team() == team) {
                    self.follow();
                } else {
                    let engine = self.clone();
                    spawn_local(async move { engine.find_locked().await });
                }
            }
            Word::Settled(team, standing) => {
                if let Ok(open) = self.open()
                    && open.team() == team
                {
                    open.standing.set(standing);
                    tell(Notice::Session(self.state()));
                }
            }
            Word::Kept(team) => self.reload_personal(team),
            Word::Touched => self.touched.set(clock::now().0),
            Word::Locked => self.lock(),
            Word::SignedOut(team) => self.leave(team),
        }
    }

    /// Takes the session of another window over, and shows it.
    fn follow(&self) {
        let engine = self.clone();
        spawn_local(async move {
            if engine.ask_windows().await.is_ok() {
                tell(Notice::Session(engine.state()));
                tell(Notice::CatalogChanged);
            }
        });
    }

    fn take_over(&self, ask: [u8; 16], envelope: Bytes, standing: Standing) {
        let mine = self.asking.borrow().as_ref().is_some_and(|asking| asking.ask == ask);
        let Some(Asking { key, answered, .. }) = mine.then(|| self.asking.take()).flatten() else { return };
        let (engine, locks) = (self.clone(), self.locks.get());
        spawn_local(async move {
            let taken = match key.take_over(api(), surroundings(), &envelope.0) {
                Ok(session) => {
                    let team = session.device().team;
                    let kept = engine.catalogs.read(team).await;
                    engine.take(Begun { session, unlocking: None, kept }, standing).await.map(drop)
                }
                Err(error) => Err(error.into()),
            };
            // Everything was locked while this session was being opened: it came too late.
            if engine.locks.get() != locks {
                engine.lock();
            }
            let _ = answered.send(taken);
        });
    }
}

async fn watch_idle(engine: Engine) {
    loop {
        sleep(LOOK).await;
        let Ok(open) = engine.open() else { continue };
        let Some(minutes) = open.standing.get().idle_minutes else { continue };
        let idle = clock::now().since(sealward_contract::ids::Timestamp(engine.touched.get()));
        if idle >= u64::from(minutes) * 60_000 {
            drop(open);
            engine.lock_everywhere();
        }
    }
}
