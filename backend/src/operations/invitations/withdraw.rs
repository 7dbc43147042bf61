//! Withdraws an invitation.

use std::sync::Arc;

use sealward_contract::{
    chain::{Body, Refused},
    operations::{invitations::WithdrawInvitation, vault::Stated},
};

use crate::{
    operations::{
        Call, Handler, Outcome, Reply,
        statement::{Author, Sent, refuse, take},
    },
    server::App,
};

impl Handler for WithdrawInvitation {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let invite = call.path.invite;
        let stated = take(
            app,
            Author::from(call.caller()?),
            Sent::new(&call, &call.body.statement),
            |followed| match &followed.body {
                Body::WithdrawInvite(withdraw) if withdraw.invite == invite => Ok(()),
                _ => Err(refuse(Refused::Unknown)),
            },
            |_, followed, ()| Ok(Stated { sequence: followed.sequence() }),
        );
        Ok(Reply::Value(stated.await?))
    }
}
