//! What can be told of a write from its bytes and the chain: form, author, company, time, and the signatures.

use std::collections::BTreeSet;

use sealward_contract::{
    bytes::Bytes,
    chain::Member,
    ids::{MemberId, ObjectId, Timestamp, VaultId, Version},
    limits,
    operations::records::{HeadFault, RecordFault, VaultWrite, WriteError},
    record::{Record, RecordKind, SignedHead, Tier},
};

/// Which records an operation takes.
#[derive(Clone, Copy, Debug)]
pub enum Wanted {
    /// One new object of this kind.
    New(RecordKind),
    /// The next version of this object.
    Next(RecordKind, ObjectId),
    /// The secret and the facts of this account, in any version.
    Secret(ObjectId),
    /// Anything that stands in a vault.
    Any,
}

/// Records whose author signed them, and a head that may bring them in.
pub struct Verified {
    /// The vault.
    pub vault: VaultId,
    /// The records as parsed and as received.
    pub records: Vec<(Record, Bytes)>,
    /// The head.
    pub head: SignedHead,
}

/// Checks form, author, company, time and signatures of one vault's write.
///
/// # Errors
/// The first fault found.
pub fn verify(write: VaultWrite, wanted: Wanted, author: &Member, now: Timestamp) -> Result<Verified, WriteError> {
    let head = SignedHead::parse(&write.head).map_err(|_| WriteError::HeadRefused { reason: HeadFault::Malformed })?;
    let rest = &head.value().rest;
    if rest.author != author.id() {
        return Err(WriteError::HeadRefused { reason: HeadFault::Author });
    }
    if rest.time.since(now) > limits::CLOCK_SKEW {
        return Err(WriteError::HeadRefused { reason: HeadFault::Time });
    }
    let mut records = Vec::with_capacity(write.records.len());
    for wire in write.records {
        let record = Record::parse(&wire).map_err(|_| refused(write.vault.object(), RecordFault::Malformed))?;
        check_form(&record, &write.vault, wanted, &author.id(), now)?;
        records.push((record, wire));
    }
    check_company(&records, &write.vault, wanted)?;
    for (record, _) in &records {
        let key = author.signing_at(record.context().position.sequence);
        record.verify(key).map_err(|_| refused(record.context().id, RecordFault::Signature))?;
    }
    let key = author.signing_at(head.value().rest.position.sequence);
    head.verify(key).map_err(|_| WriteError::HeadRefused { reason: HeadFault::Signature })?;
    Ok(Verified { vault: write.vault, records, head })
}

pub(super) fn refused(id: ObjectId, reason: RecordFault) -> WriteError {
    WriteError::RecordRefused { id, reason }
}

fn check_form(
    record: &Record,
    vault: &VaultId,
    wanted: Wanted,
    author: &MemberId,
    now: Timestamp,
) -> Result<(), WriteError> {
    let context = record.context();
    let fits = match wanted {
        Wanted::New(kind) => context.kind == kind && context.version == Version::FIRST,
        Wanted::Next(kind, id) => context.kind == kind && context.id == id && context.version != Version::FIRST,
        Wanted::Secret(id) => matches!(context.kind, RecordKind::Secret | RecordKind::Facts) && context.id == id,
        Wanted::Any => !context.kind.is_directory(),
    };
    let fault = if !fits || context.vault != *vault {
        RecordFault::Other
    } else if record.payload().is_none() || (context.tier == Tier::Guarded) != record.wrapped_key().is_some() {
        RecordFault::Malformed
    } else if context.author != *author {
        RecordFault::Author
    } else if context.time.since(now) > limits::CLOCK_SKEW {
        RecordFault::Time
    } else {
        return Ok(());
    };
    Err(refused(context.id, fault))
}

/// Each record once, and a secret and its facts together: these in several versions where they bring their history.
fn check_company(records: &[(Record, Bytes)], vault: &VaultId, wanted: Wanted) -> Result<(), WriteError> {
    let mut seen = BTreeSet::new();
    for (record, _) in records {
        let context = record.context();
        let version = match context.kind {
            RecordKind::Secret | RecordKind::Facts => context.version,
            _ => Version::FIRST,
        };
        if !seen.insert((context.id, context.kind, version)) {
            return Err(refused(context.id, RecordFault::Company));
        }
    }
    for (id, kind, version) in &seen {
        let other = match kind {
            RecordKind::Secret => RecordKind::Facts,
            RecordKind::Facts => RecordKind::Secret,
            _ => continue,
        };
        if !seen.contains(&(*id, other, *version)) {
            return Err(refused(*id, RecordFault::Company));
        }
    }
    let count = match wanted {
        Wanted::New(_) | Wanted::Next(..) => records.len() == 1,
        Wanted::Secret(_) => records.len() == 2,
        Wanted::Any => (1..=limits::BATCH_RECORDS).contains(&records.len()),
    };
    if count { Ok(()) } else { Err(refused(vault.object(), RecordFault::Company)) }
}
