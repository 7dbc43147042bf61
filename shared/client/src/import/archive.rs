//! Zip files, opened with suspicion: how many entries, how large they become, how much of that is air, and where they
//! want to lie are checked before anything is kept.

use super::refusal::ImportError;
use std::collections::HashSet;
use std::io::{Cursor, Read};
use zeroize::Zeroizing;
use zip::ZipArchive;

/// Entries at most.
const ENTRY_LIMIT: usize = 10_000;
/// Bytes of all that is unpacked, at most.
pub(super) const UNPACKED_LIMIT: usize = 256 * 1024 * 1024;
/// An entry may become that many times larger, ...
const RATIO_LIMIT: u64 = 200;
/// ... once it is larger than this: short texts of one letter are honest.
const RATIO_FROM: u64 = 4 * 1024 * 1024;

/// A zip file. What is unpacked from it counts, again and again.
pub(super) struct Archive {
    zip: ZipArchive<Cursor<Zeroizing<Vec<u8>>>>,
    names: Vec<String>,
    left: usize,
}

impl Archive {
    /// Reads the directory.
    pub(super) fn open(file: Zeroizing<Vec<u8>>) -> Result<Self, ImportError> {
        let mut zip = ZipArchive::new(Cursor::new(file)).map_err(|_| ImportError::Damaged)?;
        if zip.len() > ENTRY_LIMIT {
            return Err(ImportError::TooManyFiles { limit: ENTRY_LIMIT });
        }
        let mut names = Vec::with_capacity(zip.len());
        let mut seen = HashSet::new();
        for at in 0..zip.len() {
            let entry = zip.by_index_raw(at).map_err(|_| ImportError::Damaged)?;
            if entry.encrypted() {
                return Err(ImportError::Encrypted);
            }
            if entry.size() > RATIO_FROM && entry.size() / RATIO_LIMIT > entry.compressed_size() {
                return Err(ImportError::Swollen { limit: UNPACKED_LIMIT });
            }
            let name = entry.name().map_err(|_| ImportError::Damaged)?.replace('\\', "/");
            // Nothing is written to a disk here; a path that climbs is the mark of a file that means no good.
            let is_absolute = name.starts_with('/') || name.get(1..2) == Some(":");
            if is_absolute || entry.is_symlink() || name.split('/').any(|part| part == "..") {
                return Err(ImportError::Damaged);
            }
            // An attachment may have any name; a second entry of the same name could show one thing and give another.
            if !seen.insert(name.clone()) {
                return Err(ImportError::Damaged);
            }
            names.push(name);
        }
        Ok(Self { zip, names, left: UNPACKED_LIMIT })
    }

    /// The names of its entries.
    pub(super) fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether there is an entry of this name.
    pub(super) fn has(&self, name: &str) -> bool {
        self.names.iter().any(|known| known == name)
    }

    /// Unpacks an entry; `None` when there is none of this name.
    pub(super) fn bytes(&mut self, name: &str) -> Result<Option<Zeroizing<Vec<u8>>>, ImportError> {
        let Some(at) = self.names.iter().position(|known| known == name) else { return Ok(None) };
        let mut entry = self.zip.by_index(at).map_err(|_| ImportError::Damaged)?;
        let swollen = ImportError::Swollen { limit: UNPACKED_LIMIT };
        let size = usize::try_from(entry.size()).ok().filter(|size| *size <= self.left).ok_or(swollen.clone())?;
        // Room for what it says to be, so that no copy is left behind; what is more than that is a lie.
        let mut bytes = Zeroizing::new(Vec::with_capacity(size));
        let limit = u64::try_from(size).unwrap_or(u64::MAX).saturating_add(1);
        (&mut entry).take(limit).read_to_end(&mut bytes).map_err(|_| ImportError::Damaged)?;
        if bytes.len() > size {
            return Err(swollen);
        }
        self.left -= bytes.len();
        Ok(Some(bytes))
    }

    /// Unpacks an entry of text in UTF-8.
    pub(super) fn text(&mut self, name: &str) -> Result<Option<Zeroizing<String>>, ImportError> {
        let Some(mut bytes) = self.bytes(name)? else { return Ok(None) };
        if bytes.starts_with(b"\xef\xbb\xbf") {
            bytes.drain(..3);
        }
        let text = String::from_utf8(core::mem::take(&mut *bytes)).map_err(|_| ImportError::UnknownEncoding)?;
        Ok(Some(Zeroizing::new(text)))
    }
}
