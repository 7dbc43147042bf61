//! Writes the next version of a member group's name and description.

use std::sync::Arc;

use sealward_contract::{
    audit::AuditedAct,
    chain::Group,
    ids::{GroupId, Number},
    operations::groups::UpdateGroup,
    policy,
    problem::Rejection,
    record::RecordKind,
};

use crate::{
    operations::{
        Call, Handler, Outcome, Reply,
        directory::{Place, next},
    },
    server::App,
};

impl Handler for UpdateGroup {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (caller, group) = (call.caller()?, call.path.group);
        if !caller.state.group(&group).is_some_and(Group::is_live) {
            return Err(Rejection::NotFound.into());
        }
        let place = Place {
            kind: RecordKind::Group,
            id: group.object(),
            number: Number(0),
            may_write: |state, caller, id| {
                let is_live = state.group(&GroupId(id.0)).is_some_and(Group::is_live);
                is_live && policy::may_write_group(state, &caller.member, state.position().sequence)
            },
            act: |id, version| AuditedAct::GroupNamed { group: GroupId(id.0), version },
        };
        let written = next(app, caller, place, call.body.record.clone(), (call.address, call.now));
        Ok(Reply::Value(written.await?))
    }
}
