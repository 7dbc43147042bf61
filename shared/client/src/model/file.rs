//! What the catalog says of a file; its bytes and their key are no part of the catalog.

use super::invalid::{Field, Invalid, Problem, check_line, check_name};
use super::limits;
use super::time::cbor_len_of_time;
use minicbor::{CborLen, Decode, Encode};
use sealward_contract::ids::{ObjectId, Timestamp};
use serde::{Deserialize, Serialize};

/// A file that belongs to a resource or an account.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode, CborLen, Serialize, Deserialize)]
#[cbor(array)]
pub struct FileRef {
    /// The id of its record, which holds the key of its bytes.
    #[n(0)]
    #[cbor(cbor_len = "cbor_len_of_id")]
    pub id: ObjectId,
    /// Its name, without folders.
    #[n(1)]
    pub name: String,
    /// Its media type; empty when nobody knows it.
    #[n(2)]
    pub media_type: String,
    /// Bytes.
    #[n(3)]
    pub length: u64,
}

/// A file that was taken away and can be brought back, until the vault empties its trash of it.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode, CborLen, Serialize, Deserialize)]
#[cbor(array)]
pub struct RemovedFile {
    /// The file. Its record and its bytes are still there.
    #[n(0)]
    pub file: FileRef,
    /// When it was taken away, by the clock of who did it.
    #[n(1)]
    #[cbor(cbor_len = "cbor_len_of_time")]
    pub time: Timestamp,
}

/// The length of an id's encoding, which the contract's type does not tell itself.
fn cbor_len_of_id<C>(id: &ObjectId, context: &mut C) -> usize {
    minicbor::bytes::cbor_len(id.0, context)
}

pub(super) fn check_file(file: &FileRef) -> Result<(), Invalid> {
    check_name(Field::Files, &file.name, limits::FILE_NAME)?;
    check_line(Field::Files, &file.media_type, limits::MEDIA_TYPE)?;
    if file.length > limits::FILE {
        return Err(Invalid::new(
            Field::Files,
            Problem::TooLong { limit: usize::try_from(limits::FILE).unwrap_or(usize::MAX) },
        ));
    }
    Ok(())
}

/// Files beside each other: few, none twice. None at all is said by leaving the list out.
pub(super) fn check_files(files: Option<&Vec<FileRef>>) -> Result<(), Invalid> {
    let Some(files) = files else { return Ok(()) };
    if files.is_empty() {
        return Err(Invalid::new(Field::Files, Problem::Empty));
    }
    if files.len() > limits::FILES {
        return Err(Invalid::new(Field::Files, Problem::TooMany { limit: limits::FILES }));
    }
    for (at, file) in files.iter().enumerate() {
        check_file(file)?;
        if files.iter().take(at).any(|other| other.id == file.id) {
            return Err(Invalid::new(Field::Files, Problem::Twice));
        }
    }
    Ok(())
}

/// Files that were taken away: few, none twice.
pub(super) fn check_removed(removed: Option<&Vec<RemovedFile>>) -> Result<(), Invalid> {
    let files = removed.map(|removed| removed.iter().map(|removed| removed.file.clone()).collect());
    check_files(files.as_ref())
}
