//! What a refusal of a stale head carries: everything that changed since the head that the writer built on, so that
//! one more request is enough.

use std::ops::ControlFlow;

use sealward_contract::{
    ids::VaultId,
    limits,
    operations::records::HeadMoved,
    record::{Leaf, LeafKey},
};

use crate::store::{
    Rows, StoreError,
    tables::{CHANGES, ENTRIES, HeadRow, RECORDS, RESTS},
};

/// Most hashes of rests that a refusal carries.
const RESTS_CARRIED: usize = 4_096;

/// What changed after the head of this number.
///
/// # Errors
/// The store failed.
pub(super) fn head_moved(
    rows: &impl Rows,
    vault: &VaultId,
    newest: &HeadRow,
    since: u64,
) -> Result<HeadMoved, StoreError> {
    let mut moved = HeadMoved {
        vault: *vault,
        head: newest.head.clone(),
        rests: Vec::new(),
        records: Vec::new(),
        leaves: Vec::new(),
        complete: since <= newest.sequence && newest.sequence - since <= RESTS_CARRIED as u64,
    };
    if !moved.complete {
        return Ok(moved);
    }
    RESTS.scan_after(rows, vault, &(*vault, since), |_, rest| {
        moved.rests.push(rest);
        Ok(ControlFlow::Continue(()))
    })?;
    let mut keys = Vec::new();
    let first = (*vault, since.saturating_add(1));
    CHANGES.scan_from(rows, vault, &first, |(_, _, kind, id), ()| {
        keys.push(LeafKey { id, kind });
        Ok(if keys.len() > limits::STALE_RECORDS { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    if keys.len() > limits::STALE_RECORDS {
        moved.complete = false;
        return Ok(moved);
    }
    for key in keys {
        let entry = ENTRIES.get(rows, &(*vault, key.kind, key.id))?.ok_or(StoreError::Damaged { table: "changes" })?;
        if key.kind.is_catalog() {
            let record = RECORDS.get(rows, &(*vault, key.kind, key.id, entry.version.0))?;
            moved.records.push(record.ok_or(StoreError::Damaged { table: "records" })?);
        } else {
            moved.leaves.push(Leaf { key, version: entry.version, hash: entry.hash });
        }
    }
    Ok(moved)
}
