//! Makes somebody a member without keys: the statement, and the record with their profile, all or nothing.

use std::sync::Arc;

use sealward_contract::{
    chain::{Body, Refused},
    operations::{
        members::RegisterMember,
        vault::{ChainError, Stated},
    },
    record::{Record, RecordKind},
};

use crate::{
    operations::{
        Call, Handler, Outcome, Refusal, Reply, directory,
        statement::{Author, Sent, refuse, take},
    },
    server::App,
};

impl Handler for RegisterMember {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (author, now) = (Author::from(call.caller()?), call.now);
        let sent = Sent::new(&call, &call.body.statement);
        let profile = call.body.profile;
        let stated = take(
            app,
            author,
            sent,
            |followed| match &followed.body {
                Body::RegisterPerson(register) => {
                    let place = (RecordKind::Profile, register.member.object());
                    let number = Record::parse(&profile).ok().map(|record| record.context().number);
                    let own = followed.state.member(&register.member).map(|known| known.number);
                    if number != own || !directory::first(&followed.state, place, &profile, now) {
                        return Err(Refusal::Own(ChainError::RecordRefused));
                    }
                    Ok((place, profile.clone()))
                }
                _ => Err(refuse(Refused::Unknown)),
            },
            |tx, followed, (place, profile)| {
                directory::put(tx, followed.state.team(), place, &profile)?;
                Ok(Stated { sequence: followed.sequence() })
            },
        );
        Ok(Reply::Value(stated.await?))
    }
}
