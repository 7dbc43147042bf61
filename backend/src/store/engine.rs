//! redb behind the store: one table of byte keys, two-phase commits that need no repair after a crash.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use redb::{
    Builder, Database, DatabaseError, ReadableDatabase, StorageBackend, StorageError, TableDefinition, WriteTransaction,
};

use super::{
    disk::Disk,
    error::{OpenError, StoreError},
    migrations,
    transaction::{Base, ReadTx},
};

const ROWS: TableDefinition<'static, &'static [u8], &'static [u8]> = TableDefinition::new("rows");

/// Where ballast is laid and taken away again.
const BALLAST_KEY: &[u8] = b"\0room";

/// An engine over a disk.
pub(super) struct Engine {
    database: Database,
    /// Once true, the disk does nothing more for this engine.
    retired: Arc<AtomicBool>,
}

impl Engine {
    /// An engine that writes, its data of this release's schema.
    ///
    /// # Errors
    /// The data is of a later schema or no data, or the disk failed.
    pub(super) fn live(disk: &Disk, cache: usize) -> Result<Self, OpenError> {
        let engine = Self::bare(disk, cache)?;
        migrations::run(&engine)?;
        Ok(engine)
    }

    /// One that writes, its data as it is: for files that are being made.
    ///
    /// # Errors
    /// The data is no data, or the disk failed.
    pub(super) fn bare(disk: &Disk, cache: usize) -> Result<Self, OpenError> {
        let retired = Arc::new(AtomicBool::new(false));
        Self::over(disk, disk.live(Arc::clone(&retired)), retired, cache)
    }

    /// One whose writes, those of an upgrade too, stay in memory.
    ///
    /// # Errors
    /// As [`Engine::live`].
    pub(super) fn frozen(disk: &Disk, cache: usize) -> Result<Self, OpenError> {
        let failed = |source| OpenError::Io { path: disk.path().to_owned(), source };
        if disk.length().map_err(failed)? == 0 {
            return Err(OpenError::Unreadable { path: disk.path().to_owned(), reason: "it is empty".to_owned() });
        }
        let retired = Arc::new(AtomicBool::new(false));
        let bytes = disk.frozen(Arc::clone(&retired)).map_err(failed)?;
        let engine = Self::over(disk, bytes, retired, cache)?;
        migrations::run(&engine)?;
        Ok(engine)
    }

    fn over(
        disk: &Disk,
        bytes: impl StorageBackend,
        retired: Arc<AtomicBool>,
        cache: usize,
    ) -> Result<Self, OpenError> {
        let opened = Builder::new().set_cache_size(cache).create_with_backend(bytes);
        Ok(Self { database: opened.map_err(|error| refused(disk.path(), error))?, retired })
    }

    /// Takes the disk away from this engine and everything that reads through it, because another takes its place.
    pub(super) fn retire(self) {
        self.retired.store(true, Ordering::Release);
    }

    /// Begins the one write transaction. Quick repair implies two-phase commit.
    ///
    /// # Errors
    /// The disk failed.
    pub(super) fn begin(&self) -> Result<WriteTransaction, StoreError> {
        let mut commit = self.database.begin_write()?;
        commit.set_quick_repair(true);
        Ok(commit)
    }

    pub(super) fn table<'txn>(&self, commit: &'txn WriteTransaction) -> Result<Base<'txn>, StoreError> {
        Ok(commit.open_table(ROWS)?)
    }

    /// A snapshot of what is durable.
    ///
    /// # Errors
    /// The disk failed.
    pub(super) fn read(&self) -> Result<ReadTx, StoreError> {
        let snapshot = self.database.begin_read()?;
        Ok(ReadTx { table: snapshot.open_table(ROWS)? })
    }

    /// Writes so many bytes and takes them away again, both durably.
    ///
    /// # Errors
    /// The disk does not take them.
    pub(super) fn prove_room(&self, bytes: usize) -> Result<(), StoreError> {
        let commit = self.begin()?;
        self.table(&commit)?.insert(BALLAST_KEY, vec![0; bytes].as_slice())?;
        commit.commit()?;
        let commit = self.begin()?;
        self.table(&commit)?.remove(BALLAST_KEY)?;
        Ok(commit.commit()?)
    }

    /// Compares every page with its checksum; says what does not fit.
    pub(super) fn check_pages(&mut self) -> Result<(), String> {
        // What it repairs is what it keeps of free pages: no data.
        self.database.check_integrity().map(drop).map_err(|error| error.to_string())
    }

    /// Writes another schema number, as a newer program would.
    #[cfg(test)]
    pub(super) fn set_schema(&self, schema: u32) {
        let commit = self.begin().unwrap();
        self.table(&commit).unwrap().insert(migrations::SCHEMA_KEY, schema.to_be_bytes().as_slice()).unwrap();
        commit.commit().unwrap();
    }
}

fn refused(path: &Path, error: DatabaseError) -> OpenError {
    let path = path.to_owned();
    match error {
        DatabaseError::DatabaseAlreadyOpen => OpenError::InUse(path),
        DatabaseError::Storage(StorageError::Io(source)) if source.kind() != std::io::ErrorKind::InvalidData => {
            OpenError::Io { path, source }
        }
        other => OpenError::Unreadable { path, reason: other.to_string() },
    }
}
