//! A backup becomes the data of a server, after it was verified.

use std::path::Path;

use super::{
    CACHE, Failed, at, copy_rows, data_file, sync_folder,
    verify::{Report, verify_file},
};
use crate::store::{Copy, Look};

/// Puts a backup into an empty data folder. Its data is of this release's schema then, and nobody is signed in.
///
/// # Errors
/// The folder is not empty, the file is not sound, or reading or writing failed.
pub fn restore(file: &Path, folder: &Path, told: &mut dyn FnMut(&Report)) -> Result<(), Failed> {
    let occupied = match std::fs::read_dir(folder) {
        Ok(mut entries) => entries.next().is_some(),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => false,
        Err(source) => return Err(at(folder)(source)),
    };
    if occupied {
        return Err(Failed::NotEmpty(folder.to_owned()));
    }
    let report = verify_file(file)?;
    told(&report);
    if !report.is_sound() {
        return Err(Failed::Unsound { file: file.to_owned(), findings: report.found() });
    }
    crate::store::make_folder(folder).map_err(at(folder))?;
    let unfinished = folder.join("restoring.unfinished");
    let mut copy = Copy::begin(&unfinished)?;
    let look = Look::at(file, CACHE)?;
    copy_rows(&look.snapshot()?, |key, value| Ok(copy.put(key, value)?))?;
    copy.finish()?;
    let target = data_file(folder);
    std::fs::rename(&unfinished, &target).map_err(at(&target))?;
    sync_folder(folder)
}
