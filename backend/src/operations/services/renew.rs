//! Gives a service another token: what was kept for the old one goes, and its sessions end.

use std::sync::Arc;

use sealward_contract::{
    chain::{Body, Refused},
    operations::{services::RenewService, vault::Stated},
    policy,
};

use super::{check, keep};
use crate::{
    memory::hub::Hint,
    operations::{
        Call, Handler, Outcome, Reply,
        members::end_sessions,
        statement::{Author, Sent, refuse, take, take_envelopes, take_turns},
    },
    server::App,
};

impl Handler for RenewService {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (caller, service) = (call.caller()?.clone(), call.path.member);
        // Nobody else could say this: no writer has to wait for it.
        if !policy::may_renew_service(&caller.state, &caller.member, &service) {
            return Err(refuse(Refused::Right));
        }
        let _turns = take_turns(app, &caller, &call.body.statement).await?;
        let sent = Sent::new(&call, &call.body.statement);
        let (team, token) = (call.path.team, call.body);
        let stated = take(
            app,
            Author::from(&caller),
            sent,
            |followed| match &followed.body {
                Body::RenewService(renew) if renew.member == service => check(&followed.state, service, &token),
                _ => Err(refuse(Refused::Unknown)),
            },
            move |tx, followed, kept| {
                end_sessions(tx, followed, service)?;
                take_envelopes(tx, followed.state.team(), service)?;
                keep(tx, followed, service, kept)?;
                Ok(Stated { sequence: followed.sequence() })
            },
        )
        .await?;
        app.hub.tell(&team, Hint::MemberEnded(service));
        Ok(Reply::Value(stated))
    }
}
