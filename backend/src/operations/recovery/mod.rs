//! Recovery: its group, who is enrolled, devices that people want to be recovered on, and the shares given to them. The
//! server keeps only what is sealed to others.

mod enrol;
mod finish;
mod group;
mod open;
pub(crate) mod request;
mod share;
mod start;

use std::{ops::ControlFlow, sync::Arc};

use sealward_contract::{
    chain::{Body, Member, Refused, TeamState},
    ids::{MemberId, TeamId},
    operations::{
        Operation,
        vault::{ChainError, Stated},
    },
};

use super::{
    call::{Call, Refusal},
    session,
    statement::{self, Author, Followed, Sent, refuse, take},
};
use crate::{
    server::App,
    store::{
        Order, StoreError, WriteTx,
        tables::{GIVEN_SHARES, RECOVERY_COPIES, RECOVERY_REQUESTS, RECOVERY_SHARES},
    },
};

/// Takes a statement of the caller's that brings nothing with it.
async fn say<O: Operation>(
    app: &Arc<App>,
    call: &Call<O>,
    wire: &sealward_contract::bytes::Bytes,
    fits: impl Fn(&Body) -> bool,
) -> Result<Stated, Refusal<ChainError>> {
    take(
        app,
        Author::from(call.caller()?),
        Sent::new(call, wire),
        |followed| if fits(&followed.body) { Ok(()) } else { Err(refuse(Refused::Unknown)) },
        |_, followed, ()| Ok(Stated { sequence: followed.sequence() }),
    )
    .await
}

/// What was kept for enrolments and recoveries that a statement ends is for nobody any more.
///
/// # Errors
/// The store failed.
pub(super) fn drop_void(tx: &mut WriteTx<'_, '_>, before: &TeamState, after: &TeamState) -> Result<(), StoreError> {
    let team = before.team();
    for member in before.members() {
        let id = member.id();
        let enrolled = |state: &TeamState| state.member(&id)?.enrolment().map(|enrolment| enrolment.since);
        if let Some(since) = enrolled(before)
            && enrolled(after) != Some(since)
        {
            RECOVERY_COPIES.delete(tx, &(team, id));
            drop_shares(tx, team, id, &RECOVERY_SHARES)?;
        }
        // The time that a recovery is over at is not what ends it here.
        let begun = |state: &TeamState| state.recovery_of(&id, sealward_contract::ids::Timestamp(0)).map(|of| of.since);
        if let Some(since) = begun(before)
            && begun(after) != Some(since)
        {
            drop_shares(tx, team, id, &GIVEN_SHARES)?;
        }
        // What was sealed to a trustee's former keys opens for nobody who may give it.
        if after.member(&id).and_then(Member::renewed) != member.renewed() {
            drop_held(tx, team, id)?;
        }
    }
    Ok(())
}

/// What was asked for a member is asked for nobody any more.
///
/// # Errors
/// The store failed.
pub(super) fn drop_requests(tx: &mut WriteTx<'_, '_>, team: TeamId, member: MemberId) -> Result<(), StoreError> {
    for (id, _) in request::of_member(tx, team, member)? {
        RECOVERY_REQUESTS.delete(tx, &(team, member, id));
    }
    Ok(())
}

/// What a trustee was given of others.
fn drop_held(tx: &mut WriteTx<'_, '_>, team: TeamId, trustee: MemberId) -> Result<(), StoreError> {
    let mut places = Vec::new();
    RECOVERY_SHARES.scan(tx, &team, Order::Forward, |place, _| {
        if place.2 == trustee {
            places.push(place);
        }
        Ok(ControlFlow::Continue(()))
    })?;
    for place in places {
        RECOVERY_SHARES.delete(tx, &place);
    }
    Ok(())
}

fn drop_shares<R: minicbor::Encode<()> + for<'b> minicbor::Decode<'b, ()>>(
    tx: &mut WriteTx<'_, '_>,
    team: TeamId,
    member: MemberId,
    table: &crate::store::Table<(TeamId, MemberId, MemberId), R>,
) -> Result<(), StoreError> {
    let mut places = Vec::new();
    table.scan(tx, &(team, member), Order::Forward, |place, _| {
        places.push(place);
        Ok(ControlFlow::Continue(()))
    })?;
    for place in places {
        table.delete(tx, &place);
    }
    Ok(())
}
