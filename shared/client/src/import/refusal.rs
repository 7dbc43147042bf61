//! Why a file, a row, or a part of a row was not taken. Nothing here holds a secret.

use super::header::Column;
use crate::model::Invalid;
use serde::{Deserialize, Serialize};

/// Nothing can be taken from a file.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ImportError {
    /// There is nothing in it.
    #[error("the file is empty")]
    Empty,
    /// It is too large.
    #[error("the file is larger than {limit} bytes")]
    TooLarge {
        /// Bytes at most.
        limit: usize,
    },
    /// It has too many rows or items.
    #[error("the file has more than {limit} rows")]
    TooManyRows {
        /// Rows at most.
        limit: usize,
    },
    /// It is neither UTF-8, UTF-16 nor GB18030.
    #[error("the file's encoding is unknown")]
    UnknownEncoding,
    /// It begins like JSON and is none.
    #[error("the file is broken JSON, at line {line}")]
    BrokenJson {
        /// Where.
        line: usize,
    },
    /// It is nothing that is known here.
    #[error("the file's format is unknown")]
    UnknownFormat,
    /// It is not of the format that it was said to be.
    #[error("the file is not of this format")]
    OtherFormat,
    /// It is broken, or built to deceive.
    #[error("the file is damaged")]
    Damaged,
    /// It becomes too large when it is unpacked.
    #[error("the file becomes larger than {limit} when unpacked")]
    Swollen {
        /// What it may become at most.
        limit: usize,
    },
    /// Too many files are packed in it.
    #[error("more than {limit} files are packed in the file")]
    TooManyFiles {
        /// Files at most.
        limit: usize,
    },
    /// It is encrypted, and only the program that wrote it can open it: export it again in plain.
    #[error("the export is encrypted")]
    Encrypted,
    /// It is encrypted, and a password or a key file opens it.
    #[error("a password is needed")]
    PasswordNeeded,
    /// Password or key file are not the right ones.
    #[error("the password is wrong")]
    WrongPassword,
    /// Its key would take more memory or time than any program asks for by itself.
    #[error("opening the file costs too much")]
    TooCostly,
    /// A newer program wrote it.
    #[error("the file is newer than this program")]
    Newer,
    /// The sheet lacks a column that it cannot be without.
    #[error("the sheet has no column {column:?}")]
    MissingColumn {
        /// Which one.
        column: Column,
    },
    /// The sheet has more columns than any sheet should.
    #[error("the sheet has more than {limit} columns")]
    TooManyColumns {
        /// Columns at most.
        limit: usize,
    },
}

/// A row that was not taken.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rejected {
    /// The sheet's row (the header is row 1), or the item's place in the export, from 1.
    pub row: usize,
    /// The name of what stands there, where it has one.
    pub name: String,
    /// Why.
    pub reason: Reason,
}

/// Why a row was not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Reason {
    /// It has no name.
    NoName,
    /// It has neither user name nor secret.
    NoAccount,
    /// It has more values than the header has columns: perhaps a separator within a value without quotes.
    TooManyValues,
    /// A field breaks a rule.
    Invalid(Invalid),
    /// All fields together are too long.
    TooLarge,
    /// It is not what the export's format says.
    Malformed,
    /// A kind of item that is not known.
    UnknownKind,
    /// It lay in the export's bin.
    Deleted,
    /// It is an address that forwards, without anything to keep.
    Alias,
}

/// A part of a row that was not taken, while the rest was.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftOut {
    /// The row, as in [`Rejected`].
    pub row: usize,
    /// The name of what stands there.
    pub name: String,
    /// What was left out.
    pub part: Part,
}

/// What was left out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Part {
    /// A passkey, which cannot leave the export in a usable form.
    Passkey,
    /// Earlier passwords beyond those that there was room for.
    History,
    /// An attachment that the file does not hold, or that is too large.
    File,
}
