//! One after another: whatever looks first and writes then waits until whoever looked before has written.

use crate::{engine::Open, failure::Failure};
use sealward_contract::ids::VaultId;
use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, PoisonError, Weak},
};
use tokio::sync::{Mutex as Turn, OwnedMutexGuard};

/// Turns at things, whichever thread and session they are asked for in.
pub struct Turns<K> {
    turns: Mutex<HashMap<K, Weak<Turn<()>>>>,
}

/// Somebody's turn, for as long as this lives.
pub type Taken = OwnedMutexGuard<()>;

impl<K> Default for Turns<K> {
    fn default() -> Self {
        Self { turns: Mutex::default() }
    }
}

impl<K: Eq + Hash> Turns<K> {
    /// Waits for a turn at something.
    pub async fn take(&self, at: K) -> Taken {
        self.turn(at).lock_owned().await
    }

    /// Whether nobody has a turn, and nobody waits for one.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        let turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.values().all(|turn| turn.strong_count() == 0)
    }

    fn turn(&self, at: K) -> Arc<Turn<()>> {
        let mut turns = self.turns.lock().unwrap_or_else(PoisonError::into_inner);
        turns.retain(|_, turn| turn.strong_count() > 0);
        let known = turns.get(&at).and_then(Weak::upgrade);
        known.unwrap_or_else(|| {
            let turn = Arc::default();
            turns.insert(at, Arc::downgrade(&turn));
            turn
        })
    }
}

impl Turns<VaultId> {
    /// Waits for a turn at a vault, and shows the session what was written there before. A turn is not given to whoever
    /// has it: nothing that takes one calls what takes another.
    ///
    /// # Errors
    /// [`Failure`] when the vault cannot be brought up to date.
    pub async fn begin(&self, session: &Open, vault: VaultId) -> Result<Taken, Failure> {
        let turn = self.take(vault).await;
        session.sync_one(vault).await?;
        Ok(turn)
    }
}
