//! Gives a trustee their share of somebody who is being recovered, and takes it sealed to that person's device.

use std::{ops::ControlFlow, sync::Arc};

use sealward_contract::{
    audit::AuditedAct,
    chain::TeamState,
    ids::{MemberId, TeamId, Timestamp},
    operations::{
        Empty,
        recovery::{GetShare, GiveShare, HeldShare, ShareError},
    },
    policy,
    problem::Rejection,
};

use super::statement::is_possible;
use crate::{
    memory::hub::Hint,
    operations::{
        Call, Caller, Handler, Outcome, Refusal, Reply,
        audit::{self, Audited},
    },
    server::App,
    store::{
        Order, Rows, StoreError,
        tables::{GIVEN_SHARES, GivenShareRow, RECOVERY_SHARES},
    },
};

/// The recovery that the caller can give a share to; for others there is none.
fn begun(state: &TeamState, caller: &Caller, member: &MemberId, now: Timestamp) -> Result<u64, Rejection> {
    let may = policy::may_give_share(state, &caller.member, member);
    let begun = state.recovery_of(member, now).filter(|_| may);
    begun.map(|recovery| recovery.since).ok_or(Rejection::NotFound)
}

/// The shares that were given to a recovery.
///
/// # Errors
/// The store failed.
pub(super) fn given(
    rows: &impl Rows,
    team: TeamId,
    member: MemberId,
    recovery: u64,
) -> Result<Vec<(MemberId, GivenShareRow)>, StoreError> {
    let mut found = Vec::new();
    GIVEN_SHARES.scan(rows, &(team, member), Order::Forward, |(_, _, trustee), row| {
        if row.recovery == recovery {
            found.push((trustee, row));
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

impl Handler for GetShare {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (caller, member) = (call.caller()?, call.path.member);
        let recovery = begun(&caller.state, caller, &member, call.now)?;
        let (sealed, given) = app.store.read(|tx| {
            let sealed = RECOVERY_SHARES.get(tx, &(caller.team, member, caller.member))?;
            Ok::<_, StoreError>((sealed, given(tx, caller.team, member, recovery)?))
        })?;
        let sealed = sealed.ok_or(Rejection::NotFound)?;
        Ok(Reply::Value(HeldShare { sealed, given: given.into_iter().map(|(trustee, _)| trustee).collect() }))
    }
}

impl Handler for GiveShare {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (caller, member) = (call.caller()?.clone(), call.path.member);
        begun(&caller.state, &caller, &member, call.now)?;
        if !is_possible(&call.body.sealed) {
            return Err(Refusal::Own(ShareError::ShareRefused));
        }
        let (team, trustee, address, now) = (caller.team, caller.member, Some(call.address), call.now);
        let (shared, given) = (Arc::clone(app), call.body);
        app.store
            .write(move |tx| {
                // As it stands now: a recovery that was taken back gets no share any more.
                let state = shared.teams.state(tx, &team)?.ok_or(Rejection::NotFound)?;
                if begun(&state, &caller, &member, now)? != given.recovery {
                    return Err(Refusal::Own(ShareError::ShareRefused));
                }
                let row = GivenShareRow { recovery: given.recovery, sealed: given.sealed };
                GIVEN_SHARES.put(tx, &(team, member, trustee), &row)?;
                let what = AuditedAct::ShareGiven { of: member };
                audit::append(tx, now, Audited { team, member: Some(trustee), address, what, statement: None })?;
                Ok(())
            })
            .await?;
        app.hub.tell(&team, Hint::Team);
        Ok(Reply::Value(Empty {}))
    }
}
