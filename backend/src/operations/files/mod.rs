//! Files: sealed chunks sent one by one, attached by a record, given after a release, removed when nothing needs them.

mod chunk;
mod release;
#[cfg(test)]
mod tests;
mod upload;

use sealward_contract::{
    file::Layout,
    ids::{ObjectId, VaultId},
};

use super::Caller;
use crate::store::{
    StoreError, WriteTx,
    tables::{FILE_CHUNKS, FILES, FileRow, FileState, UPLOADS},
};

/// Whether all chunks of a file are there.
fn is_whole(row: &FileRow) -> bool {
    Layout::of_sealed(row.sealed_length).is_some_and(|layout| row.chunks.len() as u64 == u64::from(layout.count()))
}

/// Makes an upload of the caller's a file of a vault; `false` when it is not whole, another's, or not there.
///
/// # Errors
/// The store failed.
pub(crate) fn attach(
    tx: &mut WriteTx<'_, '_>,
    caller: &Caller,
    vault: VaultId,
    id: ObjectId,
) -> Result<bool, StoreError> {
    let Some(row) = FILES.get(tx, &(vault, id))? else { return Ok(false) };
    if row.state == FileState::Attached || row.owner != caller.member || !is_whole(&row) {
        return Ok(false);
    }
    FILES.put(tx, &(vault, id), &FileRow { state: FileState::Attached, ..row })?;
    UPLOADS.delete(tx, &(caller.team, caller.member, vault, id));
    Ok(true)
}

/// Removes what the server has of a file besides its record: for uploads that nobody attached, and for files that are
/// purged.
///
/// # Errors
/// The store failed.
pub(crate) fn remove(tx: &mut WriteTx<'_, '_>, vault: VaultId, id: ObjectId) -> Result<(), StoreError> {
    let Some(row) = FILES.get(tx, &(vault, id))? else { return Ok(()) };
    for index in row.chunks.into_keys() {
        FILE_CHUNKS.delete(tx, &(vault, id, index));
    }
    FILES.delete(tx, &(vault, id));
    Ok(())
}
