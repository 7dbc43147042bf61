//! A team's audit chain: appending to it, reading it, and removing what is older than it is kept.

mod list;
pub(crate) mod prune;
pub(crate) mod refusals;
#[cfg(test)]
mod tests;

use sealward_contract::{
    audit::{AuditEvent, AuditHead, AuditedAct},
    bytes::Bytes,
    codec,
    crypto::Hash,
    ids::{MemberId, TeamId, Timestamp},
    suite::SUITE,
};

use crate::store::{
    Rows, StoreError, WriteTx,
    tables::{AUDIT_ANCHORS, AUDIT_EVENTS, AUDIT_HEADS, AuditHeadRow},
};

/// Something to be written down.
pub struct Audited {
    /// In which team.
    pub team: TeamId,
    /// Who, where it is known.
    pub member: Option<MemberId>,
    /// From which address; `None` for what the server does by itself.
    pub address: Option<std::net::IpAddr>,
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
        address: address.map(|address| address.to_string()),
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
    Ok(place(AUDIT_HEADS.get(rows, team)?))
}

/// The last event of a team that is kept no longer.
///
/// # Errors
/// The store failed.
pub fn anchor(rows: &impl Rows, team: &TeamId) -> Result<AuditHead, StoreError> {
    Ok(place(AUDIT_ANCHORS.get(rows, team)?))
}

fn place(row: Option<AuditHeadRow>) -> AuditHead {
    row.map_or(AuditHead::NONE, |row| AuditHead { sequence: row.sequence, hash: row.hash })
}
