//! Makes somebody a member: the statement, what the server keeps for signing in, and the keys that go with the roles, all at
//! once.

use std::sync::Arc;

use sealward_contract::{
    chain::{Body, Refused},
    operations::{
        members::{CreateMember, MadeMember},
        services::ServiceToken,
        vault::Stated,
    },
};

use crate::{
    operations::{
        Call, Handler, Outcome, Reply, services,
        statement::{Author, Sent, refuse, take},
    },
    server::App,
};

impl Handler for CreateMember {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let author = Author::from(call.caller()?);
        let sent = Sent::new(&call, &call.body.statement);
        let MadeMember { statement, login_key, kit_tag, bundle, directory, envelopes } = call.body;
        // What is kept of somebody whose keys others made is the same, person or service.
        let made = ServiceToken { statement, login_key, kit_tag, bundle, directory, envelopes };
        let stated = take(
            app,
            author,
            sent,
            |followed| match &followed.body {
                Body::AdmitPerson(admit) => {
                    let member = admit.keys.member;
                    Ok((member, services::check(&followed.state, member, &made)?))
                }
                _ => Err(refuse(Refused::Unknown)),
            },
            |tx, followed, (member, kept)| {
                services::keep(tx, followed, member, kept)?;
                Ok(Stated { sequence: followed.sequence() })
            },
        );
        Ok(Reply::Value(stated.await?))
    }
}
