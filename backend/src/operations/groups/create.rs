//! Makes a member group: the statement with its members, and the record with its name, all or nothing.

use std::sync::Arc;

use sealward_contract::{
    chain::{Body, Refused},
    operations::{
        groups::CreateGroup,
        vault::{ChainError, Stated},
    },
    record::RecordKind,
};

use crate::{
    operations::{
        Call, Handler, Outcome, Refusal, Reply, directory,
        statement::{Author, Sent, refuse, take},
    },
    server::App,
};

impl Handler for CreateGroup {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let caller = call.caller()?;
        let (known, now) = (Arc::clone(&caller.state), call.now);
        let author = Author::from(caller);
        let sent = Sent::new(&call, &call.body.statement);
        let record = call.body.record;
        let stated = take(
            app,
            author,
            sent,
            |followed| match &followed.body {
                Body::SetGroup(set) if set.members.is_some() && known.group(&set.group).is_none() => {
                    let place = (RecordKind::Group, set.group.object());
                    if !directory::first(&followed.state, place, &record, now) {
                        return Err(Refusal::Own(ChainError::RecordRefused));
                    }
                    Ok((place, record.clone()))
                }
                Body::SetGroup(_) => Err(refuse(Refused::Used)),
                _ => Err(refuse(Refused::Unknown)),
            },
            |tx, followed, (place, record)| {
                directory::put(tx, followed.state.team(), place, &record)?;
                Ok(Stated { sequence: followed.sequence() })
            },
        );
        Ok(Reply::Value(stated.await?))
    }
}
