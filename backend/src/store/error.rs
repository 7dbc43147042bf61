//! What can go wrong below an operation. None of it crosses the wire as it is: the adapter turns every case into a
//! 500 or 503 and logs the reason.

use std::path::PathBuf;

/// A read or write that the store could not serve.
#[derive(Clone, Debug, thiserror::Error)]
pub enum StoreError {
    /// The disk takes no writes: it is full, read-only or failing. Reading goes on.
    #[error("the store takes no writes at present: {0}")]
    ReadOnly(String),
    /// The disk failed a moment ago, and the store is being opened again.
    #[error("the store is being opened again")]
    Reopening,
    /// More writes are waiting than the store takes.
    #[error("too many writes are waiting")]
    Busy,
    /// The writer has stopped, because the server is shutting down.
    #[error("the store is closed")]
    Closed,
    /// The engine failed.
    #[error("the storage engine failed: {0}")]
    Engine(String),
    /// A row is there, but is not what its table says.
    #[error("a row of table {table} cannot be read")]
    Damaged {
        /// Name of the table.
        table: &'static str,
    },
    /// The operation panicked; it left no trace in the store.
    #[error("an operation panicked")]
    Panicked,
}

/// Why a data file was not opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// Another process has the file open.
    #[error("{0} is in use by another sealward-server")]
    InUse(PathBuf),
    /// The file was written by a newer program.
    #[error("the data file has schema {found}; this program knows schemas up to {known}. Use a newer sealward-server")]
    Newer {
        /// Schema of the file.
        found: u32,
        /// Newest schema that this program can read.
        known: u32,
    },
    /// There is a file, but it is no data file of this program.
    #[error("{path} is not a readable data file: {reason}")]
    Unreadable {
        /// The file.
        path: PathBuf,
        /// What the engine said.
        reason: String,
    },
    /// The file or its folder cannot be made or read.
    #[error("{path}: {source}")]
    Io {
        /// The file or folder.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// The engine failed while the store was opened.
    #[error(transparent)]
    Store(#[from] StoreError),
}

macro_rules! from_engine {
    ($($error:ty),*) => {$(
        impl From<$error> for StoreError {
            fn from(error: $error) -> Self {
                match redb::Error::from(error) {
                    // The first failure ended the engine; this is what everybody after it is told.
                    redb::Error::PreviousIo => Self::Reopening,
                    other => Self::Engine(other.to_string()),
                }
            }
        }
    )*};
}
from_engine!(redb::StorageError, redb::TableError, redb::TransactionError, redb::CommitError);
