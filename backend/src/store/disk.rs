//! The bytes below the engine, opened once and locked, over which an engine can be opened again: live, so that it
//! writes, or frozen, so that whatever it writes stays in memory and the file is as it was.

use std::{
    collections::BTreeMap,
    fs::{File, OpenOptions, TryLockError},
    io,
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use redb::{StorageBackend, backends::FileBackend};

use super::error::OpenError;

/// Where a data file is.
#[derive(Debug)]
pub(super) struct Disk {
    bytes: Arc<dyn StorageBackend>,
    /// For messages.
    path: PathBuf,
    /// Whether a sync failed: what the system then holds in memory may never reach the disk, and nobody can tell.
    unsynced: Arc<AtomicBool>,
    /// Whether the file was opened for reading alone, because the disk takes no writes.
    read_only: bool,
    /// Where ballast can be laid beside the file.
    ballast: Option<PathBuf>,
}

impl Disk {
    /// A file for the server: made when it is missing, locked against every other process.
    ///
    /// # Errors
    /// It is in use, or cannot be reached.
    pub(super) fn file(path: &Path) -> Result<Self, OpenError> {
        match lock(OpenOptions::new().read(true).write(true).create(true).truncate(false).open(path), path) {
            Err(OpenError::Io { source, .. }) if source.kind() == io::ErrorKind::ReadOnlyFilesystem => {
                Self::existing(path)
            }
            opened => Self::of_file(opened?, path, false),
        }
    }

    /// A file that is there, to be read.
    ///
    /// # Errors
    /// It is missing, in use, or cannot be read.
    pub(super) fn existing(path: &Path) -> Result<Self, OpenError> {
        Self::of_file(lock(File::open(path), path)?, path, true)
    }

    fn of_file(file: File, path: &Path, read_only: bool) -> Result<Self, OpenError> {
        let unreadable =
            |error: redb::DatabaseError| OpenError::Unreadable { path: path.to_owned(), reason: error.to_string() };
        let bytes = FileBackend::new(file).map_err(unreadable)?;
        Ok(Self { read_only, ballast: Some(path.with_extension("ballast")), ..Self::over(bytes, path) })
    }

    /// Bytes anywhere.
    pub(super) fn over(bytes: impl StorageBackend, path: &Path) -> Self {
        Self {
            bytes: Arc::new(bytes),
            path: path.to_owned(),
            unsynced: Arc::default(),
            read_only: false,
            ballast: None,
        }
    }

    /// Where it is, for messages.
    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Whether it was opened for reading alone.
    pub(super) fn is_read_only(&self) -> bool {
        self.read_only
    }

    /// Whether a sync failed.
    pub(super) fn is_unsynced(&self) -> bool {
        self.unsynced.load(Ordering::Acquire)
    }

    /// Whether so many bytes can be written beside the file, which nobody is disturbed by.
    ///
    /// # Errors
    /// They cannot.
    pub(super) fn prove_room(&self, bytes: usize) -> io::Result<()> {
        let Some(path) = &self.ballast else { return Ok(()) };
        let written = File::create(path).and_then(|mut file| {
            io::Write::write_all(&mut file, &vec![0; bytes])?;
            file.sync_all()
        });
        let removed = std::fs::remove_file(path);
        written.and(removed)
    }

    /// How many bytes there are.
    pub(super) fn length(&self) -> io::Result<u64> {
        self.bytes.len()
    }

    /// The bytes for an engine that writes. Once `retired` is true it does nothing more.
    pub(super) fn live(&self, retired: Arc<AtomicBool>) -> Live {
        Live { bytes: Arc::clone(&self.bytes), unsynced: Arc::clone(&self.unsynced), retired }
    }

    /// The bytes for an engine whose writes stay in memory.
    pub(super) fn frozen(&self, retired: Arc<AtomicBool>) -> io::Result<Frozen> {
        let length = self.bytes.len()?;
        let changes = Changes { length, below: length, pages: BTreeMap::new() };
        Ok(Frozen { bytes: Arc::clone(&self.bytes), changes: Mutex::new(changes), retired })
    }
}

fn lock(opened: io::Result<File>, path: &Path) -> Result<File, OpenError> {
    let failed = |source| OpenError::Io { path: path.to_owned(), source };
    let file = opened.map_err(failed)?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => Err(OpenError::InUse(path.to_owned())),
        Err(TryLockError::Error(source)) => Err(failed(source)),
    }
}

/// An engine that was replaced must not touch what its successor writes.
fn check(retired: &AtomicBool) -> io::Result<()> {
    match retired.load(Ordering::Acquire) {
        true => Err(io::Error::other("the store was opened anew")),
        false => Ok(()),
    }
}

/// Bytes that are written. The file is locked already, so the engine's own locks are not needed.
#[derive(Debug)]
pub(super) struct Live {
    bytes: Arc<dyn StorageBackend>,
    unsynced: Arc<AtomicBool>,
    retired: Arc<AtomicBool>,
}

impl StorageBackend for Live {
    fn len(&self) -> io::Result<u64> {
        check(&self.retired)?;
        self.bytes.len()
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        check(&self.retired)?;
        self.bytes.read(offset, out)
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        check(&self.retired)?;
        self.bytes.set_len(length)
    }

    fn sync_data(&self) -> io::Result<()> {
        check(&self.retired)?;
        let synced = self.bytes.sync_data();
        if synced.is_err() {
            self.unsynced.store(true, Ordering::Release);
        }
        synced
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        check(&self.retired)?;
        self.bytes.write(offset, data)
    }
}

/// Length of the pieces that are kept of what was written.
const PAGE: u64 = 4096;

/// Bytes that stay as they are; what is written lies over them in memory.
#[derive(Debug)]
pub(super) struct Frozen {
    bytes: Arc<dyn StorageBackend>,
    changes: Mutex<Changes>,
    retired: Arc<AtomicBool>,
}

#[derive(Debug)]
struct Changes {
    /// Length as the engine sees it.
    length: u64,
    /// How much of the bytes below is seen.
    below: u64,
    pages: BTreeMap<u64, Vec<u8>>,
}

impl Frozen {
    fn changes(&self) -> std::sync::MutexGuard<'_, Changes> {
        self.changes.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A page as it is now.
    fn page(&self, changes: &Changes, number: u64) -> io::Result<Vec<u8>> {
        if let Some(page) = changes.pages.get(&number) {
            return Ok(page.clone());
        }
        let start = number * PAGE;
        let there = usize::try_from(changes.below.saturating_sub(start).min(PAGE)).unwrap_or_default();
        let mut page = vec![0; there];
        if there > 0 {
            self.bytes.read(start, &mut page)?;
        }
        page.resize(PAGE as usize, 0);
        Ok(page)
    }
}

/// The pages that a run of bytes touches: number, first byte within the page, how many.
fn touched(offset: u64, length: usize) -> impl Iterator<Item = (u64, usize, usize)> {
    let end = offset + length as u64;
    let mut at = offset;
    std::iter::from_fn(move || {
        (at < end).then(|| {
            let (number, first) = (at / PAGE, at % PAGE);
            let count = (PAGE - first).min(end - at);
            at += count;
            (number, first as usize, count as usize)
        })
    })
}

impl StorageBackend for Frozen {
    fn len(&self) -> io::Result<u64> {
        check(&self.retired)?;
        Ok(self.changes().length)
    }

    fn read(&self, offset: u64, out: &mut [u8]) -> io::Result<()> {
        check(&self.retired)?;
        let changes = self.changes();
        if offset + out.len() as u64 > changes.length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        let mut rest = out;
        for (number, first, count) in touched(offset, rest.len()) {
            let page = self.page(&changes, number)?;
            let Some((now, later)) = std::mem::take(&mut rest).split_at_mut_checked(count) else { break };
            if let Some(found) = page.get(first..first + count) {
                now.copy_from_slice(found);
            }
            rest = later;
        }
        Ok(())
    }

    fn set_len(&self, length: u64) -> io::Result<()> {
        check(&self.retired)?;
        let mut changes = self.changes();
        if length < changes.length {
            // What is cut off must not be seen again when it grows.
            let last = length / PAGE;
            let mut page = self.page(&changes, last)?;
            if let Some(cut) = page.get_mut((length % PAGE) as usize..) {
                cut.fill(0);
            }
            changes.pages.retain(|number, _| *number < last);
            changes.pages.insert(last, page);
            changes.below = changes.below.min(length);
        }
        changes.length = length;
        Ok(())
    }

    fn sync_data(&self) -> io::Result<()> {
        check(&self.retired)
    }

    fn write(&self, offset: u64, data: &[u8]) -> io::Result<()> {
        check(&self.retired)?;
        let mut changes = self.changes();
        let mut rest = data;
        for (number, first, count) in touched(offset, data.len()) {
            let mut page = self.page(&changes, number)?;
            let Some((now, later)) = rest.split_at_checked(count) else { break };
            if let Some(place) = page.get_mut(first..first + count) {
                place.copy_from_slice(now);
            }
            changes.pages.insert(number, page);
            rest = later;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn frozen(bytes: &[u8]) -> (Disk, Frozen) {
        let memory = redb::backends::InMemoryBackend::new();
        memory.set_len(bytes.len() as u64).unwrap();
        memory.write(0, bytes).unwrap();
        let disk = Disk::over(memory, Path::new("memory"));
        let frozen = disk.frozen(Arc::default()).unwrap();
        (disk, frozen)
    }

    fn read(from: &dyn StorageBackend, offset: u64, length: usize) -> Vec<u8> {
        let mut out = vec![9; length];
        from.read(offset, &mut out).unwrap();
        out
    }

    #[test]
    fn what_a_frozen_disk_is_told_stays_in_memory() {
        let (disk, frozen) = frozen(&[1; 10_000]);
        frozen.write(4_090, &[2; 10]).unwrap();
        assert_eq!(read(&frozen, 4_088, 14), [1, 1, 2, 2, 2, 2, 2, 2, 2, 2, 2, 2, 1, 1]);
        frozen.set_len(9_000).unwrap();
        frozen.set_len(20_000).unwrap();
        assert_eq!(read(&frozen, 8_998, 4), [1, 1, 0, 0]);
        assert_eq!(read(&frozen, 16_000, 2), [0, 0]);
        assert!(frozen.read(19_999, &mut [0; 2]).is_err());
        assert_eq!(disk.length().unwrap(), 10_000);
        assert_eq!(read(disk.bytes.as_ref(), 4_088, 14), [1; 14]);
    }

    #[test]
    fn one_that_was_replaced_does_nothing_more() {
        let (disk, _) = frozen(&[1; 100]);
        let retired = Arc::new(AtomicBool::new(false));
        let live = disk.live(Arc::clone(&retired));
        live.write(0, &[2]).unwrap();
        retired.store(true, Ordering::Release);
        assert!(live.write(1, &[2]).is_err() && live.read(0, &mut [0]).is_err() && live.sync_data().is_err());
        assert_eq!(read(disk.bytes.as_ref(), 0, 2), [2, 1]);
    }
}
