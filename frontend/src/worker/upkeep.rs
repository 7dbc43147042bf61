//! What runs beside an open session: synchronising after hints, the search index, facts, the device's memory, and the
//! verification of every signature, all in slices that leave room for commands.

use super::{
    clock::{make_way, sleep},
    engine::{Engine, Open},
    error::describe,
    message::tell,
};
use crate::bridge::{Error, Notice, VaultId};
use futures_channel::mpsc;
use futures_util::StreamExt;
use sealward_client::error as client;
use sealward_contract::record::{LeafKey, RecordKind};
use std::rc::{Rc, Weak};

/// Signatures verified in one slice: about 4 ms, as a keystroke may have to wait for one.
const VERIFIED_AT_ONCE: usize = 24;
/// Facts of a vault that others change are not fetched more often than this, in milliseconds.
const FACTS_PAUSE: i32 = 3_000;
/// How often a long write is looked at.
const WRITING_PAUSE: i32 = 40;
/// The pause after it, in milliseconds.
const VERIFY_PAUSE: i32 = 4;
/// How often it is looked whether there is something to verify or to fetch.
const LOOK: i32 = 400;
/// How often, and how many times at most, the index waits until the page asks for nothing.
const INDEX_PAUSE: i32 = 100;
const INDEX_PAUSES: usize = 20;

impl Engine {
    /// Takes in what the session learnt: lists, search, facts, and a notice to the page.
    pub fn take_in(&self, open: &Rc<Open>) {
        let changes = open.session.take_changes();
        if changes.is_empty() {
            return;
        }
        open.facts.borrow_mut().note(&open.session, &changes);
        open.catalog.borrow_mut().apply(&open.session, &open.facts.borrow(), &changes);
        open.index.borrow_mut().queue(&open.session, &changes);
        let _ = open.work.unbounded_send(());
        if self.is_open(open) {
            tell(Notice::CatalogChanged);
        }
    }

    /// Brings everything up to date.
    ///
    /// # Errors
    /// [`Error`]; a damaged vault is told to the page and stops nothing else.
    pub async fn keep_up(&self, open: &Rc<Open>) -> Result<(), Error> {
        // What is shown of people is the chain's and the directory's.
        let place = || (open.session.chain().map(|chain| chain.position()), open.session.directory().place());
        let before = place();
        let report = open.session.sync(|_| {}).await?;
        for damage in &report.damages {
            open.tell_damage(damage);
        }
        self.take_in(open);
        if place() != before {
            self.tell_people(open);
        }
        Ok(())
    }
}

impl Open {
    /// Tells the page of something that failed its verification.
    pub fn tell_damage(&self, damage: &client::Damage) {
        let told = describe(damage, self.session.chain().as_deref());
        tell(Notice::Damage(told));
    }
}

/// Synchronises whenever there may be something new; many hints in a row make one synchronisation.
pub async fn keep_up_always(engine: Engine, open: Weak<Open>, mut news: mpsc::UnboundedReceiver<()>) {
    while news.next().await.is_some() {
        // What this window is writing itself needs no fetching.
        while open.upgrade().is_some_and(|open| open.writing.get() > 0) {
            sleep(WRITING_PAUSE).await;
        }
        while news.try_recv().is_ok() {}
        let Some(open) = open.upgrade() else { return };
        let before = open.session.sight();
        match engine.keep_up(&open).await {
            Ok(()) => {
                if open.session.sight() != before {
                    tell(Notice::Session(engine.state()));
                }
                open.leave_checkpoint().await;
            }
            Err(Error::SessionEnded) => {
                engine.end_from_outside();
                return;
            }
            Err(Error::Integrity(damage)) => tell(Notice::Damage(damage)),
            // The stream of hints breaks off too, and its next opening is the next hint.
            Err(_) => {}
        }
    }
}

/// Keeps the search index and the device's memory up to date.
pub async fn index_always(engine: Engine, open: Weak<Open>, mut work: mpsc::UnboundedReceiver<()>) {
    while work.next().await.is_some() {
        while work.try_recv().is_ok() {}
        make_way().await;
        // The list that was just opened comes first. Who searches or filters meanwhile makes the index at once.
        for _ in 0..INDEX_PAUSES {
            if !engine.is_asked() {
                break;
            }
            sleep(INDEX_PAUSE).await;
        }
        loop {
            let Some(open) = open.upgrade() else { return };
            if !index_some(&open) {
                // What is remembered is never to be newer than the catalog that is kept: they are written down together.
                if open.keeping.on.get() {
                    let _ = open.settled.unbounded_send(());
                } else {
                    engine.save_memory(&open, open.session.memory()).await;
                }
                break;
            }
            drop(open);
            make_way().await;
        }
    }
}

/// Fetches facts where they changed.
pub async fn fetch_facts_always(engine: Engine, open: Weak<Open>) {
    loop {
        sleep(LOOK).await;
        let Some(strong) = open.upgrade() else { return };
        if strong.writing.get() > 0 || !strong.index.borrow().is_complete() {
            continue;
        }
        let stale = strong.facts.borrow_mut().take_stale();
        for vault in &stale {
            fetch_facts(&engine, &strong, *vault).await;
        }
        strong.facts.borrow_mut().end_fetch();
        drop(strong);
        if !stale.is_empty() {
            sleep(FACTS_PAUSE).await;
        }
    }
}

/// Verifies the signature of every record in the background.
pub async fn verify_always(engine: Engine, open: Weak<Open>) {
    loop {
        let Some(strong) = open.upgrade() else { return };
        // People wait for search and facts, and for nothing here: what is acted on is verified then anyway.
        let others = strong.writing.get() > 0
            || !strong.index.borrow().is_complete()
            || strong.facts.borrow().is_busy()
            || strong.files.borrow().is_moving()
            || engine.is_asked();
        let more = !others && verify_some(&engine, &strong);
        drop(strong);
        // While there is something to verify, half of the time is for whoever else wants to run.
        sleep(if more { VERIFY_PAUSE } else { LOOK }).await;
    }
}

/// Search first, then filters.
fn index_some(open: &Open) -> bool {
    open.index.borrow_mut().index_some(&open.session) || open.catalog.borrow_mut().make_details(open)
}

fn verify_some(engine: &Engine, open: &Rc<Open>) -> bool {
    let (damages, more) = open.session.verify_some(VERIFIED_AT_ONCE);
    let damaged: Vec<(VaultId, LeafKey)> = damages.iter().filter_map(key_of).collect();
    if !damaged.is_empty() {
        open.catalog.borrow_mut().apply(&open.session, &open.facts.borrow(), &damaged);
        open.index.borrow_mut().queue(&open.session, &damaged);
        for damage in &damages {
            open.tell_damage(damage);
        }
        let _ = open.work.unbounded_send(());
        if engine.is_open(open) {
            tell(Notice::CatalogChanged);
        }
    }
    more
}

fn key_of(damage: &client::Damage) -> Option<(VaultId, LeafKey)> {
    match damage.object {
        client::DamagedObject::Record(kind) => Some((damage.vault?, LeafKey { id: damage.id?, kind })),
        _ => None,
    }
}

/// Fetches the facts of a vault page by page, each of which takes a frame's time to verify.
async fn fetch_facts(engine: &Engine, open: &Rc<Open>, vault: VaultId) {
    let mut cursor = None;
    let mut changed = Vec::new();
    loop {
        let Ok(page) = open.session.fetch_facts_page(vault, cursor.take()).await else {
            open.facts.borrow_mut().mark_stale(vault);
            break;
        };
        for (account, facts) in page.facts {
            if open.facts.borrow_mut().put(vault, account, facts) {
                changed.push((vault, LeafKey { id: account, kind: RecordKind::Facts }));
            }
        }
        page.damages.iter().for_each(|damage| open.tell_damage(damage));
        make_way().await;
        match page.next {
            Some(next) => cursor = Some(next),
            None => break,
        }
    }
    if !changed.is_empty() {
        open.catalog.borrow_mut().apply(&open.session, &open.facts.borrow(), &changed);
        if engine.is_open(open) {
            tell(Notice::CatalogChanged);
        }
    }
}
