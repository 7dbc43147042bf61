//! The one thread that writes. It takes what is waiting, runs each operation against its own overlay, commits them
//! together with one sync, and only then answers all of them (group commit).

use std::{
    any::Any,
    panic::{AssertUnwindSafe, catch_unwind},
    sync::{
        atomic::{AtomicU64, AtomicUsize, Ordering},
        mpsc::{Receiver, RecvTimeoutError, TryRecvError},
    },
    time::Duration,
};

use tokio::sync::{oneshot, watch};

use super::{
    engine::Engine,
    error::StoreError,
    keeper::Keeper,
    transaction::{Base, WriteTx, settle},
};

/// Most operations in one commit.
const BATCH: usize = 128;

/// How long a commit waits for the next write that has been announced and is not here yet.
const GATHER: Duration = Duration::from_micros(400);

/// A queued operation, its type erased.
pub(super) trait Queued: Send {
    /// Runs it on top of the batch and lays down its changes. `Ok(true)` when it changed anything.
    fn run(&mut self, base: &mut Base<'_>) -> Result<bool, StoreError>;
    /// Answers the caller, after the commit or after its failure.
    fn answer(self: Box<Self>, committed: Result<(), StoreError>);
}

/// An operation together with the place its answer goes to.
pub(super) struct Queueing<F, T, E> {
    pub(super) run: Option<F>,
    pub(super) result: Option<Result<T, E>>,
    pub(super) reply: oneshot::Sender<Result<T, E>>,
}

impl<F, T, E> Queued for Queueing<F, T, E>
where
    F: FnOnce(&mut WriteTx<'_, '_>) -> Result<T, E> + Send,
    T: Send,
    E: From<StoreError> + Send,
{
    fn run(&mut self, base: &mut Base<'_>) -> Result<bool, StoreError> {
        let Some(run) = self.run.take() else { return Ok(false) };
        let mut tx = WriteTx { base, overlay: Default::default() };
        // The overlay is dropped after a panic, so nothing half-done can be seen.
        let ended = catch_unwind(AssertUnwindSafe(|| run(&mut tx)));
        let overlay = tx.overlay;
        match ended {
            Ok(Ok(value)) => {
                self.result = Some(Ok(value));
                let changed = !overlay.is_empty();
                settle(base, overlay)?;
                Ok(changed)
            }
            Ok(Err(error)) => {
                self.result = Some(Err(error));
                Ok(false)
            }
            Err(panic) => {
                tracing::error!(reason = reason(panic.as_ref()), "an operation panicked");
                self.result = Some(Err(StoreError::Panicked.into()));
                Ok(false)
            }
        }
    }

    fn answer(self: Box<Self>, committed: Result<(), StoreError>) {
        let result = match (committed, self.result) {
            (Ok(()), Some(result)) => result,
            (Ok(()), None) => Err(StoreError::Closed.into()),
            (Err(error), _) => Err(error.into()),
        };
        // A caller that went away does not mind.
        drop(self.reply.send(result));
    }
}

fn reason(panic: &(dyn Any + Send)) -> &str {
    panic
        .downcast_ref::<&str>()
        .copied()
        .or_else(|| panic.downcast_ref::<String>().map(String::as_str))
        .unwrap_or("unknown")
}

/// What writer and callers share.
#[derive(Default)]
pub(super) struct Counters {
    /// Durable commits made.
    pub(super) commits: AtomicU64,
    /// Operations that they held, by the power of two that their number does not exceed: 1, 2, 4 … 128.
    pub(super) batches: [AtomicU64; BATCH_CLASSES],
    /// Operations in all commits together.
    pub(super) committed: AtomicU64,
    /// Writes that are on their way but not queued yet.
    pub(super) announced: AtomicUsize,
    /// Writes that are queued.
    pub(super) queued: AtomicUsize,
}

/// How many classes of batches are counted.
pub(super) const BATCH_CLASSES: usize = BATCH.ilog2() as usize + 1;

impl Counters {
    fn count_commit(&self, operations: usize) {
        self.commits.fetch_add(1, Ordering::Relaxed);
        self.committed.fetch_add(operations as u64, Ordering::Relaxed);
        let class = operations.max(1).next_power_of_two().ilog2() as usize;
        if let Some(class) = self.batches.get(class) {
            class.fetch_add(1, Ordering::Relaxed);
        }
    }
}

/// Runs until every sender is gone. `broken` holds the reason while the disk takes no writes; every `retry` it is then
/// tried whether it takes them again.
pub(super) fn run(
    keeper: &Keeper,
    queue: &Receiver<Box<dyn Queued>>,
    counters: &Counters,
    broken: &watch::Sender<Option<StoreError>>,
    retry: Duration,
) {
    loop {
        let stopped = broken.borrow().clone();
        let Some(error) = stopped else {
            let Ok(first) = queue.recv() else { return };
            counters.queued.fetch_sub(1, Ordering::Relaxed);
            write(keeper, queue, counters, broken, first);
            continue;
        };
        match queue.recv_timeout(retry) {
            Ok(operation) => {
                counters.queued.fetch_sub(1, Ordering::Relaxed);
                operation.answer(Err(error));
            }
            Err(RecvTimeoutError::Disconnected) => return,
            Err(RecvTimeoutError::Timeout) => match keeper.thaw() {
                Ok(()) => {
                    tracing::info!("the store takes writes again");
                    broken.send_replace(None);
                }
                Err(error) => tracing::debug!(%error, "the store takes no writes yet"),
            },
        }
    }
}

/// Makes one commit. When the disk fails, nothing of it is acknowledged and the store turns read-only.
fn write(
    keeper: &Keeper,
    queue: &Receiver<Box<dyn Queued>>,
    counters: &Counters,
    broken: &watch::Sender<Option<StoreError>>,
    first: Box<dyn Queued>,
) {
    let mut batch = Vec::with_capacity(BATCH);
    let mut committed = keeper.with(|engine| commit_batch(engine, queue, counters, first, &mut batch));
    if let Err(error) = committed {
        tracing::error!(%error, "the store takes no writes");
        let error = StoreError::ReadOnly(error.to_string());
        broken.send_replace(Some(error.clone()));
        keeper.freeze();
        committed = Err(error);
    }
    for operation in batch {
        operation.answer(committed.clone());
    }
}

fn commit_batch(
    engine: &Engine,
    queue: &Receiver<Box<dyn Queued>>,
    counters: &Counters,
    first: Box<dyn Queued>,
    batch: &mut Vec<Box<dyn Queued>>,
) -> Result<(), StoreError> {
    let mut next = Some(first);
    let commit = match engine.begin() {
        Ok(commit) => commit,
        Err(error) => {
            batch.extend(next);
            return Err(error);
        }
    };
    let mut changed = false;
    {
        let mut base = match engine.table(&commit) {
            Ok(base) => base,
            Err(error) => {
                batch.extend(next);
                return Err(error);
            }
        };
        while let Some(mut operation) = next {
            let ran = operation.run(&mut base);
            batch.push(operation);
            changed |= ran?;
            next = if batch.len() < BATCH { following(queue, counters) } else { None };
        }
    }
    if changed {
        commit.commit()?;
        counters.count_commit(batch.len());
    } else {
        commit.abort()?;
    }
    Ok(())
}

/// The next waiting write. When more are announced, the commit gives them a moment to arrive: their signatures are
/// being checked on another core, and one sync for both is cheaper than two.
fn following(queue: &Receiver<Box<dyn Queued>>, counters: &Counters) -> Option<Box<dyn Queued>> {
    let next = match queue.try_recv() {
        Ok(operation) => Some(operation),
        Err(TryRecvError::Disconnected) => None,
        Err(TryRecvError::Empty) if counters.announced.load(Ordering::Relaxed) == 0 => None,
        Err(TryRecvError::Empty) => queue.recv_timeout(GATHER).ok(),
    };
    if next.is_some() {
        counters.queued.fetch_sub(1, Ordering::Relaxed);
    }
    next
}
