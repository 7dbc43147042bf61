//! Writing a record of the directory: its first version, or the one after the newest.

use std::{net::IpAddr, sync::Arc};

use sealward_contract::{
    audit::AuditedAct,
    bytes::Bytes,
    chain::TeamState,
    crypto::Hash,
    ids::{Number, ObjectId, Timestamp, VaultId, Version},
    limits,
    operations::{
        directory::{DirectoryError, DirectoryWritten},
        records::RecordFault,
    },
    problem::Rejection,
    record::{Expected, Record, RecordKind, RecordRefused, RecordState, Tier, check_record},
};

use super::put;
use crate::{
    memory::hub::Hint,
    operations::{
        Caller, Refusal,
        audit::{self, Audited},
    },
    server::App,
    store::tables::{DIRECTORY, TEAMS},
};

/// Times that a write is judged again when the chain moves while it waits in the queue.
const JUDGED: usize = 8;

/// Which record an operation takes.
#[derive(Clone, Copy)]
pub(in crate::operations) struct Place {
    pub(in crate::operations) kind: RecordKind,
    pub(in crate::operations) id: ObjectId,
    pub(in crate::operations) number: Number,
    /// Whether a caller may write it, by the newest chain.
    pub(in crate::operations) may_write: fn(&TeamState, &Caller, ObjectId) -> bool,
    /// What is written down of it.
    pub(in crate::operations) act: fn(ObjectId, Version) -> AuditedAct,
}

/// Whether this is the sealed first version of a record of the directory.
pub(in crate::operations) fn first(
    state: &TeamState,
    (kind, id): (RecordKind, ObjectId),
    wire: &[u8],
    now: Timestamp,
) -> bool {
    let Ok(record) = Record::parse(wire) else { return false };
    let context = record.context();
    context.version == Version::FIRST
        && context.previous == Hash::ZERO
        && check_form(state, (kind, id), &record, now).is_ok()
}

/// Writes the next version of a record.
///
/// # Errors
/// The first fault found; then nothing is written.
pub(in crate::operations) async fn next(
    app: &Arc<App>,
    caller: &Caller,
    place: Place,
    wire: Bytes,
    (address, now): (IpAddr, Timestamp),
) -> Result<DirectoryWritten, Refusal<DirectoryError>> {
    let refused = |reason| Refusal::Own(DirectoryError::RecordRefused { reason });
    let record = Arc::new(Record::parse(&wire).map_err(|_| refused(RecordFault::Malformed))?);
    let mut caller = caller.clone();
    for _ in 0..JUDGED {
        if !(place.may_write)(&caller.state, &caller, place.id) {
            return Err(Refusal::Own(DirectoryError::Forbidden));
        }
        if record.context().author != caller.member {
            return Err(refused(RecordFault::Author));
        }
        check_form(&caller.state, (place.kind, place.id), &record, now).map_err(refused)?;
        let stored = {
            let (record, judged, wire) = (Arc::clone(&record), caller.clone(), wire.clone());
            app.write(None, now, move |tx| {
                let team = TEAMS.get(tx, &judged.team)?.ok_or(Refusal::Moved)?;
                if team.hash != judged.state.position().hash {
                    return Err(Refusal::Moved);
                }
                let key = (judged.team, place.kind, place.id);
                let newest = DIRECTORY.get(tx, &key)?;
                // The same again, where the answer was lost.
                if newest.as_ref() == Some(&wire) {
                    return Ok(DirectoryWritten { version: record.context().version });
                }
                check_history(&record, place.number, newest)?;
                put(tx, judged.team, (place.kind, place.id), &wire)?;
                let version = record.context().version;
                let what = (place.act)(place.id, version);
                let (team, member, address) = (judged.team, Some(judged.member), Some(address));
                let statement = Some(record.to_bare_wire());
                audit::append(tx, now, Audited { team, member, address, what, statement })?;
                Ok(DirectoryWritten { version })
            })
        };
        match stored.await {
            Err(Refusal::Moved) => {
                let state = app.store.read(|tx| app.teams.state(tx, &caller.team))?;
                caller.state = state.ok_or(Rejection::NotFound)?;
            }
            Err(refusal) => return Err(refusal),
            Ok(written) => {
                app.hub.tell(&caller.team, Hint::Team);
                return Ok(written);
            }
        }
    }
    Err(Rejection::Unavailable.into())
}

/// Form, time, author's right at its place of the chain, and signature.
fn check_form(
    state: &TeamState,
    (kind, id): (RecordKind, ObjectId),
    record: &Record,
    now: Timestamp,
) -> Result<(), RecordFault> {
    let context = record.context();
    let expected = Expected { vault: VaultId::DIRECTORY, id, kind, resource: None, version: None, hash: None };
    if record.payload().is_none() {
        return Err(RecordFault::Malformed);
    }
    if context.parent != id {
        return Err(RecordFault::Parent);
    }
    // The newest key, whatever its author has seen: whoever left holds those before it.
    if context.epoch != state.directory_epoch() {
        return Err(RecordFault::Epoch);
    }
    if context.tier != Tier::Directory {
        return Err(RecordFault::Tier);
    }
    if context.state != RecordState::Live {
        return Err(RecordFault::History);
    }
    if context.time.since(now) > limits::CLOCK_SKEW || now.since(context.time) > limits::CLOCK_SKEW {
        return Err(RecordFault::Time);
    }
    check_record(state, &expected, record).map_err(|refused| match refused {
        RecordRefused::Other => RecordFault::Other,
        RecordRefused::Position => RecordFault::Position,
        RecordRefused::Right | RecordRefused::Due => RecordFault::Right,
        RecordRefused::Epoch => RecordFault::Epoch,
        RecordRefused::Tier => RecordFault::Tier,
        RecordRefused::Signature => RecordFault::Signature,
    })
}

/// The version after the newest, of the same line and number.
fn check_history(record: &Record, number: Number, newest: Option<Bytes>) -> Result<(), Refusal<DirectoryError>> {
    let context = record.context();
    let known = newest.as_ref().and_then(|wire| Record::parse(wire).ok());
    let (wanted, previous) = match &known {
        None => (Some(Version::FIRST), Hash::ZERO),
        Some(known) => (known.context().version.next(), known.hash()),
    };
    if wanted != Some(context.version) {
        let current = known.map(|known| known.context().version);
        return Err(Refusal::Own(DirectoryError::StaleVersion { current, record: newest }));
    }
    if context.previous != previous || context.number != number {
        return Err(Refusal::Own(DirectoryError::RecordRefused { reason: RecordFault::History }));
    }
    Ok(())
}
