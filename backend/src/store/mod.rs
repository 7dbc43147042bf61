//! The store: the only importer of an engine. Operations see typed tables ([`tables`]) over transactions of ordered
//! byte keys. Writes go through one thread that commits what is waiting together; a write that was answered is
//! durable. Readers work on snapshots and never wait for a writer.

mod engine;
mod error;
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
};

use tokio::sync::{oneshot, watch};

pub use error::{OpenError, StoreError};
pub use table::{Key, Table};
pub use transaction::{KeyRange, Order, ReadTx, Rows, WriteTx};

use engine::Engine;
use writer::{Counters, Queued, Queueing};

/// Most writes waiting for the writer; what comes on top is told to come back.
const QUEUE: usize = 4096;

/// A handle on the open store; copies share it.
#[derive(Clone)]
pub struct Store {
    shared: Arc<Shared>,
}

struct Shared {
    engine: Arc<Engine>,
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
    /// Opens the data file, or makes it, with at most `cache` bytes of it in memory.
    ///
    /// # Errors
    /// The file is in use, of a newer format, no data file, or cannot be reached.
    pub fn open(path: &Path, cache: usize) -> Result<Self, OpenError> {
        Self::start(Engine::open(path, cache)?)
    }

    /// A store without a file, for tests: the same engine over memory.
    ///
    /// # Errors
    /// The engine or its thread could not be started.
    pub fn in_memory() -> Result<Self, OpenError> {
        Self::start(Engine::in_memory()?)
    }

    fn start(engine: Engine) -> Result<Self, OpenError> {
        let engine = Arc::new(engine);
        let counters = Arc::new(Counters::default());
        let (sender, receiver) = sync_channel(QUEUE);
        let (broken_sender, broken) = watch::channel(None);
        let writer = std::thread::Builder::new()
            .name("store-writer".to_owned())
            .spawn({
                let (engine, counters) = (Arc::clone(&engine), Arc::clone(&counters));
                move || writer::run(&engine, &receiver, &counters, &broken_sender)
            })
            .map_err(|error| StoreError::Engine(error.to_string()))?;
        let shared =
            Shared { engine, queue: RwLock::new(Some(sender)), counters, broken, writer: RwLock::new(Some(writer)) };
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
        self.shared.engine.read()
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
        sender.try_send(operation).map_err(|error| match error {
            TrySendError::Full(_) => StoreError::Busy,
            TrySendError::Disconnected(_) => StoreError::Closed,
        })
    }

    /// Why the store takes no writes any more, if that is so.
    #[must_use]
    pub fn broken(&self) -> Option<StoreError> {
        self.shared.broken.borrow().clone()
    }

    /// Durable commits made since the store was opened, for measurements.
    #[must_use]
    pub fn commits(&self) -> u64 {
        self.shared.counters.commits.load(Ordering::Relaxed)
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

#[cfg(test)]
mod crash;
#[cfg(test)]
mod tests;
