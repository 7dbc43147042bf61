//! Taking things out: what was released and verified becomes an [`Archive`], and that a file. Pure functions of an
//! archive in and bytes out; nothing is fetched here.
//!
//! Encrypted: the [`backup`] of our own, which keeps everything and is read back by the import, and [`kdbx`] for KeePass
//! and its kin. In the clear: [`csv`] and [`json`].

mod archive;
pub mod audit;
pub mod backup;
pub mod csv;
mod items;
pub mod json;
pub mod kdbx;
pub mod sheet;

pub use crate::import::time::day_text;
pub use archive::{
    Archive, ArchivedAccount, ArchivedFile, ArchivedGroup, ArchivedResource, ArchivedVault, Container, PastSecret,
};
pub use items::BadItems;

use sealward_contract::release::ExportFormat;

/// Most bytes of files in one export. All of them are in memory while the file is written, several times over.
pub const FILES_LIMIT: u64 = 256 * 1024 * 1024;

/// What an export may hold beside the newest secrets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ExportOptions {
    /// Earlier secrets of each account.
    pub earlier: bool,
    /// Files of accounts and resources.
    pub files: bool,
}

impl ExportOptions {
    /// What a format has a place for.
    #[must_use]
    pub fn of(format: ExportFormat) -> Self {
        match format {
            ExportFormat::Backup | ExportFormat::Kdbx => Self { earlier: true, files: true },
            ExportFormat::Json => Self { earlier: true, files: false },
            ExportFormat::Csv => Self { earlier: false, files: false },
        }
    }

    /// As much of it as a format has a place for.
    #[must_use]
    pub fn within(self, format: ExportFormat) -> Self {
        let place = Self::of(format);
        Self { earlier: self.earlier && place.earlier, files: self.files && place.files }
    }
}

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;
