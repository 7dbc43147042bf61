//! Sets the team's policy. An owner who has a second factor confirms it first: whoever found an open session must not turn
//! off what it would be asked for.

use std::sync::Arc;

use sealward_contract::{
    chain::{Body, Refused},
    operations::{factors::SetTeamPolicy, vault::Stated},
    policy,
};

use super::confirmation;
use crate::{
    operations::{
        Call, Handler, Outcome, Reply,
        statement::{Author, Sent, refuse, take},
    },
    server::App,
};

impl Handler for SetTeamPolicy {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (caller, now) = (call.caller()?.clone(), call.now);
        if !policy::may_set_team_policy(&caller.state, &caller.member) {
            return Err(refuse(Refused::Right));
        }
        let stated = take(
            app,
            Author::from(&caller),
            Sent::new(&call, &call.body.statement),
            |followed| match &followed.body {
                Body::SetTeamPolicy(_) => Ok(()),
                _ => Err(refuse(Refused::Unknown)),
            },
            move |tx, followed, ()| {
                confirmation::check_fresh(tx, &caller, now)?;
                Ok(Stated { sequence: followed.sequence() })
            },
        );
        Ok(Reply::Value(stated.await?))
    }
}
