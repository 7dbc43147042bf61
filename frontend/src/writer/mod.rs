//! Writing files to take out. All of it is linked into its own program only (`bin/writer.rs`), for it is rarely needed;
//! the worker reaches it through `load`, gives it the items of an archive and gets the file.

pub mod load;

use sealward_client::{
    crypto::randomness::OsRandom,
    export::{Archive, backup, csv, json, kdbx},
    model::SecretText,
};
use sealward_contract::release::ExportFormat;
use zeroize::Zeroizing;

/// Writes a file. `None` when there is not the memory that stretching a password takes, or no password where the format
/// needs one.
#[must_use]
pub fn write(items: &[u8], format: ExportFormat, password: Option<&SecretText>) -> Option<Zeroizing<Vec<u8>>> {
    let archive = || Archive::from_items(items).ok();
    match format {
        // Items are what is in a backup: no second copy of all files is made.
        ExportFormat::Backup => backup::seal_items(items, password?, &mut OsRandom::new()).ok().map(Zeroizing::new),
        ExportFormat::Kdbx => kdbx::write(&archive()?, password?).ok().map(Zeroizing::new),
        ExportFormat::Csv => Some(csv::write(&archive()?)),
        ExportFormat::Json => Some(json::write(&archive()?)),
    }
}
