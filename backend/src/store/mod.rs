//! The store: the only importer of an engine. Operations see typed tables ([`tables`]) over transactions of ordered
//! byte keys. Writes go through one thread that commits what is waiting together; a write that was answered is
//! durable. Readers work on snapshots and never wait for a writer.

mod copy;
mod disk;
mod engine;
mod error;
mod keeper;
mod migrations;
mod table;
pub mod tables;
mod transaction;
mod writer;

use std::{
    path::Path,
    sync::{
        Arc, PoisonError, RwLock,
        atomic::Ordering,
        mpsc::{SyncSender, TrySendError, sync_channel},
    },
    thread::JoinHandle,
    time::Duration,
};

use tokio::sync::{oneshot, watch};

pub use copy::Copy;
pub use error::{OpenError, StoreError};
pub use table::{Key, Table};
pub use transaction::{KeyRange, Order, ReadTx, Rows, WriteTx};

use engine::Engine;
use keeper::Keeper;
use writer::{Counters, Queued, Queueing};

/// Most writes waiting for the writer; what comes on top is told to come back.
const QUEUE: usize = 4096;

/// How often it is tried whether a disk that failed takes writes again.
const RETRY: Duration = Duration::from_secs(2);

/// Name of the data file in the data folder.
pub const DATA_FILE: &str = "sealward.redb";

/// A handle on the open store; copies share it.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    keeper: Arc<Keeper>,
    queue: RwLock<Option<SyncSender<Box<dyn Queued>>>>,
    counters: Arc<Counters>,
    broken: watch::Receiver<Option<StoreError>>,
    writer: RwLock<Option<JoinHandle<()>>>,
}

/// Says that a write is on its way, so that the commit being built may wait a moment for it. The write itself takes it
/// along and drops it when it runs.
pub struct Announced {
    counters: Arc<Counters>,
}

impl Drop for Announced {
    fn drop(&mut self) {
        self.counters.announced.fetch_sub(1, Ordering::Relaxed);
    }
}

impl Store {
    /// Opens the data file, or makes it, with at most `cache` bytes of it in memory, and brings it to this release's
    /// schema. On a disk that takes no writes it can be read.
    ///
    /// # Errors
    /// The file is in use, of a newer schema, no data file, or cannot be reached.
    pub fn open(path: &Path, cache: usize) -> Result<Self, OpenError> {
        if let Some(folder) = path.parent() {
            make_folder(folder).map_err(|source| OpenError::Io { path: folder.to_owned(), source })?;
        }
        let (keeper, broken) = Keeper::open(path, cache)?;
        Self::start(keeper, broken, RETRY)
    }

    /// A store without a file, for tests: the same engine over memory.
    ///
    /// # Errors
    /// The engine or its thread could not be started.
    pub fn in_memory() -> Result<Self, OpenError> {
        Self::start(Keeper::over(redb::backends::InMemoryBackend::new())?, None, RETRY)
    }

    fn start(keeper: Keeper, broken: Option<StoreError>, retry: Duration) -> Result<Self, OpenError> {
        let keeper = Arc::new(keeper);
        let counters = Arc::new(Counters::default());
        let (sender, receiver) = sync_channel(QUEUE);
        let (broken_sender, broken) = watch::channel(broken);
        let writer = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn({
                let (keeper, counters) = (Arc::clone(&keeper), Arc::clone(&counters));
                move || writer::run(&keeper, &receiver, &counters, &broken_sender, retry)
            })
            .map_err(|error| StoreError::Engine(error.to_string()))?;
        let shared =
            Shared { keeper, queue: RwLock::new(Some(sender)), counters, broken, writer: RwLock::new(Some(writer)) };
        Ok(Self { shared: Arc::new(shared) })
    }

    /// Reads from a snapshot taken now. Runs on the caller's thread: long scans belong on a blocking one.
    ///
    /// # Errors
    /// What `read` returns, or the engine's failure.
    pub fn read<T, E: From<StoreError>>(&self, read: impl FnOnce(&ReadTx) -> Result<T, E>) -> Result<T, E> {
        read(&self.snapshot()?)
    }

    /// A snapshot to keep for several reads.
    ///
    /// # Errors
    /// The engine failed.
    pub fn snapshot(&self) -> Result<ReadTx, StoreError> {
        let snapshot = self.shared.keeper.with(Engine::read);
        if matches!(snapshot, Err(StoreError::Reopening)) {
            // A failed read ended the engine. The writer finds that out when it is asked, and opens another.
            let (reply, _) = oneshot::channel::<Result<(), StoreError>>();
            drop(self.enqueue(Box::new(Queueing { run: Some(|_: &mut WriteTx<'_, '_>| Ok(())), result: None, reply })));
        }
        snapshot
    }

    /// Announces a write, see [`Announced`].
    #[must_use]
    pub fn announce(&self) -> Announced {
        self.shared.counters.announced.fetch_add(1, Ordering::Relaxed);
        Announced { counters: Arc::clone(&self.shared.counters) }
    }

    /// Runs an operation in the writer; the answer comes when it is durable. A failed operation leaves no trace.
    ///
    /// # Errors
    /// What `run` returns, or why the store could not take it.
    pub async fn write<T, E, F>(&self, run: F) -> Result<T, E>
    where
        F: FnOnce(&mut WriteTx<'_, '_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.enqueue(Box::new(Queueing { run: Some(run), result: None, reply }))?;
        answer.await.unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    fn enqueue(&self, operation: Box<dyn Queued>) -> Result<(), StoreError> {
        if let Some(error) = self.broken() {
            return Err(error);
        }
        let queue = self.shared.queue.read().unwrap_or_else(PoisonError::into_inner);
        let sender = queue.as_ref().ok_or(StoreError::Closed)?;
        self.shared.counters.queued.fetch_add(1, Ordering::Relaxed);
        sender.try_send(operation).map_err(|error| {
            self.shared.counters.queued.fetch_sub(1, Ordering::Relaxed);
            match error {
                TrySendError::Full(_) => StoreError::Busy,
                TrySendError::Disconnected(_) => StoreError::Closed,
            }
        })
    }

    /// Why the store takes no writes at present, if that is so.
    #[must_use]
    pub fn broken(&self) -> Option<StoreError> {
        self.shared.broken.borrow().clone()
    }

    /// Durable commits made since the store was opened, for measurements.
    #[must_use]
    pub fn commits(&self) -> u64 {
        self.shared.counters.commits.load(Ordering::Relaxed)
    }

    /// What is counted of the writer, and the length of the data file.
    #[must_use]
    pub fn measures(&self) -> Measures {
        let counters = &self.shared.counters;
        Measures {
            commits: counters.commits.load(Ordering::Relaxed),
            committed: counters.committed.load(Ordering::Relaxed),
            batches: counters.batches.each_ref().map(|class| class.load(Ordering::Relaxed)),
            queued: counters.queued.load(Ordering::Relaxed),
            length: self.shared.keeper.length(),
        }
    }

    /// The schemas that the data has had, and the release that first wrote each, oldest first.
    ///
    /// # Errors
    /// The engine failed.
    pub fn schemas(&self) -> Result<Vec<(u32, String)>, StoreError> {
        migrations::history(&self.snapshot()?)
    }

    /// Takes no more writes, finishes those that wait, and ends the writer.
    pub fn close(&self) {
        drop(self.shared.queue.write().unwrap_or_else(PoisonError::into_inner).take());
        let writer = self.shared.writer.write().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(writer) = writer {
            drop(writer.join());
        }
    }
}

/// A data file that is only looked at: it stays as it is, whatever its schema, and nobody else has it meanwhile.
pub struct Look(Keeper);

impl Look {
    /// Opens a data file.
    ///
    /// # Errors
    /// It is missing, in use, of a newer schema, or no data file.
    pub fn at(path: &Path, cache: usize) -> Result<Self, OpenError> {
        Keeper::look(path, cache).map(Self)
    }

    /// What is in it.
    ///
    /// # Errors
    /// The engine failed.
    pub fn snapshot(&self) -> Result<ReadTx, StoreError> {
        self.0.with(Engine::read)
    }

    /// Compares every page with its checksum; `Err` says what does not fit.
    ///
    /// # Errors
    /// The first fault found.
    pub fn check_pages(&self) -> Result<(), String> {
        self.0.check_pages()
    }
}

/// What is counted of the writer.
#[derive(Clone, Copy, Debug)]
pub struct Measures {
    /// Durable commits.
    pub commits: u64,
    /// Operations in all of them together.
    pub committed: u64,
    /// Commits by how many operations they held at most: 1, 2, 4 and so on.
    pub batches: [u64; writer::BATCH_CLASSES],
    /// Writes that wait.
    pub queued: usize,
    /// Length of the data file in bytes.
    pub length: u64,
}

/// Makes the data folder for the server's own user alone.
///
/// # Errors
/// The system refused.
pub(crate) fn make_folder(folder: &Path) -> std::io::Result<()> {
    if folder.as_os_str().is_empty() || folder.is_dir() {
        return Ok(());
    }
    let mut builder = std::fs::DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

#[cfg(test)]
mod crash;
#[cfg(test)]
mod tests;
