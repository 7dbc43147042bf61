//! How approvals that were given ahead stand, by the rows, and what is left of them when they are over.

use std::{collections::BTreeSet, ops::ControlFlow};

use sealward_contract::{
    audit::{AheadEnd, AuditedAct},
    bytes::Bytes,
    chain::TeamState,
    ids::{AheadId, MemberId, ObjectId, RequestId, TeamId, Timestamp, VaultId},
    problem::Rejection,
    request::{
        Ask, Standing,
        ahead::{AheadState, AheadStatus, SignedAhead},
    },
};

use crate::{
    lease_keys::LeaseKeys,
    operations::{
        Refusal,
        audit::{self, Audited},
        requests::{Account, bound, hour},
    },
    server::App,
    store::{
        Order, Rows, StoreError, WriteTx,
        tables::{AHEAD, AHEAD_GRANTS, AheadRow, GRANTS, GrantRow, OPEN_AHEAD},
    },
};

/// One of the store, replayed.
pub(super) struct Known {
    pub(super) row: AheadRow,
    pub(super) state: AheadState,
}

/// One of a team.
///
/// # Errors
/// The store failed, or the row is damaged.
pub(super) fn find(rows: &impl Rows, state: &TeamState, ahead: AheadId) -> Result<Option<Known>, StoreError> {
    let Some(row) = AHEAD.get(rows, &(state.team(), ahead))? else { return Ok(None) };
    let damaged = || StoreError::Damaged { table: "ahead" };
    let parsed = row.statements.iter().map(|wire| SignedAhead::parse(wire));
    let statements: Vec<SignedAhead> = parsed.collect::<Result<_, _>>().map_err(|_| damaged())?;
    let state = AheadState::replay(&statements, state).map_err(|_| damaged())?;
    Ok(Some(Known { row, state }))
}

/// The one that a request names, as long as it was not ended.
///
/// # Errors
/// The store failed.
pub(crate) fn named(rows: &impl Rows, state: &TeamState, ask: &Ask) -> Result<Option<AheadState>, StoreError> {
    let Some(ahead) = ask.ahead else { return Ok(None) };
    let known = find(rows, state, ahead)?;
    Ok(known.filter(|known| known.row.ended.is_none()).map(|known| known.state))
}

/// The statements of the one that a request names.
///
/// # Errors
/// The store failed.
pub(crate) fn statements(rows: &impl Rows, team: TeamId, ask: &Ask) -> Result<Option<Vec<Bytes>>, StoreError> {
    let Some(ahead) = ask.ahead else { return Ok(None) };
    Ok(AHEAD.get(rows, &(team, ahead))?.map(|row| row.statements))
}

/// Gives a request that is checked out both halves of what was granted ahead: the server's part is sealed for it under the
/// key of the hour, like that of any other. Nothing where nothing was granted, or the part is a backup's.
///
/// # Errors
/// The store failed, or the key of the hour cannot be kept.
pub(crate) fn lend<E>(
    tx: &mut WriteTx<'_, '_>,
    app: &App,
    team: TeamId,
    (ahead, request): (AheadId, RequestId),
    now: Timestamp,
) -> Result<(), Refusal<E>> {
    let Some(kept) = AHEAD_GRANTS.get(tx, &(team, ahead))? else { return Ok(()) };
    let Some(part) = app.lease_keys.open_sealed(kept.hour, &bound_ahead(&team, &ahead), &kept.part) else {
        return Ok(());
    };
    let hour = hour(app, now)?;
    let bound = bound(&team, &request);
    let part = app.lease_keys.seal(hour, &bound, &part, app.random.as_ref()).ok_or(Rejection::Internal)?;
    GRANTS.put(tx, &(team, request), &GrantRow { envelope: kept.envelope, part, hour })?;
    Ok(())
}

/// What a server's part is bound to that was given ahead.
pub(super) fn bound_ahead(team: &TeamId, ahead: &AheadId) -> Vec<u8> {
    [b"ahead", &team.0[..], &ahead.0].concat()
}

/// How the server has to end one where nobody else did.
///
/// # Errors
/// The store failed.
pub(super) fn over(
    rows: &impl Rows,
    keys: &LeaseKeys,
    standing: &Standing<'_>,
    known: &Known,
    now: Timestamp,
) -> Result<Option<AheadEnd>, StoreError> {
    let grant = AHEAD_GRANTS.get(rows, &(known.state.team(), known.state.id()))?;
    Ok(match standing.judge_ahead(&known.state, now).status {
        AheadStatus::Expired => Some(AheadEnd::Expired),
        AheadStatus::SecretChanged => Some(AheadEnd::SecretChanged),
        AheadStatus::PolicyChanged => Some(AheadEnd::PolicyChanged),
        AheadStatus::RightLost => Some(AheadEnd::RightLost),
        AheadStatus::Withdrawn => None,
        AheadStatus::Waiting | AheadStatus::Ready => {
            grant.is_some_and(|grant| !keys.has(grant.hour)).then_some(AheadEnd::Restored)
        }
    })
}

/// Takes away all that one has that is over.
pub(super) fn close(tx: &mut WriteTx<'_, '_>, known: &Known) {
    let (team, id) = (known.state.team(), known.state.id());
    OPEN_AHEAD.delete(tx, &(team, known.row.vault, known.row.account, id));
    AHEAD_GRANTS.delete(tx, &(team, id));
}

/// Those for an account that are not over.
///
/// # Errors
/// The store failed.
pub(super) fn open_of(
    rows: &impl Rows,
    state: &TeamState,
    (vault, account): (VaultId, ObjectId),
) -> Result<Vec<Known>, StoreError> {
    let mut open = Vec::new();
    OPEN_AHEAD.scan(rows, &(state.team(), vault, account), Order::Forward, |(.., ahead), _| {
        open.push(ahead);
        Ok(ControlFlow::Continue(()))
    })?;
    open.into_iter().filter_map(|ahead| find(rows, state, ahead).transpose()).collect()
}

/// Ends what is over among those for an account, and writes that down; whether something was.
///
/// # Errors
/// The store failed.
pub(crate) fn end_over(
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
        let Some(ended) = over(tx, keys, &standing, &known, now)? else { continue };
        close(tx, &known);
        let (team, ahead, of) = (state.team(), known.state.id(), known.row.member);
        AHEAD.put(tx, &(team, ahead), &AheadRow { ended: Some(ended), ..known.row })?;
        let what = AuditedAct::AheadEnded { vault, account, ahead, of, ended };
        audit::append(tx, now, Audited { team, member: None, address: None, what, statement: None })?;
        any = true;
    }
    Ok(any)
}

/// Whether anything for an account is over that was approved ahead.
///
/// # Errors
/// The store failed.
pub(crate) fn any_over(
    rows: &impl Rows,
    keys: &LeaseKeys,
    state: &TeamState,
    (vault, account): (VaultId, ObjectId),
    now: Timestamp,
) -> Result<bool, StoreError> {
    let looked_at = Account::look(rows, vault, account)?;
    let standing = looked_at.standing(state, &vault, &account);
    for known in open_of(rows, state, (vault, account))? {
        if over(rows, keys, &standing, &known, now)?.is_some() {
            return Ok(true);
        }
    }
    Ok(false)
}

/// All accounts for which something is approved ahead.
///
/// # Errors
/// The store failed.
pub(crate) fn places(rows: &impl Rows) -> Result<BTreeSet<(TeamId, VaultId, ObjectId)>, StoreError> {
    let mut open = BTreeSet::new();
    OPEN_AHEAD.scan(rows, &(), Order::Forward, |(team, vault, account, _), _: MemberId| {
        open.insert((team, vault, account));
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(open)
}
