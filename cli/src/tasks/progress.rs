//! How far a task is, for whoever waits for it.

use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// What a task is at.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Stage {
    /// A file of another program is read, in thousandths.
    Reading,
    /// What another product has is listed, in accounts.
    Listing,
    /// Accounts are brought in.
    BringingIn,
    /// Secrets are opened.
    Opening,
    /// Bytes of files are sent.
    Sending,
    /// Bytes of files are fetched.
    Fetching,
}

impl Stage {
    /// Whether it counts bytes.
    #[must_use]
    pub const fn is_in_bytes(self) -> bool {
        matches!(self, Self::Sending | Self::Fetching)
    }
}

/// How far a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Step {
    /// What it is at.
    pub stage: Stage,
    /// How much of that is done.
    pub done: u64,
    /// Of how much, where that is known.
    pub of: Option<u64>,
}

impl Step {
    /// So many of so many.
    #[must_use]
    pub fn of(stage: Stage, done: usize, of: usize) -> Self {
        Self { stage, done: done as u64, of: Some(of as u64) }
    }
}

/// Who is told how far a task is.
type Tell = dyn Fn(Step) -> bool + Send + Sync;

/// Whoever waits for a task; by default nobody does.
#[derive(Clone, Default)]
pub struct Watcher(Option<Arc<Tell>>);

impl Watcher {
    /// Tells somebody, who says whether to go on.
    pub fn new(tell: impl Fn(Step) -> bool + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(tell)))
    }

    /// Tells how far the task is; whether it is to go on.
    pub fn tell(&self, step: Step) -> bool {
        self.0.as_ref().is_none_or(|tell| tell(step))
    }
}
