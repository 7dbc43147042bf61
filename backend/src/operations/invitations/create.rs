//! Invites somebody: the statement, and the keys that whoever joins will need, sealed to the invitation.

use std::sync::Arc;

use sealward_contract::{
    chain::{Body, Refused},
    operations::{invitations::CreateInvitation, vault::Stated},
};

use crate::{
    operations::{
        Call, Handler, Outcome, Reply,
        statement::{Author, Sent, refuse, store_wrapped, take, wrapped},
    },
    server::App,
};

impl Handler for CreateInvitation {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let author = Author::from(call.caller()?);
        let sent = Sent::new(&call, &call.body.statement);
        let body = call.body;
        let stated = take(
            app,
            author,
            sent,
            |followed| match &followed.body {
                Body::Invite(invite) => {
                    let granted = invite.grants.iter().map(|grant| grant.vault).collect();
                    wrapped(&followed.state, invite.invite.member(), &granted, &body.directory, &body.envelopes)
                }
                _ => Err(refuse(Refused::Unknown)),
            },
            |tx, followed, wrapped| {
                store_wrapped(tx, followed, wrapped)?;
                Ok(Stated { sequence: followed.sequence() })
            },
        );
        Ok(Reply::Value(stated.await?))
    }
}
