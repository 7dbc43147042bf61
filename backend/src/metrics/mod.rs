//! What is counted of the server, for Prometheus: how many, how long, how full. No label holds anything of a user: they
//! are names of operations, statuses and codes, all known when the program was built.

mod exposition;
pub mod listen;
#[cfg(test)]
mod tests;

use std::{
    collections::BTreeMap,
    sync::{
        Mutex,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use crate::memory::lock;

/// Upper bounds of the classes of latencies, in seconds; the last class has none.
const SECONDS: [f64; 13] = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0];

/// The counters that are not kept elsewhere.
#[derive(Default)]
pub struct Metrics {
    requests: Mutex<BTreeMap<&'static str, Requests>>,
    refusals: Mutex<BTreeMap<&'static str, u64>>,
    connections: AtomicUsize,
    turned_away: AtomicU64,
}

/// Requests of one operation.
#[derive(Clone, Debug, Default)]
struct Requests {
    statuses: BTreeMap<u16, u64>,
    /// By class, the last one without a bound.
    latencies: [u64; SECONDS.len() + 1],
    seconds: f64,
}

impl Requests {
    fn count(&self) -> u64 {
        self.latencies.iter().sum()
    }
}

impl Metrics {
    /// A request was answered; for a stream, when it began.
    pub fn answered(&self, operation: &'static str, status: u16, took: Duration) {
        let seconds = took.as_secs_f64();
        let class = SECONDS.iter().position(|bound| seconds <= *bound).unwrap_or(SECONDS.len());
        let mut all = lock(&self.requests);
        let requests = all.entry(operation).or_default();
        *requests.statuses.entry(status).or_default() += 1;
        if let Some(class) = requests.latencies.get_mut(class) {
            *class += 1;
        }
        requests.seconds += seconds;
    }

    /// A request was refused with this code.
    pub fn refused(&self, code: &'static str) {
        *lock(&self.refusals).entry(code).or_default() += 1;
    }

    /// A connection was opened.
    pub fn connected(&self) {
        self.connections.fetch_add(1, Ordering::Relaxed);
    }

    /// One was closed.
    pub fn disconnected(&self) {
        self.connections.fetch_sub(1, Ordering::Relaxed);
    }

    /// One was closed at once, because there were too many.
    pub fn turned_away(&self) {
        self.turned_away.fetch_add(1, Ordering::Relaxed);
    }
}
