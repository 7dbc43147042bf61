//! Ending requests: what a step ends, what the clock does, and what goes with a right that is lost.

use std::{
    collections::{BTreeMap, BTreeSet},
    ops::ControlFlow,
    sync::Arc,
};

use sealward_contract::{
    audit::{AuditedAct, RequestEnd},
    chain::TeamState,
    ids::{MemberId, ObjectId, RequestId, TeamId, Timestamp, VaultId},
    policy,
};

use super::judging::{Account, Known, judge, open_of};
use crate::{
    lease_keys::LeaseKeys,
    memory::hub::Hint,
    operations::{
        ahead,
        audit::{self, Audited},
    },
    server::App,
    store::{
        Order, Rows, StoreError, WriteTx,
        tables::{AHEAD_GRANTS, CHANGES_DUE, FREED, GRANTS, LEASES, OPEN_REQUESTS, REQUESTS},
    },
};

/// Takes away all that an open request has: its place in the queue, the server's part, and the lease. Where somebody had
/// seen a secret that is to be changed after use, that is noted.
///
/// # Errors
/// The store failed.
pub(super) fn close(
    tx: &mut WriteTx<'_, '_>,
    known: &Known,
    changes_after_use: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    let Known { row, state } = known;
    let (team, id) = (state.team(), state.id());
    OPEN_REQUESTS.delete(tx, &open_place(known));
    GRANTS.delete(tx, &(team, id));
    let place = (team, row.vault, row.account, id);
    if let Some(lease) = LEASES.get(tx, &place)? {
        LEASES.delete(tx, &place);
        let account = (team, row.vault, row.account);
        FREED.put(tx, &account, &now.min(lease.until))?;
        if let Some(taken) = state.lease().filter(|_| lease.opened && changes_after_use) {
            // Of what several had, the newest version counts.
            let due = CHANGES_DUE.get(tx, &account)?.map_or(taken.version, |due| due.max(taken.version));
            CHANGES_DUE.put(tx, &account, &due)?;
        }
    }
    Ok(())
}

fn open_place(known: &Known) -> (TeamId, VaultId, ObjectId, u64, RequestId) {
    let Known { row, state } = known;
    (state.team(), row.vault, row.account, state.asked().0, state.id())
}

/// Whether a secret is to be changed after use, by the policy in force.
pub(super) fn changes_after_use(standing: &sealward_contract::request::Standing<'_>) -> bool {
    standing.policy.is_some_and(|(_, policy)| policy.terms.as_ref().is_some_and(|terms| terms.change_after_use))
}

/// Ends what asks for more time with a lease that is over, but for the one that takes it over. Where there was no lease
/// nothing goes on with it, and nothing is looked for.
///
/// # Errors
/// The store failed.
pub(super) fn end_extensions(
    tx: &mut WriteTx<'_, '_>,
    state: &TeamState,
    over: &Known,
    taking_over: Option<RequestId>,
    now: Timestamp,
) -> Result<(), StoreError> {
    if over.state.lease().is_none() {
        return Ok(());
    }
    for other in open_of(tx, state, (over.row.vault, over.row.account))? {
        let extends = other.state.ask().extends == Some(over.state.id()) && other.state.lease().is_none();
        if extends && taking_over != Some(other.state.id()) {
            end(tx, state, &other, (RequestEnd::Void, None), false, now)?;
        }
    }
    Ok(())
}

/// Ends a request by the server's word, and writes that down; another one may take its lease over.
///
/// # Errors
/// The store failed.
pub(super) fn end(
    tx: &mut WriteTx<'_, '_>,
    team_state: &TeamState,
    known: &Known,
    (ended, taking_over): (RequestEnd, Option<RequestId>),
    changes_after_use: bool,
    now: Timestamp,
) -> Result<(), StoreError> {
    close(tx, known, changes_after_use, now)?;
    end_extensions(tx, team_state, known, taking_over, now)?;
    let (team, request, of) = (known.state.team(), known.state.id(), known.state.requester());
    let (vault, account) = (known.row.vault, known.row.account);
    let mut row = known.row.clone();
    row.ended = Some(ended);
    REQUESTS.put(tx, &(team, request), &row)?;
    let what = AuditedAct::RequestEnded { vault, account, request, of, ended };
    audit::append(tx, now, Audited { team, member: None, address: None, what, statement: None })
}

/// Ends what is over among the open requests for an account; whether something was.
///
/// # Errors
/// The store failed.
pub(super) fn end_over(
    tx: &mut WriteTx<'_, '_>,
    keys: &LeaseKeys,
    state: &TeamState,
    (vault, account): (VaultId, ObjectId),
    now: Timestamp,
) -> Result<bool, StoreError> {
    let looked_at = Account::look(tx, vault, account)?;
    let standing = looked_at.standing(state, &vault, &account);
    let mut any = false;
    for known in open_of(tx, state, (vault, account))? {
        if let (_, Some(ended)) = judge(tx, keys, &standing, &known, now)? {
            // It may have ended with the one before it.
            if OPEN_REQUESTS.contains(tx, &open_place(&known))? {
                end(tx, state, &known, (ended, None), changes_after_use(&standing), now)?;
            }
            any = true;
        }
    }
    Ok(any)
}

/// Ends the leases of members who lost the right by a statement, in its transaction.
///
/// # Errors
/// The store failed.
pub(crate) fn end_lost(
    tx: &mut WriteTx<'_, '_>,
    keys: &LeaseKeys,
    state: &TeamState,
    now: Timestamp,
) -> Result<(), StoreError> {
    let mut lost = BTreeSet::new();
    LEASES.scan(tx, &state.team(), Order::Forward, |(_, vault, account, _), lease| {
        if !policy::may_request(state, &vault, &lease.member) {
            lost.insert((vault, account));
        }
        Ok(ControlFlow::Continue(()))
    })?;
    for place in lost {
        end_over(tx, keys, state, place, now)?;
    }
    Ok(())
}

/// Ends everything that is over, tells those who wait, and destroys the keys that no lease needs any more.
///
/// # Errors
/// The store failed.
pub async fn sweep(app: &Arc<App>) -> Result<(), StoreError> {
    let now = app.clock.now();
    sweep_ahead(app, now).await?;
    let over = app.store.read(|tx| find_over(tx, app, now))?;
    for (team, vault, account) in over {
        let shared = Arc::clone(app);
        let ended = app
            .store
            .write(move |tx| {
                let Some(state) = shared.teams.state(tx, &team)? else { return Ok(false) };
                end_over(tx, &shared.lease_keys, &state, (vault, account), now)
            })
            .await?;
        if ended {
            app.hub.tell(&team, Hint::Request(vault));
        }
    }
    let shared = Arc::clone(app);
    app.store
        .write(move |tx| {
            // In the writer, so that nobody seals under a key that is on its way out.
            let mut needed = BTreeSet::new();
            GRANTS.scan(tx, &(), Order::Forward, |_, grant| {
                needed.insert(grant.hour);
                Ok(ControlFlow::Continue(()))
            })?;
            AHEAD_GRANTS.scan(tx, &(), Order::Forward, |_, grant| {
                needed.insert(grant.hour);
                Ok(ControlFlow::Continue(()))
            })?;
            LEASES.scan(tx, &(), Order::Forward, |_, lease| {
                needed.insert(lease.hour);
                Ok(ControlFlow::Continue(()))
            })?;
            if let Err(error) = shared.lease_keys.keep_only(&needed) {
                tracing::warn!(%error, "keys of leases that are over could not be destroyed yet");
            }
            Ok::<_, StoreError>(())
        })
        .await
}

/// Ends what was approved ahead and is over; only then nothing needs its key any more.
async fn sweep_ahead(app: &Arc<App>, now: Timestamp) -> Result<(), StoreError> {
    for (team, vault, account) in app.store.read(ahead::places)? {
        let is_over = app.store.read(|tx| {
            let Some(state) = app.teams.state(tx, &team)? else { return Ok(false) };
            ahead::any_over(tx, &app.lease_keys, &state, (vault, account), now)
        });
        if !is_over? {
            continue;
        }
        let shared = Arc::clone(app);
        let ended = app.store.write(move |tx| {
            let Some(state) = shared.teams.state(tx, &team)? else { return Ok(false) };
            ahead::end_over(tx, &shared.lease_keys, &state, (vault, account), now)
        });
        if ended.await? {
            app.hub.tell(&team, Hint::Request(vault));
        }
    }
    Ok(())
}

type Place = (TeamId, VaultId, ObjectId);

fn find_over(rows: &impl Rows, app: &App, now: Timestamp) -> Result<Vec<Place>, StoreError> {
    let mut open: BTreeMap<TeamId, BTreeSet<(VaultId, ObjectId)>> = BTreeMap::new();
    OPEN_REQUESTS.scan(rows, &(), Order::Forward, |(team, vault, account, ..), _: MemberId| {
        open.entry(team).or_default().insert((vault, account));
        Ok(ControlFlow::Continue(()))
    })?;
    let mut over = Vec::new();
    for (team, accounts) in open {
        let Some(state) = app.teams.state(rows, &team)? else { continue };
        for (vault, account) in accounts {
            let looked_at = Account::look(rows, vault, account)?;
            let standing = looked_at.standing(&state, &vault, &account);
            for known in open_of(rows, &state, (vault, account))? {
                if judge(rows, &app.lease_keys, &standing, &known, now)?.1.is_some() {
                    over.push((team, vault, account));
                    break;
                }
            }
        }
    }
    Ok(over)
}
