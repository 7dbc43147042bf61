//! Ends one of the caller's sessions.

use std::sync::Arc;

use sealward_contract::{
    audit::AuditedAct,
    operations::{Empty, session::EndSession},
    problem::{Never, Rejection},
};

use super::remove;
use crate::{
    memory::hub::Hint,
    operations::{
        Call, Handler, Outcome, Refusal, Reply,
        audit::{self, Audited},
    },
    server::App,
    store::tables::MEMBER_SESSIONS,
};

impl Handler for EndSession {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let caller = call.caller()?.clone();
        let (session, address, now) = (call.path.session, call.address, call.now);
        let (team, member) = (caller.team, caller.member);
        // One that is yet to be confirmed may give itself up, and touch no other.
        if let Some(held) = caller.owes.filter(|_| session != caller.session) {
            return Err(Rejection::SecondFactorNeeded { held }.into());
        }
        app.store
            .write(move |tx| {
                let token = MEMBER_SESSIONS.get(tx, &(team, member, session))?.ok_or(Rejection::NotFound)?;
                remove(tx, team, member, session, &token);
                let what = AuditedAct::SessionEnded { session };
                audit::append(
                    tx,
                    now,
                    Audited { team, member: Some(member), address: Some(address), what, statement: None },
                )?;
                Ok::<_, Refusal<Never>>(())
            })
            .await?;
        app.hub.tell(&team, Hint::SessionEnded(session));
        Ok(Reply::Value(Empty {}))
    }
}
