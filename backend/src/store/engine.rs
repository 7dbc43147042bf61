//! redb behind the store: one file, one table of byte keys, two-phase commits that need no repair after a crash.

use std::{fs, path::Path};

use redb::{Builder, Database, DatabaseError, ReadableDatabase, StorageError, TableDefinition, WriteTransaction};

use super::{
    error::{OpenError, StoreError},
    transaction::{Base, ReadTx},
};

const ROWS: TableDefinition<'static, &'static [u8], &'static [u8]> = TableDefinition::new("rows");

/// Where the format's number stands. Tag 0 belongs to no table.
const FORMAT_KEY: &[u8] = b"\0format";

/// The format that this program writes.
pub(super) const FORMAT: u32 = 1;

/// An open data file.
pub(super) struct Engine {
    database: Database,
}

impl Engine {
    /// Opens the file, or makes it, with at most `cache` bytes of pages in memory.
    pub(super) fn open(path: &Path, cache: usize) -> Result<Self, OpenError> {
        if let Some(folder) = path.parent() {
            make_folder(folder).map_err(|source| OpenError::Io { path: folder.to_owned(), source })?;
        }
        let database = Builder::new().set_cache_size(cache).create(path).map_err(|error| refused(path, error))?;
        let engine = Self { database };
        engine.check_format()?;
        Ok(engine)
    }

    /// A store that lives as long as the process, for tests.
    pub(super) fn in_memory() -> Result<Self, OpenError> {
        Self::over(redb::backends::InMemoryBackend::new())
    }

    /// A store over another kind of disk.
    pub(super) fn over(backend: impl redb::StorageBackend) -> Result<Self, OpenError> {
        let database =
            Builder::new().create_with_backend(backend).map_err(|error| refused(Path::new("memory"), error))?;
        let engine = Self { database };
        engine.check_format()?;
        Ok(engine)
    }

    fn check_format(&self) -> Result<(), OpenError> {
        let commit = self.begin()?;
        let found = {
            let mut table = self.table(&commit)?;
            let found = redb::ReadableTable::get(&table, FORMAT_KEY)
                .map_err(StoreError::from)?
                .map(|value| value.value().to_vec());
            if found.is_none() {
                table.insert(FORMAT_KEY, FORMAT.to_be_bytes().as_slice()).map_err(StoreError::from)?;
            }
            found
        };
        match found {
            None => Ok(commit.commit().map_err(StoreError::from)?),
            Some(bytes) => {
                commit.abort().map_err(StoreError::from)?;
                let found = u32::from_be_bytes(bytes.try_into().map_err(|_| StoreError::Damaged { table: "format" })?);
                if found > FORMAT { Err(OpenError::Newer { found, known: FORMAT }) } else { Ok(()) }
            }
        }
    }

    /// Begins the one write transaction. Quick repair implies two-phase commit.
    pub(super) fn begin(&self) -> Result<WriteTransaction, StoreError> {
        let mut commit = self.database.begin_write()?;
        commit.set_quick_repair(true);
        Ok(commit)
    }

    pub(super) fn table<'txn>(&self, commit: &'txn WriteTransaction) -> Result<Base<'txn>, StoreError> {
        Ok(commit.open_table(ROWS)?)
    }

    /// A snapshot of what is durable.
    pub(super) fn read(&self) -> Result<ReadTx, StoreError> {
        let snapshot = self.database.begin_read()?;
        Ok(ReadTx { table: snapshot.open_table(ROWS)? })
    }

    /// Writes another format number, as a newer program would.
    #[cfg(test)]
    pub(super) fn set_format(&self, format: u32) {
        let commit = self.begin().unwrap();
        self.table(&commit).unwrap().insert(FORMAT_KEY, format.to_be_bytes().as_slice()).unwrap();
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

/// Makes the data folder for the server's own user alone.
fn make_folder(folder: &Path) -> std::io::Result<()> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    let mut builder = fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}
