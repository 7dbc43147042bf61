//! Gives somebody who has no keys of their own others that the caller made: what was kept for those of before goes, and
//! their sessions end.

use std::sync::Arc;

use sealward_contract::{
    chain::{Body, Refused},
    operations::{
        members::{MadeMember, SetPassword},
        services::ServiceToken,
        vault::Stated,
    },
    policy,
};

use super::end_sessions;
use crate::{
    memory::hub::Hint,
    operations::{
        Call, Handler, Outcome, Reply, keys, services,
        statement::{Author, Sent, refuse, take, take_envelopes, take_turns},
    },
    server::App,
};

impl Handler for SetPassword {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (caller, member) = (call.caller()?.clone(), call.path.member);
        // Nobody else could say this: no writer has to wait for it.
        if !policy::may_set_password(&caller.state, &caller.member, &member, &[]) {
            return Err(refuse(Refused::Right));
        }
        let _turns = take_turns(app, &caller, &call.body.statement).await?;
        let sent = Sent::new(&call, &call.body.statement);
        let team = call.path.team;
        let MadeMember { statement, login_key, kit_tag, bundle, directory, envelopes } = call.body;
        // What is kept of somebody whose keys others made is the same, person or service.
        let made = ServiceToken { statement, login_key, kit_tag, bundle, directory, envelopes };
        let stated = take(
            app,
            Author::from(&caller),
            sent,
            |followed| match &followed.body {
                Body::SetPassword(set) if set.member == member => services::check(&followed.state, member, &made),
                _ => Err(refuse(Refused::Unknown)),
            },
            move |tx, followed, kept| {
                end_sessions(tx, followed, member)?;
                take_envelopes(tx, team, member)?;
                keys::forget_wrapped(tx, team, member, &std::collections::BTreeSet::new())?;
                services::keep(tx, followed, member, kept)?;
                Ok(Stated { sequence: followed.sequence() })
            },
        )
        .await?;
        app.hub.tell(&team, Hint::MemberEnded(member));
        Ok(Reply::Value(stated))
    }
}
