//! The engine in use: live while the disk takes writes; after the disk failed a frozen one, so that reading goes on,
//! until a live one can be opened again.

use std::{
    path::Path,
    sync::{PoisonError, RwLock},
};

use redb::StorageBackend;

use super::{
    disk::Disk,
    engine::Engine,
    error::{OpenError, StoreError},
};

/// What a disk must take before writes are let through again, so that the first one does not fail at once.
const ROOM: usize = 256 * 1024;

/// Keeps one engine over one disk.
pub(super) struct Keeper {
    disk: Disk,
    cache: usize,
    /// `None` only when not even reading is possible.
    engine: RwLock<Option<Engine>>,
}

impl Keeper {
    /// Opens a data file, or makes it. On a disk that takes no writes it is frozen from the start, with the reason.
    ///
    /// # Errors
    /// The file is in use, of a newer schema, no data file, or cannot be reached.
    pub(super) fn open(path: &Path, cache: usize) -> Result<(Self, Option<StoreError>), OpenError> {
        let disk = Disk::file(path)?;
        if disk.is_read_only() {
            let reason = StoreError::ReadOnly("the data folder is on a read-only file system".to_owned());
            return Ok((Self::frozen(disk, cache)?, Some(reason)));
        }
        Ok((Self::live(disk, cache)?, None))
    }

    /// Opens a data file to look at it; it stays as it is.
    ///
    /// # Errors
    /// As [`Self::open`], or it is missing.
    pub(super) fn look(path: &Path, cache: usize) -> Result<Self, OpenError> {
        Self::frozen(Disk::existing(path)?, cache)
    }

    /// Over any bytes.
    ///
    /// # Errors
    /// The engine could not be opened.
    pub(super) fn over(bytes: impl StorageBackend) -> Result<Self, OpenError> {
        Self::live(Disk::over(bytes, Path::new("memory")), 16 << 20)
    }

    fn live(disk: Disk, cache: usize) -> Result<Self, OpenError> {
        let engine = RwLock::new(Some(Engine::live(&disk, cache)?));
        Ok(Self { disk, cache, engine })
    }

    fn frozen(disk: Disk, cache: usize) -> Result<Self, OpenError> {
        let engine = RwLock::new(Some(Engine::frozen(&disk, cache)?));
        Ok(Self { disk, cache, engine })
    }

    /// Uses the engine.
    ///
    /// # Errors
    /// What `act` returns, or there is none.
    pub(super) fn with<T>(&self, act: impl FnOnce(&Engine) -> Result<T, StoreError>) -> Result<T, StoreError> {
        let engine = self.engine.read().unwrap_or_else(PoisonError::into_inner);
        act(engine.as_ref().ok_or(StoreError::Closed)?)
    }

    /// Compares every page with its checksum, while nobody reads.
    ///
    /// # Errors
    /// The first fault found.
    pub(super) fn check_pages(&self) -> Result<(), String> {
        let mut engine = self.engine.write().unwrap_or_else(PoisonError::into_inner);
        engine.as_mut().map_or(Ok(()), Engine::check_pages)
    }

    /// Length of the data file.
    pub(super) fn length(&self) -> u64 {
        self.disk.length().unwrap_or_default()
    }

    /// Puts a frozen engine in the place of one that failed: what was durable can be read.
    pub(super) fn freeze(&self) {
        let mut engine = self.engine.write().unwrap_or_else(PoisonError::into_inner);
        // The old one first: two must never be over one file.
        if let Some(old) = engine.take() {
            old.retire();
        }
        match Engine::frozen(&self.disk, self.cache) {
            Ok(frozen) => *engine = Some(frozen),
            Err(error) => tracing::error!(%error, "the store cannot be read either"),
        }
    }

    /// Opens a live engine again, if the disk takes writes.
    ///
    /// # Errors
    /// Why it does not; the engine is then frozen.
    pub(super) fn thaw(&self) -> Result<(), OpenError> {
        if self.disk.is_unsynced() {
            let reason = "a sync of the disk failed; check the disk and start the server again";
            return Err(StoreError::ReadOnly(reason.to_owned()).into());
        }
        if self.disk.is_read_only() {
            let reason = "the data file was opened for reading alone; start the server again";
            return Err(StoreError::ReadOnly(reason.to_owned()).into());
        }
        // First beside the file: whoever reads from the frozen engine is not cut off in vain.
        let failed = |source| OpenError::Io { path: self.disk.path().to_owned(), source };
        self.disk.prove_room(ROOM).map_err(failed)?;
        let mut engine = self.engine.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(old) = engine.take() {
            old.retire();
        }
        let opened = Engine::live(&self.disk, self.cache).and_then(|live| match live.prove_room(ROOM) {
            Ok(()) => Ok(live),
            Err(error) => {
                live.retire();
                Err(error.into())
            }
        });
        match opened {
            Ok(live) => {
                *engine = Some(live);
                Ok(())
            }
            Err(error) => {
                *engine = Engine::frozen(&self.disk, self.cache).ok();
                Err(error)
            }
        }
    }
}
