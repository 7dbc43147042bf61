//! Files: every chunk that is named is there and is the one that was sent; a file that a record brought in is whole; and
//! nothing is left of one that nobody has. What the chunks say only their key can tell.

use std::collections::BTreeSet;

use sealward_contract::{
    crypto::hash,
    file::Layout,
    ids::{ObjectId, VaultId},
    record::{RecordKind, RecordState},
};

use super::{each, look, report::Report, teams::Known};
use crate::store::{
    ReadTx, StoreError,
    tables::{ENTRIES, FILE_CHUNKS, FILE_RELEASES, FILES, FileRow, FileState, PURGED, UPLOADS},
};

pub(super) fn check(rows: &ReadTx, known: &Known, report: &mut Report) -> Result<(), StoreError> {
    let mut chunks = BTreeSet::new();
    each(rows, &FILE_CHUNKS, &(), report, |report, (vault, id, index), chunk| {
        chunks.insert((vault, id, index));
        let named = look(rows, &FILES, &(vault, id))?.and_then(|row| row.chunks.get(&index).copied());
        if named != Some(hash(&chunk)) {
            report.find("file_chunks", &format_args!("vault {vault}, file {id}, chunk {index}"), &"not the one sent");
        }
        Ok(())
    })?;
    each(rows, &FILES, &(), report, |report, (vault, id), row| {
        let at = format_args!("vault {vault}, file {id}");
        if row.chunks.keys().any(|index| !chunks.contains(&(vault, id, *index))) {
            report.find("files", &at, &"a chunk is missing");
        }
        if let Err(reason) = check_state(rows, known, vault, id, &row)? {
            report.find("files", &at, &reason);
        }
        Ok(())
    })?;
    each(rows, &UPLOADS, &(), report, |report, (team, member, vault, id), _| {
        let row = look(rows, &FILES, &(vault, id))?;
        let theirs = known.vault(&vault).is_none_or(|(state, _)| state.team() == team);
        if !theirs || !row.is_some_and(|row| row.state == FileState::Uploading && row.owner == member) {
            report.find("uploads", &format_args!("team {team}, vault {vault}, file {id}"), &"of no upload");
        }
        Ok(())
    })?;
    each(rows, &FILE_RELEASES, &(), report, |report, (vault, id, member), _| {
        if look(rows, &ENTRIES, &(vault, RecordKind::File, id))?.is_none() {
            let at = format_args!("vault {vault}, file {id}, member {member}");
            report.find("file_releases", &at, &"of no file");
        }
        Ok(())
    })?;
    ENTRIES.scan_all(rows, &(), |row| {
        let Ok(((vault, RecordKind::File, id), entry)) = row else { return Ok(()) };
        let purged = look(rows, &PURGED, &(vault, RecordKind::File, id))?.is_some();
        if entry.state == RecordState::Live && !purged && look(rows, &FILES, &(vault, id))?.is_none() {
            report.find("entries", &format_args!("vault {vault}, file {id}"), &"its chunks are missing");
        }
        Ok(())
    })
}

fn check_state(
    rows: &ReadTx,
    known: &Known,
    vault: VaultId,
    id: ObjectId,
    row: &FileRow,
) -> Result<Result<(), String>, StoreError> {
    let attached = look(rows, &ENTRIES, &(vault, RecordKind::File, id))?.is_some();
    match row.state {
        FileState::Attached if !attached => Ok(Err("no record has it".to_owned())),
        FileState::Attached => {
            let count = Layout::of_sealed(row.sealed_length).map(|layout| u64::from(layout.count()));
            let whole = count == Some(row.chunks.len() as u64);
            Ok(if whole { Ok(()) } else { Err("it is not whole".to_owned()) })
        }
        FileState::Uploading if attached => Ok(Err("a record has it, and it is not whole".to_owned())),
        FileState::Uploading => {
            let Some((state, _)) = known.vault(&vault) else {
                return Ok(if known.is_partial() { Ok(()) } else { Err("of no vault".to_owned()) });
            };
            let begun = look(rows, &UPLOADS, &(state.team(), row.owner, vault, id))?.is_some();
            Ok(if begun { Ok(()) } else { Err("an upload that nobody began".to_owned()) })
        }
    }
}
