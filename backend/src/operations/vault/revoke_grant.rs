//! Takes a member's role in a vault away. Who does so need have no role there.

use std::sync::Arc;

use sealward_contract::{
    chain::{Body, Refused},
    operations::vault::{RevokeGrant, Stated},
    policy,
};

use crate::{
    operations::{
        Call, Handler, Outcome, Reply,
        statement::{Author, Sent, refuse, take, take_turns},
    },
    server::App,
};

impl Handler for RevokeGrant {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (caller, vault) = (call.caller()?, call.path.vault);
        let there = caller.state.vault(&vault).is_some() && policy::may_revoke(&caller.state, &caller.member, &vault);
        if !there {
            caller.role(&vault)?;
        }
        let _turns = take_turns(app, caller, &call.body.statement).await?;
        let stated = take(
            app,
            Author::from(caller),
            Sent::new(&call, &call.body.statement),
            |followed| match &followed.body {
                Body::Revoke(revoke) if revoke.vault == vault => Ok(()),
                _ => Err(refuse(Refused::Unknown)),
            },
            |_, followed, ()| Ok(Stated { sequence: followed.sequence() }),
        );
        Ok(Reply::Value(stated.await?))
    }
}
