//! What the server keeps in memory: replayed chains, hash trees, encoded answers, turns, streams, challenges,
//! and what was written down lately. All of it
//! can be lost: it is rebuilt from the store, or the client asks again. None of it decides anything by itself; a cached
//! chain or tree counts only while its hash is the stored one.

pub mod ceremonies;
pub mod challenges;
pub mod chunks;
pub mod forwarders;
pub mod hub;
pub mod noted;
pub mod presence;
pub mod teams;
pub mod trees;
pub mod turns;

use std::sync::{Mutex, MutexGuard, PoisonError};

/// Locks; what a panicking thread left behind is whole, since every change here is one step.
pub(crate) fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
