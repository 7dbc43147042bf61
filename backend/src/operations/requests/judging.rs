//! How requests stand, by the rows.

use std::ops::ControlFlow;

use sealward_contract::{
    audit::RequestEnd,
    bytes::Bytes,
    chain::TeamState,
    ids::{MemberId, ObjectId, RequestId, TeamId, Timestamp, VaultId},
    record::{RecordKind, RecordState},
    request::{Judged, RequestState, SecretStand, SignedRequest, Standing, Status},
};

use crate::{
    lease_keys::LeaseKeys,
    operations::{
        ahead,
        records::{holder, is_deleted},
    },
    store::{
        Order, Rows, StoreError,
        tables::{ENTRIES, GRANTS, LEASES, LeaseRow, OPEN_REQUESTS, REQUESTS, RequestRow},
    },
};

/// A request of the store, replayed.
pub(super) struct Known {
    pub(super) row: RequestRow,
    pub(super) state: RequestState,
}

/// What is known of an account.
pub(crate) struct Account {
    pub(crate) secret: Option<SecretStand>,
    pub(crate) resource: Option<ObjectId>,
    pub(crate) deleted: bool,
}

impl Account {
    /// Looks at an account.
    ///
    /// # Errors
    /// The store failed.
    pub(crate) fn look(rows: &impl Rows, vault: VaultId, account: ObjectId) -> Result<Self, StoreError> {
        let found = holder(rows, vault, account)?;
        let deleted = match &found {
            Some(found) => is_deleted(rows, vault, found)?,
            None => true,
        };
        let entry = ENTRIES.get(rows, &(vault, RecordKind::Secret, account))?;
        let live = entry.filter(|entry| entry.state == RecordState::Live && !deleted);
        let secret = live.map(|entry| SecretStand { version: entry.version, hash: entry.hash, tier: entry.tier });
        Ok(Self { secret, resource: found.map(|found| found.resource), deleted })
    }

    /// How things stand with it.
    pub(crate) fn standing<'s>(&self, state: &'s TeamState, vault: &VaultId, account: &ObjectId) -> Standing<'s> {
        Standing::new(state, vault, (account, self.resource.as_ref()), self.secret)
    }
}

/// Replays a request as it is stored.
///
/// # Errors
/// The store failed, or the row is damaged.
pub(super) fn known(row: RequestRow, state: &TeamState) -> Result<Known, StoreError> {
    let damaged = || StoreError::Damaged { table: "requests" };
    let parsed = row.statements.iter().map(|wire| SignedRequest::parse(wire));
    let statements: Vec<SignedRequest> = parsed.collect::<Result<_, _>>().map_err(|_| damaged())?;
    let state = RequestState::replay(&statements, state).map_err(|_| damaged())?;
    Ok(Known { row, state })
}

/// A request of a team.
///
/// # Errors
/// The store failed.
pub(super) fn find(rows: &impl Rows, state: &TeamState, request: RequestId) -> Result<Option<Known>, StoreError> {
    REQUESTS.get(rows, &(state.team(), request))?.map(|row| known(row, state)).transpose()
}

/// How a request stands, and how the server has to end it where nobody else did.
///
/// # Errors
/// The store failed.
pub(super) fn judge(
    rows: &impl Rows,
    keys: &LeaseKeys,
    standing: &Standing<'_>,
    known: &Known,
    now: Timestamp,
) -> Result<(Judged, Option<RequestEnd>), StoreError> {
    let ahead = ahead::named(rows, standing.team, known.state.ask())?;
    let mut judged = standing.with_ahead(ahead.as_ref()).judge(&known.state, now);
    let mut ended = known.row.ended;
    if ended.is_none() && known.state.end().is_none() {
        ended = match judged.status {
            Status::CheckedIn => Some(RequestEnd::CheckedIn),
            Status::Void => Some(RequestEnd::Void),
            _ if is_lost(rows, keys, known)? => Some(RequestEnd::Restored),
            _ => None,
        };
    }
    if let Some(ended) = ended {
        judged.status = match ended {
            RequestEnd::CheckedIn | RequestEnd::Extended => Status::CheckedIn,
            RequestEnd::Void | RequestEnd::Restored => Status::Void,
        };
    }
    Ok((judged, ended))
}

/// Whether the key is gone under which the server's part was sealed, or a lease began: the data is a backup's.
fn is_lost(rows: &impl Rows, keys: &LeaseKeys, known: &Known) -> Result<bool, StoreError> {
    let Known { row, state } = known;
    let place = (state.team(), state.id());
    let granted = GRANTS.get(rows, &place)?.map(|grant| grant.hour);
    let leased = LEASES.get(rows, &(state.team(), row.vault, row.account, state.id()))?.map(|lease| lease.hour);
    Ok([granted, leased].into_iter().flatten().any(|hour| !keys.has(hour)))
}

/// The open requests for an account, in the order in which they were asked.
///
/// # Errors
/// The store failed.
pub(super) fn open_of(
    rows: &impl Rows,
    state: &TeamState,
    (vault, account): (VaultId, ObjectId),
) -> Result<Vec<Known>, StoreError> {
    let mut open = Vec::new();
    OPEN_REQUESTS.scan(rows, &(state.team(), vault, account), Order::Forward, |(.., request), _| {
        open.push(request);
        Ok(ControlFlow::Continue(()))
    })?;
    open.into_iter().filter_map(|request| find(rows, state, request).transpose()).collect()
}

/// Whether a lease is still one: its time is not over, and its key is there, so that it is no backup's.
pub(super) fn lasts(lease: &LeaseRow, keys: &LeaseKeys, now: Timestamp) -> bool {
    lease.until > now && keys.has(lease.hour)
}

/// Whether a member has an account's secret checked out now.
///
/// # Errors
/// The store failed.
pub(crate) fn holds(
    rows: &impl Rows,
    keys: &LeaseKeys,
    (team, vault, account): (TeamId, VaultId, ObjectId),
    member: MemberId,
    now: Timestamp,
) -> Result<bool, StoreError> {
    let mut held = false;
    LEASES.scan(rows, &(team, vault, account), Order::Forward, |_, lease| {
        held |= lease.member == member && lasts(&lease, keys, now);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(held)
}

/// What a server's part of a grant is bound to.
pub(crate) fn bound(team: &TeamId, request: &RequestId) -> Vec<u8> {
    [&team.0[..], &request.0].concat()
}

/// The statement that a row ends with.
pub(super) fn last(row: &RequestRow) -> Option<&Bytes> {
    row.statements.last()
}
