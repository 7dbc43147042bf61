//! Takes a member's factors away, who has lost them. Whoever they belonged to is told at the next sign-in.

use std::sync::Arc;

use sealward_contract::{
    audit::AuditedAct,
    operations::{
        Empty,
        factors::{TakeAwayError, TakeFactorsAway},
    },
    policy,
    problem::Rejection,
};

use super::{Origin, confirmation, held, note, remove_all};
use crate::{
    operations::{Call, Handler, Outcome, Refusal, Reply},
    server::App,
    store::tables::{FACTORS_TAKEN, FactorsTakenRow},
};

impl Handler for TakeFactorsAway {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (caller, from) = (call.caller()?.clone(), Origin { address: call.address, now: call.now });
        let member = call.path.member;
        if !policy::manages_people(&caller.state, &caller.member) {
            return Err(Refusal::Own(TakeAwayError::Forbidden));
        }
        if caller.state.member(&member).is_none() {
            return Err(Rejection::NotFound.into());
        }
        let shared = Arc::clone(app);
        app.store
            .write(move |tx| {
                // By the newest chain: a right that was lost while this waited is none.
                let state = shared.teams.state(tx, &caller.team)?.ok_or(Rejection::NotFound)?;
                if !policy::may_take_factors(&state, &caller.member, &member) {
                    return Err(Refusal::Own(TakeAwayError::Forbidden));
                }
                confirmation::check_fresh(tx, &caller, from.now)?;
                if held(tx, caller.team, member)?.any() {
                    let row = FactorsTakenRow { by: caller.member, at: from.now };
                    FACTORS_TAKEN.put(tx, &(caller.team, member), &row)?;
                    note(tx, &caller, from, AuditedAct::FactorsTaken { of: member })?;
                }
                remove_all(tx, caller.team, member)?;
                Ok(())
            })
            .await?;
        Ok(Reply::Value(Empty {}))
    }
}
