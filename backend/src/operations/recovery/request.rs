//! Keeps for a day that a device asked for somebody's recovery, and lists that. Whoever asks is told nothing: neither
//! whether anyone has the name, nor whether they are enrolled.

use std::{net::IpAddr, ops::ControlFlow, sync::Arc};

use sealward_contract::{
    audit::AuditedAct,
    chain::DeviceKeys,
    crypto::{Hash, hash_parts},
    ids::{MemberId, TeamId, Timestamp},
    limits,
    operations::{
        Empty,
        recovery::{ListRecoveryRequests, RequestListed, RequestRecovery, RequestsListed},
    },
    policy,
    problem::Rejection,
};

use super::session::{attempts::Counted, login_key};
use crate::{
    memory::hub::Hint,
    operations::{
        Call, Handler, Outcome, Reply,
        audit::{self, Audited},
    },
    server::App,
    store::{
        Order, Rows, StoreError, WriteTx,
        tables::{LOGINS, RECOVERY_REQUESTS, RecoveryRequestRow},
    },
};

impl Handler for RequestRecovery {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (team, now, address) = (call.path.team, call.now, call.address);
        let (login_name, device) = (call.body.login_name, call.body.device);
        if !login_name.is_folded() || device.signing.check().is_err() || device.sealing.check().is_err() {
            return Err(Rejection::Malformed { at: "device".into() }.into());
        }
        let counted = Counted::of_recovery(&team, &login_name, address);
        let wait = app.store.read(|tx| counted.wait(tx, now))?;
        if wait > 0 {
            return Err(Rejection::RateLimited { retry_after: wait }.into());
        }
        let shared = Arc::clone(app);
        let kept = app
            .store
            .write(move |tx| {
                counted.fail(tx, now)?;
                let Some(member) = LOGINS.get(tx, &(team, login_key(&login_name)))? else {
                    return Ok::<_, StoreError>(false);
                };
                let state = shared.teams.state(tx, &team)?;
                let enrolled = state.is_some_and(|state| {
                    state.role(&member).is_some() && state.member(&member).is_some_and(|of| of.enrolment().is_some())
                });
                if enrolled {
                    keep(tx, &shared, (team, member), device, (address, now))?;
                }
                Ok(enrolled)
            })
            .await?;
        // A stranger who names nobody wakes nobody.
        if kept {
            app.hub.tell(&team, Hint::Team);
        }
        Ok(Reply::Value(Empty {}))
    }
}

/// The newest few are kept: a stranger who asks over and over pushes the person's own out, and their next one brings it
/// back.
fn keep(
    tx: &mut WriteTx<'_, '_>,
    app: &App,
    (team, member): (TeamId, MemberId),
    device: DeviceKeys,
    (address, now): (IpAddr, Timestamp),
) -> Result<(), StoreError> {
    let mut kept = of_member(tx, team, member)?;
    kept.sort_by_key(|(_, row)| std::cmp::Reverse(row.time));
    for (at, (id, row)) in kept.iter().enumerate() {
        if at + 1 >= limits::RECOVERY_REQUESTS || is_over(row, now) {
            RECOVERY_REQUESTS.delete(tx, &(team, member, *id));
        }
    }
    let id = hash_parts(&[&device.signing.0, &device.sealing.0]);
    let row = RecoveryRequestRow { device, time: now, address: address.to_canonical().to_string() };
    RECOVERY_REQUESTS.put(tx, &(team, member, id), &row)?;
    if app.noted.take(&member.0, format!("recovery {address}").as_bytes(), now) {
        let what = AuditedAct::RecoveryRequested { of: member };
        audit::append(tx, now, Audited { team, member: None, address: Some(address), what, statement: None })?;
    }
    Ok(())
}

/// Whether it was kept long enough.
pub(crate) fn is_over(row: &RecoveryRequestRow, now: Timestamp) -> bool {
    now.since(row.time) > limits::RECOVERY_REQUEST
}

/// All requests for a member.
///
/// # Errors
/// The store failed.
pub(super) fn of_member(
    rows: &impl Rows,
    team: TeamId,
    member: MemberId,
) -> Result<Vec<(Hash, RecoveryRequestRow)>, StoreError> {
    let mut found = Vec::new();
    RECOVERY_REQUESTS.scan(rows, &(team, member), Order::Forward, |(_, _, id), row| {
        found.push((id, row));
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

impl Handler for ListRecoveryRequests {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (caller, now) = (call.caller()?, call.now);
        if !policy::manages_people(&caller.state, &caller.member) {
            return Err(Rejection::NotFound.into());
        }
        let mut requests = app.store.read(|tx| {
            let mut found = Vec::new();
            RECOVERY_REQUESTS.scan(tx, &caller.team, Order::Forward, |(_, member, _), row| {
                if !is_over(&row, now) && policy::may_recover(&caller.state, &caller.member, &member) {
                    let RecoveryRequestRow { device, time, address } = row;
                    found.push(RequestListed { member, device, time, address });
                }
                Ok(ControlFlow::Continue(()))
            })?;
            Ok::<_, StoreError>(found)
        })?;
        requests.sort_by_key(|request| std::cmp::Reverse(request.time));
        Ok(Reply::Value(RequestsListed { requests }))
    }
}
