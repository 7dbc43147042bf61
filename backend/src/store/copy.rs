//! A new data file made of rows: what a backup is.

use std::{
    fs::{File, OpenOptions},
    path::{Path, PathBuf},
};

use super::{
    disk::Disk,
    engine::Engine,
    error::{OpenError, StoreError},
};

/// Bytes of rows that are handed to the engine at once.
const TOGETHER: usize = 1 << 20;

/// Memory for pages while a file is made.
const CACHE: usize = 32 << 20;

/// A data file that is being made. Dropped before [`Copy::finish`], it is removed. Fields are dropped in their order.
pub struct Copy {
    commit: redb::WriteTransaction,
    engine: Engine,
    unfinished: Unfinished,
    waiting: Vec<(Vec<u8>, Vec<u8>)>,
    bytes: usize,
}

/// Removes a file when it is dropped.
struct Unfinished(Option<PathBuf>);

impl Drop for Unfinished {
    fn drop(&mut self) {
        if let Some(path) = self.0.take()
            && let Err(error) = std::fs::remove_file(&path)
        {
            tracing::warn!(%error, path = %path.display(), "an unfinished file could not be removed");
        }
    }
}

impl Copy {
    /// Begins a file, for its owner's eyes only.
    ///
    /// # Errors
    /// There is one already, or it cannot be made.
    pub fn begin(path: &Path) -> Result<Self, OpenError> {
        let mut options = OpenOptions::new();
        options.read(true).write(true).create_new(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        drop(options.open(path).map_err(|source| OpenError::Io { path: path.to_owned(), source })?);
        let unfinished = Unfinished(Some(path.to_owned()));
        let engine = Engine::bare(&Disk::file(path)?, CACHE)?;
        Ok(Self { commit: engine.begin()?, engine, unfinished, waiting: Vec::new(), bytes: 0 })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// The engine failed.
    pub fn put(&mut self, key: &[u8], value: &[u8]) -> Result<(), StoreError> {
        self.bytes += key.len() + value.len();
        self.waiting.push((key.to_vec(), value.to_vec()));
        if self.bytes >= TOGETHER { self.lay_down() } else { Ok(()) }
    }

    fn lay_down(&mut self) -> Result<(), StoreError> {
        let mut table = self.engine.table(&self.commit)?;
        for (key, value) in self.waiting.drain(..) {
            table.insert(key.as_slice(), value.as_slice())?;
        }
        self.bytes = 0;
        Ok(())
    }

    /// Makes everything durable.
    ///
    /// # Errors
    /// The engine or the disk failed.
    pub fn finish(mut self) -> Result<(), OpenError> {
        self.lay_down()?;
        let Self { commit, engine, mut unfinished, .. } = self;
        commit.commit().map_err(StoreError::from)?;
        drop(engine);
        let Some(path) = &unfinished.0 else { return Ok(()) };
        File::open(path)
            .and_then(|file| file.sync_all())
            .map_err(|source| OpenError::Io { path: path.clone(), source })?;
        unfinished.0 = None;
        Ok(())
    }
}
