//! Streams hints about changes as server-sent events, with a comment now and then so that a dead connection shows.

use std::{sync::Arc, time::Duration};

use axum::body::Body;
use bytes::Bytes;
use futures_util::stream;
use sealward_contract::{
    chain::TeamState,
    ids::Timestamp,
    operations::sync::{Event, StreamEvents},
    policy,
    problem::Rejection,
};
use tokio::sync::broadcast::error::RecvError;

use crate::{
    memory::hub::{Hint, Listener},
    operations::{Call, Caller, Handler, Outcome, Reply},
    server::App,
    store::{StoreError, tables::SESSIONS},
};

/// Silence after which a comment is sent.
const HEARTBEAT: Duration = Duration::from_secs(15);

impl Handler for StreamEvents {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let caller = call.caller()?.clone();
        let listener = app.hub.listen(caller.team, caller.member).ok_or(Rejection::TooManyStreams)?;
        // Ended between the look at the session and the first hint: nobody would tell.
        if !is_open(app, &caller, call.now)? {
            return Err(Rejection::Unauthenticated.into());
        }
        let stream = Stream { app: Arc::clone(app), caller, listener, stage: Stage::Opening };
        let parts = stream::unfold(stream, |mut stream| async move {
            let bytes = stream.next().await?;
            Some((Ok::<_, std::convert::Infallible>(bytes), stream))
        });
        Ok(Reply::Stream("text/event-stream", Body::from_stream(parts)))
    }
}

fn is_open(app: &App, caller: &Caller, now: Timestamp) -> Result<bool, StoreError> {
    let row = app.store.read(|tx| SESSIONS.get(tx, &caller.token))?;
    Ok(row.is_some_and(|row| row.expires > now))
}

enum Stage {
    Opening,
    Open,
    Ended,
}

struct Stream {
    app: Arc<App>,
    caller: Caller,
    listener: Listener,
    stage: Stage,
}

impl Stream {
    async fn next(&mut self) -> Option<Bytes> {
        match self.stage {
            Stage::Opening => {
                self.stage = Stage::Open;
                return Some(encode(&Event::Opened));
            }
            Stage::Open => {}
            Stage::Ended => return None,
        }
        loop {
            let hint = tokio::select! {
                biased;
                _ = self.listener.closing.wait_for(|closing| *closing) => return None,
                hint = self.listener.hints.recv() => hint,
                () = tokio::time::sleep(HEARTBEAT) => {
                    if is_open(&self.app, &self.caller, self.app.clock.now()).unwrap_or(false) {
                        return Some(Bytes::from_static(b":\n\n"));
                    }
                    self.stage = Stage::Ended;
                    return Some(encode(&Event::SessionEnded));
                }
            };
            match hint {
                // Too slow for single hints: a look at the team shows every head.
                Ok(Hint::Team) | Err(RecvError::Lagged(_)) => return Some(encode(&Event::Team)),
                Ok(hint @ (Hint::Vault(vault) | Hint::Request(vault) | Hint::Emergency(vault))) => {
                    let state = self.app.store.read(|tx| self.app.teams.state(tx, &self.caller.team));
                    let member = &self.caller.member;
                    let concerns = |state: &TeamState| {
                        state.vault_role(&vault, member).is_some()
                            || (matches!(hint, Hint::Emergency(_)) && policy::may_read_audit(state, member))
                    };
                    if let Ok(Some(state)) = state
                        && concerns(&state)
                    {
                        let is_vault = matches!(hint, Hint::Vault(_));
                        let event = if is_vault { Event::Vault { vault } } else { Event::Request { vault } };
                        return Some(encode(&event));
                    }
                }
                Ok(Hint::Audit) => {
                    let state = self.app.store.read(|tx| self.app.teams.state(tx, &self.caller.team));
                    if let Ok(Some(state)) = state
                        && policy::may_read_audit(&state, &self.caller.member)
                    {
                        return Some(encode(&Event::Audit));
                    }
                }
                Ok(Hint::SessionEnded(session)) if session == self.caller.session => return Some(self.end()),
                Ok(Hint::MemberEnded(member)) if member == self.caller.member => return Some(self.end()),
                Ok(Hint::SessionEnded(_) | Hint::MemberEnded(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        }
    }
}

impl Stream {
    /// The last thing that is told.
    fn end(&mut self) -> Bytes {
        self.stage = Stage::Ended;
        encode(&Event::SessionEnded)
    }
}

fn encode(event: &Event) -> Bytes {
    let json = serde_json::to_string(event).unwrap_or_default();
    Bytes::from(format!("data: {json}\n\n"))
}
