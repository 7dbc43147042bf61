//! Says who is in a member group, or ends it.

use std::sync::Arc;

use sealward_contract::{
    chain::{Body, Refused, SetGroup},
    operations::{
        Operation,
        groups::{DeleteGroup, GroupChange, GroupPath, SetGroupMembers},
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

impl Handler for SetGroupMembers {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let known = call.caller()?.state.group(&call.path.group).is_some();
        let stated = change(app, &call, |set| set.members.is_some());
        // A group begins with its name, which this does not bring.
        if known { Ok(Reply::Value(stated.await?)) } else { Err(refuse(Refused::Unknown)) }
    }
}

impl Handler for DeleteGroup {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        Ok(Reply::Value(change(app, &call, |set| set.members.is_none()).await?))
    }
}

async fn change<O>(
    app: &Arc<App>,
    call: &Call<O>,
    is_wanted: fn(&SetGroup) -> bool,
) -> Result<Stated, Refusal<ChainError>>
where
    O: Operation<Path = GroupPath, Request = GroupChange>,
{
    let group = call.path.group;
    take(
        app,
        Author::from(call.caller()?),
        Sent::new(call, &call.body.statement),
        |followed| match &followed.body {
            Body::SetGroup(set) if set.group == group && is_wanted(set) => Ok(set.members.is_none()),
            _ => Err(refuse(Refused::Unknown)),
        },
        move |tx, followed, ended| {
            if ended {
                directory::delete(tx, followed.state.team(), (RecordKind::Group, group.object()))?;
            }
            Ok(Stated { sequence: followed.sequence() })
        },
    )
    .await
}
