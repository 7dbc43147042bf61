//! A clock that stands still until a test turns it, shared by the server and everyone who uses it.

use sealward_contract::ids::Timestamp;
use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

/// 2027-01-15T08:00:00Z.
const START: u64 = 1_800_000_000_000;

/// The time in a test.
#[derive(Clone)]
pub struct TestClock(Arc<AtomicU64>);

impl TestClock {
    pub fn new() -> Self {
        Self(Arc::new(AtomicU64::new(START)))
    }

    pub fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }

    pub fn advance(&self, millis: u64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }
}

impl sealward_server::surroundings::Clock for TestClock {
    fn now(&self) -> Timestamp {
        Self::now(self)
    }
}
