//! Reading files to bring in. All of it is linked into its own program only (`bin/reader.rs`): its readers of zips, sheets
//! and exports are rarely needed, and whatever a file does to them, it does to a program that holds no key. The worker
//! reaches it through `load`, gives it the bytes and gets a plan.

pub mod load;

use sealward_client::import::{Import, ImportError, ImportFormat, Options, SeenColumn};
use sealward_contract::ids::Timestamp;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// What a file turned out to be.
#[derive(Serialize, Deserialize)]
pub struct Seen {
    /// What program wrote it.
    pub format: ImportFormat,
    /// How its text is written.
    pub encoding: String,
    /// The columns of a sheet.
    pub columns: Vec<SeenColumn>,
}

/// Opens a file, as far as the bytes of its options can be read.
///
/// # Errors
/// The bytes of an [`ImportError`].
pub fn open(file: Vec<u8>, options: &[u8], now: u64) -> Result<Import, Vec<u8>> {
    let options: Options = postcard::from_bytes(options).map_err(|_| refuse(&ImportError::UnknownFormat))?;
    Import::open_as(Zeroizing::new(file), &options, Timestamp(now)).map_err(|error| refuse(&error))
}

/// What a file is, in bytes.
pub fn describe(import: &mut Import) -> Vec<u8> {
    let seen = Seen { format: import.format(), encoding: import.encoding().to_owned(), columns: import.columns() };
    postcard::to_allocvec(&seen).unwrap_or_default()
}

/// An error in bytes.
pub fn refuse(error: &ImportError) -> Vec<u8> {
    postcard::to_allocvec(error).unwrap_or_default()
}
