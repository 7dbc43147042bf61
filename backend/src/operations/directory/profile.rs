//! Writes the next version of a member's profile.

use std::sync::Arc;

use sealward_contract::{
    audit::AuditedAct, ids::MemberId, operations::directory::PutProfile, policy, problem::Rejection, record::RecordKind,
};

use super::write::{Place, next};
use crate::{
    operations::{Call, Handler, Outcome, Reply},
    server::App,
};

impl Handler for PutProfile {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (caller, member) = (call.caller()?, call.path.member);
        // Of whoever was removed nothing is written any more.
        let known = caller.state.member(&member).filter(|known| known.standing().is_some());
        let number = known.ok_or(Rejection::NotFound)?.number;
        let place = Place {
            kind: RecordKind::Profile,
            id: member.object(),
            number,
            may_write: |state, caller, id| {
                let of = MemberId(id.0);
                let is_here = state.member(&of).is_some_and(|known| known.standing().is_some());
                is_here && policy::may_write_profile(state, &caller.member, &of, state.position().sequence)
            },
            act: |id, version| AuditedAct::ProfileWritten { of: MemberId(id.0), version },
        };
        let written = next(app, caller, place, call.body.record.clone(), (call.address, call.now));
        Ok(Reply::Value(written.await?))
    }
}
