//! Says what a member group asks for in a vault.

use std::sync::Arc;

use sealward_contract::{
    chain::{Body, Refused},
    operations::{groups::SetGroupRole, vault::Stated},
};

use crate::{
    operations::{
        Call, Handler, Outcome, Reply,
        statement::{Author, Sent, refuse, take},
    },
    server::App,
};

impl Handler for SetGroupRole {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (caller, vault) = (call.caller()?, call.path.vault);
        caller.role(&vault)?;
        let stated = take(
            app,
            Author::from(caller),
            Sent::new(&call, &call.body.statement),
            |followed| match &followed.body {
                Body::SetGroupRole(set) if set.vault == vault => Ok(()),
                _ => Err(refuse(Refused::Unknown)),
            },
            |_, followed, ()| Ok(Stated { sequence: followed.sequence() }),
        );
        Ok(Reply::Value(stated.await?))
    }
}
