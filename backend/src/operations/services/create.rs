//! Admits a service: the statement, what the server keeps for signing in, and the keys that go with its roles, all at once.

use std::sync::Arc;

use sealward_contract::{
    chain::{Body, Refused},
    operations::{services::CreateService, vault::Stated},
};

use super::{check, keep};
use crate::{
    operations::{
        Call, Handler, Outcome, Reply,
        statement::{Author, Sent, refuse, take},
    },
    server::App,
};

impl Handler for CreateService {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let author = Author::from(call.caller()?);
        let sent = Sent::new(&call, &call.body.statement);
        let token = call.body;
        let stated = take(
            app,
            author,
            sent,
            |followed| match &followed.body {
                Body::Admit(admit) => {
                    let service = admit.keys.member;
                    Ok((service, check(&followed.state, service, &token)?))
                }
                _ => Err(refuse(Refused::Unknown)),
            },
            |tx, followed, (service, kept)| {
                keep(tx, followed, service, kept)?;
                Ok(Stated { sequence: followed.sequence() })
            },
        );
        Ok(Reply::Value(stated.await?))
    }
}
