//! Hints from the server, by a streaming fetch that opens itself again.

use super::{
    clock::{millis, sleep, within},
    engine::{Engine, Open, api, surroundings},
    message::tell,
    session::{Begun, agent},
    transport::Fetch,
};
use crate::bridge::{Connection, Error, Notice};
use futures_channel::oneshot;
use futures_util::future::select;
use sealward_client::{
    error as client,
    session::{Event, Heard, Session},
};
use std::{
    pin::pin,
    rc::{Rc, Weak},
};
use wasm_bindgen_futures::spawn_local;

/// A stream that was silent for so long is opened anew, in milliseconds; the server says something every 20 seconds.
const SILENCE: i32 = 45_000;
/// Waits between attempts: the first, and the longest.
const FIRST_WAIT: i32 = 500;
const LONGEST_WAIT: i32 = 15_000;

/// Listens for as long as the session is open.
pub async fn listen(engine: Engine, open: Weak<Open>) {
    let mut wait = FIRST_WAIT;
    loop {
        let error = hear(&engine, &open, &mut wait).await;
        let is_lost = !matches!(error, Error::SecondFactorNeeded(_));
        match error {
            Error::SessionEnded => {
                engine.end_from_outside();
                return;
            }
            Error::Locked => return,
            // The page asks the person, and has this tried again.
            Error::SecondFactorNeeded(held) => {
                engine.owing.set(true);
                tell(Notice::SecondFactor(held));
            }
            _ => {}
        }
        if let Some(open) = open.upgrade() {
            engine.say_connection(&open);
            if open.unlocking.borrow().is_none() && is_lost {
                engine.set_connection(Connection::Offline);
            }
        }
        let Some(retry) = open.upgrade().map(|open| {
            let (retry, asked) = oneshot::channel();
            open.retry.replace(Some(retry));
            asked
        }) else {
            return;
        };
        select(pin!(sleep(wait)), retry).await;
        wait = wait.saturating_mul(2).min(LONGEST_WAIT);
    }
}

impl Engine {
    /// Says that a session was opened without the server, and how old is what it shows.
    pub fn say_connection(&self, open: &Open) {
        if open.unlocking.borrow().is_some() {
            let heard = millis(open.session.heard());
            self.set_connection(Connection::Kept(heard));
        }
    }
}

/// Opens the stream and passes hints on, until it ends.
async fn hear(engine: &Engine, open: &Weak<Open>, wait: &mut i32) -> Error {
    let mut events = {
        let Some(open) = open.upgrade() else { return Error::Locked };
        if open.unlocking.borrow().is_some() {
            return connect(engine, &open).await;
        }
        match within(SILENCE, open.session.open_events()).await {
            Some(Ok(events)) => events,
            Some(Err(error)) => return error.into(),
            None => return Error::Offline,
        }
    };
    let mut is_first = true;
    loop {
        match within(SILENCE, events.next()).await {
            Some(Ok(Some(Heard::Heartbeat))) => {}
            Some(Ok(Some(Heard::Event(Event::SessionEnded)))) => return Error::SessionEnded,
            Some(Ok(Some(Heard::Event(event)))) => {
                // The first event says that the stream is open: whatever happened before it is caught up with too.
                let Some(open) = open.upgrade() else { return Error::Locked };
                if is_first || event == Event::Audit {
                    tell(Notice::AuditChanged);
                }
                // Nothing else follows from what was only written down.
                if event != Event::Audit {
                    let _ = open.news.unbounded_send(());
                }
                if is_first || matches!(event, Event::Request { .. }) {
                    tell(Notice::RequestsChanged);
                }
                is_first = false;
            }
            Some(Ok(None)) | None => return Error::Offline,
            Some(Err(error)) => return error.into(),
        }
        *wait = FIRST_WAIT;
        engine.set_connection(Connection::Online);
    }
}

/// Signs in where the session was opened without the server.
async fn connect(engine: &Engine, open: &Rc<Open>) -> Error {
    let Some(unlocking) = open.unlocking.borrow().clone() else { return Error::Offline };
    let memory = open.session.memory();
    let agent = agent();
    match within(SILENCE, unlocking.sign_in(api(), surroundings(), &agent, memory.as_deref())).await {
        Some(Ok(session)) => {
            // This very task ends with the session that it listens for.
            spawn_local(change_over(engine.clone(), Rc::clone(open), session));
            Error::Locked
        }
        // The password was changed elsewhere, or the member may not act any more: what is kept here is not for them.
        Some(Err(client::Error::WrongPassword | client::Error::WrongKit | client::Error::Suspended)) => {
            let _ = engine.catalogs.forget(open.team(), false).await;
            Error::SessionEnded
        }
        Some(Err(error)) => error.into(),
        None => Error::Offline,
    }
}

/// Puts a session with the server in place of one that was opened without it.
async fn change_over(engine: Engine, open: Rc<Open>, session: Session<Fetch>) {
    let (locks, standing) = (engine.locks.get(), open.standing.get());
    let kept = engine.catalogs.read(open.team()).await;
    if !engine.is_open(&open) {
        let _ = session.end_session(session.id()).await;
        return;
    }
    match engine.take(Begun { session, unlocking: None, kept }, standing).await {
        // Everything was locked meanwhile: it came too late.
        Ok(_) if engine.locks.get() != locks => engine.lock(),
        Ok(new) => {
            tell(Notice::Session(engine.state()));
            tell(Notice::CatalogChanged);
            engine.settle_in(&new).await;
        }
        // What this browser keeps is for whoever confirms, where the team asks for that.
        Err(Error::NotConfirmed) if engine.is_open(&open) => engine.lock_everywhere(),
        Err(_) if engine.is_open(&open) => open.run(listen(engine.clone(), Rc::downgrade(&open))),
        Err(_) => {}
    }
}
