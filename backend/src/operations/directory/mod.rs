//! The directory: members as the server knows them, their sealed profiles, the sealed names of team and groups.

mod list;
mod profile;
mod write;

pub(super) use write::{Place, first, next};

use std::ops::ControlFlow;

use sealward_contract::{
    bytes::Bytes,
    ids::{ObjectId, TeamId},
    record::RecordKind,
};

use crate::store::{
    Order, Rows, StoreError, WriteTx,
    tables::{DIRECTORY, DIRECTORY_CHANGES, DIRECTORY_COUNTERS, DIRECTORY_PLACES, DirectoryChangeRow},
};

/// Stores a record of the directory, so that those who follow it are given it.
///
/// # Errors
/// The store failed.
pub(super) fn put(
    tx: &mut WriteTx<'_, '_>,
    team: TeamId,
    (kind, id): (RecordKind, ObjectId),
    record: &Bytes,
) -> Result<(), StoreError> {
    forget_place(tx, team, (kind, id))?;
    let at = DIRECTORY_COUNTERS.get(tx, &team)?.unwrap_or_default() + 1;
    DIRECTORY_COUNTERS.put(tx, &team, &at)?;
    DIRECTORY_CHANGES.put(tx, &(team, at), &DirectoryChangeRow { kind, id })?;
    DIRECTORY_PLACES.put(tx, &(team, kind, id), &at)?;
    DIRECTORY.put(tx, &(team, kind, id), record)
}

/// Removes a record of the directory.
///
/// # Errors
/// The store failed.
pub(super) fn delete(
    tx: &mut WriteTx<'_, '_>,
    team: TeamId,
    (kind, id): (RecordKind, ObjectId),
) -> Result<(), StoreError> {
    forget_place(tx, team, (kind, id))?;
    DIRECTORY.delete(tx, &(team, kind, id));
    Ok(())
}

fn forget_place(tx: &mut WriteTx<'_, '_>, team: TeamId, (kind, id): (RecordKind, ObjectId)) -> Result<(), StoreError> {
    if let Some(at) = DIRECTORY_PLACES.get(tx, &(team, kind, id))? {
        DIRECTORY_CHANGES.delete(tx, &(team, at));
        DIRECTORY_PLACES.delete(tx, &(team, kind, id));
    }
    Ok(())
}

/// What was written since, and how often the directory was written. Everything, where the caller has seen nothing, or more
/// than there is: then a backup was restored.
///
/// # Errors
/// The store failed.
pub(super) fn since(rows: &impl Rows, team: TeamId, seen: Option<u64>) -> Result<(Vec<Bytes>, u64), StoreError> {
    let at = DIRECTORY_COUNTERS.get(rows, &team)?.unwrap_or_default();
    let mut records = Vec::new();
    let Some(seen) = seen.filter(|seen| *seen <= at) else {
        DIRECTORY.scan(rows, &team, Order::Forward, |_, record| {
            records.push(record);
            Ok(ControlFlow::Continue(()))
        })?;
        return Ok((records, at));
    };
    DIRECTORY_CHANGES.scan_from(rows, &team, &(team, seen.saturating_add(1)), |_, change| {
        let record = DIRECTORY.get(rows, &(team, change.kind, change.id))?;
        records.push(record.ok_or(StoreError::Damaged { table: "directory_changes" })?);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok((records, at))
}
