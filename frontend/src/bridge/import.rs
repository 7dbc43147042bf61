//! Bringing credentials in from a file: preview, go-ahead, report.

pub use sealward_client::import::{Column, FileKey, ImportError, ImportFormat, Options as ImportOptions, SeenColumn};
use sealward_contract::bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{ImportId, VaultId};

/// Reads a file.
#[derive(Serialize, Deserialize)]
pub struct PreviewImport {
    /// The name of the file.
    pub file_name: String,
    /// What is in it.
    pub bytes: Bytes,
    /// What the person says of it.
    pub options: ImportOptions,
}

/// What was found in the file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportPreview {
    /// For the go-ahead.
    pub import: ImportId,
    /// What kind of file.
    pub format: ImportFormat,
    /// How its text is written, such as `UTF-8` or `GB18030`.
    pub encoding: String,
    /// The columns of a sheet, as they were taken.
    pub columns: Vec<SeenColumn>,
    /// Rows or items in it.
    pub rows: u32,
    /// Resources that they make.
    pub resources: u32,
    /// Accounts that they make.
    pub accounts: u32,
    /// Resource groups that they make.
    pub groups: u32,
    /// The first rows.
    pub sample: Vec<SampleRow>,
    /// Rows that will not be taken, the first 1,000.
    pub refused: Vec<RefusedRow>,
    /// How many in all.
    pub refused_total: u32,
}

/// A row, its secret left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SampleRow {
    /// The resource.
    pub resource: String,
    /// The user name.
    pub user_name: String,
    /// The address.
    pub address: String,
    /// The group.
    pub group: String,
}

/// A row that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RefusedRow {
    /// Its place in the file, counted from one; the header is row 1 of a sheet.
    pub row: u32,
    /// What it calls itself.
    pub name: String,
    /// Why.
    pub reason: RefusedReason,
}

/// Why a row was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RefusedReason {
    /// No name.
    NoName,
    /// Another number of columns than the header.
    WrongColumns,
    /// A field is too long.
    TooLong,
    /// Too many custom fields.
    TooManyFields,
    /// Neither user name nor secret.
    NoAccount,
    /// It lay in the bin.
    Deleted,
    /// The passkey only: it cannot leave the export in a usable form. The rest of the row is taken.
    Passkey,
    /// Earlier passwords beyond those that there was room for. The rest of the row is taken.
    History,
    /// An attachment. The rest of the row is taken.
    File,
    /// An address that forwards, without anything to keep.
    Alias,
    /// A kind of item that Sealward does not know yet.
    UnknownKind,
    /// Characters that the encoding does not have.
    BadCharacters,
    /// The same row stands further up.
    Twice,
    /// The server refused it.
    NotWritten,
    /// The person stopped before.
    Stopped,
}

/// The go-ahead.
#[derive(Serialize, Deserialize)]
pub struct RunImport {
    /// Which file.
    pub import: ImportId,
    /// Into which vault.
    pub vault: VaultId,
}

/// What became of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ImportReport {
    /// Resources added.
    pub resources: u32,
    /// Accounts added.
    pub accounts: u32,
    /// Rows that were there already.
    pub known: u32,
    /// Rows that were not taken, the first 1,000.
    pub refused: Vec<RefusedRow>,
    /// How many in all.
    pub refused_total: u32,
}

/// Stops.
#[derive(Serialize, Deserialize)]
pub struct CancelImport {
    /// Which file.
    pub import: ImportId,
}
