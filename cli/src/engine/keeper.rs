//! The sessions of one thread.

use super::{Credential, Open, SessionKey, Settings, slot::Slot};
use crate::{connection::Http, failure::Failure};
use sealward_client::error::Error;
use std::{
    cell::{Cell, RefCell},
    collections::HashMap,
    rc::{Rc, Weak},
    time::Duration,
};
use tokio::time::{Instant, sleep, timeout};

/// Longest wait for the server to take note that a session ended.
const LEAVING: Duration = Duration::from_secs(2);
/// A token that the server does not know is not tried again for so long, however often it is given.
const REFUSED_FOR: Duration = Duration::from_secs(2);
/// More refused tokens than these are forgotten.
const REFUSED_AT_MOST: usize = 1_000;

/// The sessions of one thread, and the connections to the server that they share.
pub(super) struct Keeper {
    settings: Settings,
    http: Http,
    slots: RefCell<HashMap<SessionKey, Rc<Slot>>>,
    refused: RefCell<HashMap<SessionKey, Instant>>,
    ending: Cell<bool>,
}

impl Keeper {
    pub(super) fn new(settings: Settings) -> Self {
        let http = Http::new(&settings.server, &settings.trust);
        Self { settings, http, slots: RefCell::default(), refused: RefCell::default(), ending: Cell::new(false) }
    }

    /// Does something with a session, which is opened first where it is not and a credential is given.
    pub(super) async fn act<R>(
        &self,
        key: SessionKey,
        credential: Option<&Credential>,
        act: impl AsyncFnOnce(&Open) -> Result<R, Failure>,
    ) -> Result<R, Failure> {
        let slot = match self.ready(key, credential).await {
            // It ended on the server, of old age or of a restart: the credential says whether another may begin.
            Err(failure) if failure.ends_session() => match credential {
                Some(credential) => self.ready(key, Some(credential)).await?,
                None => return Err(Failure::Locked),
            },
            ready => ready?,
        };
        let _using = slot.begin();
        let done = act(slot.opened().ok_or(Failure::Locked)?).await;
        if done.as_ref().err().is_some_and(Failure::ends_session) {
            self.take_away_this(&key, &slot);
        }
        done
    }

    /// Does something with a session that is opened for it, that nobody else finds, and that ends with it.
    pub(super) async fn act_alone<R>(
        &self,
        credential: &Credential,
        act: impl AsyncFnOnce(&Open) -> Result<R, Failure>,
    ) -> Result<R, Failure> {
        if self.ending.get() {
            return Err(Failure::Closed);
        }
        let slot = Slot::new();
        let session = slot.open(&self.settings, &self.http, credential).await?;
        let done = match slot.freshen(&self.settings, session).await {
            Ok(()) => act(session).await,
            Err(failure) => Err(failure),
        };
        self.end(&slot).await;
        done
    }

    /// A session that is open and up to date.
    async fn ready(&self, key: SessionKey, credential: Option<&Credential>) -> Result<Rc<Slot>, Failure> {
        let slot = self.slot(key, credential.is_some())?;
        let _using = slot.begin();
        let session = match (slot.opened(), credential) {
            (Some(session), _) => session,
            (None, None) => return Err(Failure::Locked),
            (None, Some(credential)) => {
                let opened = slot.open(&self.settings, &self.http, credential).await;
                if let Err(failure) = &opened {
                    self.take_away_this(&key, &slot);
                    if matches!(failure, Failure::Credential(Error::TokenRefused)) {
                        self.note_refused(key);
                    }
                }
                opened?
            }
        };
        let fresh = slot.freshen(&self.settings, session).await;
        if fresh.as_ref().err().is_some_and(Failure::ends_session) {
            self.take_away_this(&key, &slot);
        }
        fresh?;
        Ok(Rc::clone(&slot))
    }

    fn slot(&self, key: SessionKey, make: bool) -> Result<Rc<Slot>, Failure> {
        if self.ending.get() {
            return Err(Failure::Closed);
        }
        if self.refused.borrow().get(&key).is_some_and(|since| since.elapsed() < REFUSED_FOR) {
            return Err(Failure::Credential(Error::TokenRefused));
        }
        let mut slots = self.slots.borrow_mut();
        match slots.get(&key) {
            Some(slot) => Ok(Rc::clone(slot)),
            None if make => Ok(Rc::clone(slots.entry(key).or_insert_with(|| Rc::new(Slot::new())))),
            None => Err(Failure::Locked),
        }
    }

    fn note_refused(&self, key: SessionKey) {
        let mut refused = self.refused.borrow_mut();
        if refused.len() >= REFUSED_AT_MOST {
            refused.clear();
        }
        refused.insert(key, Instant::now());
    }

    pub(super) fn is_open(&self, key: &SessionKey) -> bool {
        self.slots.borrow().get(key).is_some_and(|slot| slot.opened().is_some())
    }

    fn take_away(&self, key: &SessionKey) -> Option<Rc<Slot>> {
        self.slots.borrow_mut().remove(key)
    }

    /// Takes a slot away, and not one that somebody has put in its place meanwhile.
    fn take_away_this(&self, key: &SessionKey, slot: &Rc<Slot>) {
        let mut slots = self.slots.borrow_mut();
        if slots.get(key).is_some_and(|held| Rc::ptr_eq(held, slot)) {
            slots.remove(key);
        }
    }

    /// Ends a session.
    pub(super) async fn forget(&self, key: &SessionKey) {
        if let Some(slot) = self.take_away(key) {
            self.end(&slot).await;
        }
    }

    /// Ends all of them, and opens no more.
    pub(super) async fn forget_all(&self) {
        self.ending.set(true);
        let slots: Vec<_> = self.slots.borrow_mut().drain().map(|(_, slot)| slot).collect();
        for slot in slots {
            self.end(&slot).await;
        }
    }

    async fn end(&self, slot: &Slot) {
        if let Some(session) = slot.opened() {
            slot.remember(&self.settings, session);
            // Where the server cannot be told, the session ends there by itself.
            drop(timeout(LEAVING, session.end_session(session.id())).await);
        }
    }

    /// Ends, again and again, what nobody has used for long.
    pub(super) async fn sweep(keeper: Weak<Self>) {
        loop {
            let Some(held) = keeper.upgrade() else { return };
            let idle = held.settings.idle;
            let is_idle = |(key, slot): (&SessionKey, &Rc<Slot>)| slot.is_idle(idle).then_some(*key);
            let keys: Vec<_> = held.slots.borrow().iter().filter_map(is_idle).collect();
            for key in keys {
                held.forget(&key).await;
            }
            drop(held);
            sleep(idle.clamp(Duration::from_millis(100), Duration::from_secs(30)) / 4).await;
        }
    }
}
