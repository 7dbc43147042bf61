//! The writer's part of a write: that chain and heads are still those it was judged by, numbers, and the rows.

use sealward_contract::{
    audit::{AuditedAct, WrittenObject},
    bytes::Bytes,
    crypto::Hash,
    ids::{Timestamp, VaultId, Version},
    limits,
    operations::records::{RecordFault, WriteError, Written},
    policy,
    record::{Leaf, LeafKey, RecordKind, RecordState},
};

use super::verify::refused;
use crate::{
    operations::{
        Caller, Refusal,
        audit::{self, Audited},
        files,
        team::reserve_numbers::is_handed_out,
    },
    store::{
        StoreError, WriteTx,
        tables::{CHANGES, ENTRIES, Entry, HEADS, HeadRow, NUMBERED, NumberedRow, PURGED, RECORDS, RESTS, TEAMS},
    },
};

/// A write to one vault, ready to be stored.
pub struct Judged {
    /// The vault.
    pub vault: VaultId,
    /// Hash of the head that it was judged by.
    pub previous: Hash,
    /// The new head.
    pub head: HeadRow,
    /// Hash of the new head's rest.
    pub rest: Hash,
    /// The records.
    pub entries: Vec<NewEntry>,
    /// Their leaves.
    pub leaves: Vec<Leaf>,
}

/// A record, ready to be stored.
pub struct NewEntry {
    /// Which record.
    pub key: LeafKey,
    /// What the server must know of it.
    pub entry: Entry,
    /// Number of the head that brought the version before.
    pub old: Option<u64>,
    /// The record.
    pub record: Bytes,
    /// Whether its number has to be claimed.
    pub claim: Option<Claim>,
}

/// Why a number is claimed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Claim {
    /// The object is new.
    First,
    /// The object was deleted and comes back.
    Again,
}

/// Stores writes that were judged outside.
///
/// # Errors
/// [`Refusal::Moved`] when chain or head moved meanwhile, or a number that is not the caller's.
pub(super) fn commit(
    tx: &mut WriteTx<'_, '_>,
    caller: &Caller,
    address: std::net::IpAddr,
    now: Timestamp,
    writes: &[Judged],
) -> Result<Vec<Written>, Refusal<WriteError>> {
    let team = TEAMS.get(tx, &caller.team)?.ok_or(Refusal::Moved)?;
    if team.hash != caller.state.position().hash {
        return Err(Refusal::Moved);
    }
    for write in writes {
        let head = HEADS.get(tx, &write.vault)?;
        if head.is_none_or(|head| head.hash != write.previous) {
            return Err(Refusal::Moved);
        }
        for NewEntry { key: LeafKey { id, kind }, old, .. } in &write.entries {
            if old.is_some() && PURGED.contains(tx, &(write.vault, *kind, *id))? {
                return Err(Refusal::Moved);
            }
        }
        store_records(tx, write)?;
        move_files(tx, caller, write)?;
    }
    // After all records, so that a number can move from what the same batch deletes.
    for write in writes {
        claim_numbers(tx, caller, write)?;
    }
    let mut written = Vec::with_capacity(writes.len());
    for write in writes {
        store_head(tx, write)?;
        let what = AuditedAct::RecordsWritten {
            vault: write.vault,
            head: write.head.hash,
            count: u32::try_from(write.entries.len()).unwrap_or(u32::MAX),
            changed: Some(named(&write.entries)),
        };
        let statement = Some(write.head.head.clone());
        let (member, address) = (Some(caller.member), Some(address));
        let audited = Audited { team: caller.team, member, address, what, statement };
        audit::append(tx, now, audited)?;
        written.push(Written { vault: write.vault, sequence: write.head.sequence, hash: write.head.hash });
    }
    Ok(written)
}

/// The records that the event of a write names.
fn named(entries: &[NewEntry]) -> Vec<WrittenObject> {
    let told = entries.iter().filter(|new| new.key.kind != RecordKind::Facts).take(limits::AUDIT_OBJECTS);
    told.map(|new| WrittenObject { kind: new.key.kind, id: new.key.id, version: new.entry.version }).collect()
}

/// Stores the records of a write.
///
/// # Errors
/// The store failed.
pub fn store_records(tx: &mut WriteTx<'_, '_>, write: &Judged) -> Result<(), StoreError> {
    for NewEntry { key: LeafKey { id, kind }, entry, old, record, .. } in &write.entries {
        if let Some(old) = old {
            CHANGES.delete(tx, &(write.vault, *old, *kind, *id));
        }
        CHANGES.put(tx, &(write.vault, entry.sequence, *kind, *id), &())?;
        ENTRIES.put(tx, &(write.vault, *kind, *id), entry)?;
        RECORDS.put(tx, &(write.vault, *kind, *id, entry.version.0), record)?;
    }
    Ok(())
}

/// A file's first version brings in what the same member has sent whole. With its last one its bytes go, if whoever wrote it
/// may remove for good; otherwise they wait for a purge.
fn move_files(tx: &mut WriteTx<'_, '_>, caller: &Caller, write: &Judged) -> Result<(), Refusal<WriteError>> {
    let new = |new: &&NewEntry| new.key.kind == RecordKind::File && new.entry.version == Version::FIRST;
    for file in write.entries.iter().filter(new) {
        if !files::attach(tx, caller, write.vault, file.key.id)? {
            return Err(Refusal::Own(refused(file.key.id, RecordFault::Upload)));
        }
    }
    if !policy::may_purge(caller.role(&write.vault)?) {
        return Ok(());
    }
    let gone = |new: &&NewEntry| new.key.kind == RecordKind::File && new.entry.state == RecordState::Deleted;
    for file in write.entries.iter().filter(gone) {
        files::remove(tx, write.vault, file.key.id)?;
    }
    Ok(())
}

/// Stores the head of a write.
///
/// # Errors
/// The store failed.
pub fn store_head(tx: &mut WriteTx<'_, '_>, write: &Judged) -> Result<(), StoreError> {
    HEADS.put(tx, &write.vault, &write.head)?;
    RESTS.put(tx, &(write.vault, write.head.sequence), &write.rest)
}

/// A number belongs to the object that first bore it, and to another only after that one was deleted.
fn claim_numbers(tx: &mut WriteTx<'_, '_>, caller: &Caller, write: &Judged) -> Result<(), Refusal<WriteError>> {
    for new in &write.entries {
        let Some(claim) = new.claim else { continue };
        let number = new.entry.number;
        let mine = NumberedRow { vault: write.vault, kind: new.key.kind, id: new.key.id };
        let free = match NUMBERED.get(tx, &(caller.team, number.0))? {
            None => claim == Claim::First && is_handed_out(tx, caller.team, &caller.member, number)?,
            Some(bearer) if bearer == mine => true,
            Some(bearer) => ENTRIES
                .get(tx, &(bearer.vault, bearer.kind, bearer.id))?
                .is_some_and(|entry| entry.state == RecordState::Deleted),
        };
        if !free {
            return Err(Refusal::Own(WriteError::NotReserved { number }));
        }
        NUMBERED.put(tx, &(caller.team, number.0), &mine)?;
    }
    Ok(())
}
