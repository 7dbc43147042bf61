//! Taking things out: what was released and verified becomes an [`Archive`], and that a file. Pure functions of an
//! archive in and bytes out; nothing is fetched here.
//!
//! Encrypted: the [`backup`] of our own, which keeps everything and is read back by the import, and [`kdbx`] for KeePass
//! and its kin. In the clear: [`csv`] and [`json`].

mod archive;
pub mod backup;
pub mod csv;
mod items;
pub mod json;
pub mod kdbx;

pub use crate::import::time::day_text;
pub use archive::{
    Archive, ArchivedAccount, ArchivedFile, ArchivedGroup, ArchivedResource, ArchivedVault, Container, PastSecret,
};
pub use items::BadItems;

#[cfg(test)]
pub(crate) mod sample;
#[cfg(test)]
mod tests;
