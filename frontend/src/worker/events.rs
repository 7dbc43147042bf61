//! Hints from the server, by a streaming fetch that opens itself again.

use super::{
    clock::{sleep, within},
    engine::{Engine, Open},
};
use crate::bridge::{Connection, Error};
use futures_channel::oneshot;
use futures_util::future::select;
use sealward_client::session::{Event, Heard};
use std::{pin::pin, rc::Weak};

/// A stream that was silent for so long is opened anew, in milliseconds; the server says something every 20 seconds.
const SILENCE: i32 = 45_000;
/// Waits between attempts: the first, and the longest.
const FIRST_WAIT: i32 = 500;
const LONGEST_WAIT: i32 = 15_000;

/// Listens for as long as the session is open.
pub async fn listen(engine: Engine, open: Weak<Open>) {
    let mut wait = FIRST_WAIT;
    loop {
        match hear(&engine, &open, &mut wait).await {
            Error::SessionEnded => {
                engine.end_from_outside();
                return;
            }
            Error::Locked => return,
            _ => {}
        }
        engine.set_connection(Connection::Offline);
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

/// Opens the stream and passes hints on, until it ends.
async fn hear(engine: &Engine, open: &Weak<Open>, wait: &mut i32) -> Error {
    let mut events = {
        let Some(open) = open.upgrade() else { return Error::Locked };
        match within(SILENCE, open.session.open_events()).await {
            Some(Ok(events)) => events,
            Some(Err(error)) => return error.into(),
            None => return Error::Offline,
        }
    };
    loop {
        match within(SILENCE, events.next()).await {
            Some(Ok(Some(Heard::Heartbeat))) => {}
            Some(Ok(Some(Heard::Event(Event::SessionEnded)))) => return Error::SessionEnded,
            Some(Ok(Some(Heard::Event(_)))) => {
                // The first event says that the stream is open: whatever happened before it is caught up with too.
                let Some(open) = open.upgrade() else { return Error::Locked };
                let _ = open.news.unbounded_send(());
            }
            Some(Ok(None)) | None => return Error::Offline,
            Some(Err(error)) => return error.into(),
        }
        *wait = FIRST_WAIT;
        engine.set_connection(Connection::Online);
    }
}
