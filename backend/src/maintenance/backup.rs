//! A copy of the data as it was at one moment, made while the server runs, or of a server that is stopped.

use std::path::{Path, PathBuf};

use super::{CACHE, Failed, at, copy_rows, data_file, sync_folder};
use crate::store::{Copy, Look, OpenError};

/// What was copied.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Backed {
    /// How many rows.
    pub rows: u64,
    /// Length of the file.
    pub bytes: u64,
}

/// Copies the data of a folder into a new file. Every write that was acknowledged before this was called is in it; it is
/// under its name only when it is whole and durable.
///
/// # Errors
/// The file is there already, or reading or writing failed; nothing is left behind then.
pub fn backup(folder: &Path, to: &Path) -> Result<Backed, Failed> {
    if to.exists() {
        return Err(Failed::Exists(to.to_owned()));
    }
    let unfinished = beside(to);
    let mut copy = Copy::begin(&unfinished)?;
    let rows = fill(folder, &mut copy)?;
    copy.finish()?;
    let bytes = place(&unfinished, to)?;
    Ok(Backed { rows, bytes })
}

/// A name beside the file that nobody else uses.
fn beside(to: &Path) -> PathBuf {
    let name = to.file_name().unwrap_or_default().to_string_lossy();
    to.with_file_name(format!(".{name}.{}.unfinished", std::process::id()))
}

/// Gives the file its name, which nobody may have taken meanwhile.
fn place(unfinished: &Path, to: &Path) -> Result<u64, Failed> {
    let placed = std::fs::hard_link(unfinished, to).map_err(|source| match source.kind() {
        std::io::ErrorKind::AlreadyExists => Failed::Exists(to.to_owned()),
        _ => Failed::Io { path: to.to_owned(), source },
    });
    std::fs::remove_file(unfinished).map_err(at(unfinished))?;
    placed?;
    sync_folder(to.parent().unwrap_or(Path::new(".")))?;
    Ok(std::fs::metadata(to).map_err(at(to))?.len())
}

/// From the server that runs on the folder, else from its file.
fn fill(folder: &Path, copy: &mut Copy) -> Result<u64, Failed> {
    let take = |key: &[u8], value: &[u8]| Ok(copy.put(key, value)?);
    #[cfg(unix)]
    if let Some(mut server) = crate::admin::ask(folder, crate::admin::Request::Backup)? {
        return super::receive_rows(&mut server, take);
    }
    let look = match Look::at(&data_file(folder), CACHE) {
        Err(OpenError::InUse(_)) => return Err(Failed::Unreachable(folder.to_owned())),
        opened => opened?,
    };
    copy_rows(&look.snapshot()?, take)
}
