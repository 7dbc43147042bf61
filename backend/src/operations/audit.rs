//! Appending to a team's audit chain, and reading it.

use std::{ops::ControlFlow, sync::Arc};

use sealward_contract::{
    audit::{AuditEvent, AuditHead, AuditedAct},
    bytes::Bytes,
    codec,
    crypto::Hash,
    ids::{MemberId, TeamId, Timestamp},
    limits,
    operations::{
        Page,
        audit::{EventListed, ListAuditEvents},
    },
    policy,
    problem::Rejection,
    suite::SUITE,
};

use super::call::{Call, Handler, Outcome, Reply};
use crate::{
    server::App,
    store::{
        Rows, StoreError, WriteTx,
        tables::{AUDIT_EVENTS, AUDIT_HEADS, AuditHeadRow},
    },
};

/// Something to be written down.
pub struct Audited {
    /// In which team.
    pub team: TeamId,
    /// Who, where it is known.
    pub member: Option<MemberId>,
    /// From which address.
    pub address: std::net::IpAddr,
    /// What.
    pub what: AuditedAct,
    /// The signed statement that it rests on.
    pub statement: Option<Bytes>,
}

/// Appends an event, in the transaction of what it tells of.
///
/// # Errors
/// The store failed.
pub fn append(tx: &mut WriteTx<'_, '_>, now: Timestamp, audited: Audited) -> Result<(), StoreError> {
    let Audited { team, member, address, what, statement } = audited;
    let last = AUDIT_HEADS.get(tx, &team)?;
    let (sequence, previous, earliest) =
        last.map_or((0, Hash::ZERO, Timestamp::default()), |last| (last.sequence, last.hash, last.time));
    let event = AuditEvent {
        suite: SUITE,
        team,
        sequence: sequence + 1,
        previous,
        // The server's clock may have been put back; the chain's does not go.
        time: now.max(earliest),
        member,
        address: Some(address.to_string()),
        what,
        statement,
    };
    let head = AuditHeadRow { sequence: event.sequence, hash: event.hash(), time: event.time };
    AUDIT_EVENTS.put(tx, &(team, event.sequence), &Bytes(codec::encode(&event)))?;
    AUDIT_HEADS.put(tx, &team, &head)
}

/// The newest event of a team.
///
/// # Errors
/// The store failed.
pub fn head(rows: &impl Rows, team: &TeamId) -> Result<AuditHead, StoreError> {
    let row = AUDIT_HEADS.get(rows, team)?;
    Ok(row.map_or(AuditHead { sequence: 0, hash: Hash::ZERO }, |row| AuditHead {
        sequence: row.sequence,
        hash: row.hash,
    }))
}

impl Handler for ListAuditEvents {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let caller = call.caller()?.clone();
        let limit = call.query.limit().ok_or(Rejection::Malformed { at: "limit".into() })?;
        let after = match &call.query.cursor {
            None => 0,
            Some(cursor) => cursor.parse::<u64>().map_err(|_| Rejection::Malformed { at: "cursor".into() })?,
        };
        let app = Arc::clone(app);
        // A member's own events may lie far apart, so this can be a long walk.
        let page = tokio::task::spawn_blocking(move || {
            let all = policy::may_read_audit(&caller.state, &caller.member);
            app.store.read(|tx| list(tx, &caller.team, (!all).then_some(caller.member), after, limit))
        });
        Ok(Reply::Value(page.await.map_err(|_| Rejection::Internal)??))
    }
}

/// Most events looked at for one page.
const LOOKED_AT: u32 = 20_000;

fn list(
    rows: &impl Rows,
    team: &TeamId,
    only: Option<MemberId>,
    after: u64,
    limit: u32,
) -> Result<Page<EventListed>, StoreError> {
    let (mut items, mut next, mut looked_at, mut bytes) = (Vec::new(), None, 0, 0);
    let mut last = after;
    AUDIT_EVENTS.scan_after(rows, team, &(*team, after), |(_, sequence), event| {
        if items.len() as u64 >= u64::from(limit) || looked_at >= LOOKED_AT || bytes >= limits::PAGE_BYTES {
            next = Some(last.to_string());
            return Ok(ControlFlow::Break(()));
        }
        looked_at += 1;
        last = sequence;
        let wanted = match only {
            None => true,
            Some(member) => codec::decode::<AuditEvent>(&event).is_ok_and(|event| event.member == Some(member)),
        };
        if wanted {
            bytes += event.len();
            items.push(EventListed { event });
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(Page { items, next })
}
