//! Turns in a vault. Writes to one vault form a chain of heads, so they go one after the other, in the order of their
//! coming. Who was refused for a stale head keeps the turn for a short while: with what the refusal carried it can
//! build on the newest head before anyone else moves it again, and nobody starves.

use std::{
    collections::{HashMap, VecDeque},
    sync::{Arc, Mutex},
    time::Duration,
};

use sealward_contract::{
    ids::{SessionId, VaultId},
    limits,
};
use tokio::sync::oneshot;

use super::lock;

/// Most writers waiting in one vault.
const WAITING: usize = 512;

/// Longest wait for a turn.
const PATIENCE: Duration = Duration::from_secs(15);

/// Too many wait already, or it took too long.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NoTurn;

/// The queues of all vaults in which someone writes.
#[derive(Clone, Default)]
pub struct Turns {
    vaults: Arc<Mutex<HashMap<VaultId, Queue>>>,
}

#[derive(Default)]
struct Queue {
    holder: Holder,
    waiting: VecDeque<(SessionId, oneshot::Sender<Turn>)>,
    /// Counts reservations, so that an old timer ends none but its own.
    reservation: u64,
}

#[derive(Default, PartialEq, Eq)]
enum Holder {
    #[default]
    Nobody,
    Writing,
    Reserved(SessionId),
}

/// The right to write to a vault now; given up when dropped.
pub struct Turn {
    turns: Turns,
    vault: VaultId,
    session: SessionId,
    /// Whether this turn was a reserved one: two in a row are not kept.
    again: bool,
    kept: bool,
}

impl Turns {
    /// Waits for the turn.
    ///
    /// # Errors
    /// [`NoTurn`] when too many wait or it takes too long.
    pub async fn enter(&self, vault: VaultId, session: SessionId) -> Result<Turn, NoTurn> {
        let turn = |again| Turn { turns: self.clone(), vault, session, again, kept: false };
        let called = {
            let mut vaults = lock(&self.vaults);
            let queue = vaults.entry(vault).or_default();
            match queue.holder {
                Holder::Nobody => {
                    queue.holder = Holder::Writing;
                    return Ok(turn(false));
                }
                Holder::Reserved(reserved) if reserved == session => {
                    queue.holder = Holder::Writing;
                    return Ok(turn(true));
                }
                Holder::Writing | Holder::Reserved(_) => {}
            }
            queue.waiting.retain(|(_, caller)| !caller.is_closed());
            if queue.waiting.len() >= WAITING {
                return Err(NoTurn);
            }
            let (caller, called) = oneshot::channel();
            queue.waiting.push_back((session, caller));
            called
        };
        match tokio::time::timeout(PATIENCE, called).await {
            Ok(Ok(turn)) => Ok(turn),
            Ok(Err(_)) | Err(_) => Err(NoTurn),
        }
    }

    /// Hands the turn to the next who still waits.
    fn pass(&self, vault: &VaultId) {
        let mut vaults = lock(&self.vaults);
        let Some(queue) = vaults.get_mut(vault) else { return };
        queue.holder = Holder::Writing;
        while let Some((session, caller)) = queue.waiting.pop_front() {
            // The turn itself is sent: a waiter that goes away with it in hand passes it on.
            match caller.send(Turn { turns: self.clone(), vault: *vault, session, again: false, kept: false }) {
                Ok(()) => return,
                Err(mut unwanted) => unwanted.kept = true,
            }
        }
        vaults.remove(vault);
    }
}

impl Turn {
    /// Ends this turn and keeps the next one for the same session, for [`limits::STALE_TURN`].
    pub fn keep(mut self) {
        if self.again {
            return;
        }
        let reservation = {
            let mut vaults = lock(&self.turns.vaults);
            let queue = vaults.entry(self.vault).or_default();
            queue.holder = Holder::Reserved(self.session);
            queue.reservation += 1;
            queue.reservation
        };
        self.kept = true;
        let (turns, vault, session) = (self.turns.clone(), self.vault, self.session);
        tokio::spawn(async move {
            tokio::time::sleep(Duration::from_millis(limits::STALE_TURN)).await;
            let lapsed = lock(&turns.vaults)
                .get(&vault)
                .is_some_and(|queue| queue.reservation == reservation && queue.holder == Holder::Reserved(session));
            if lapsed {
                turns.pass(&vault);
            }
        });
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if !self.kept {
            self.turns.pass(&self.vault);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const VAULT: VaultId = VaultId([1; 16]);

    fn session(number: u8) -> SessionId {
        SessionId([number; 16])
    }

    #[tokio::test(start_paused = true)]
    async fn turns_go_round_in_the_order_of_coming() {
        let turns = Turns::default();
        let first = turns.enter(VAULT, session(1)).await.unwrap();
        let order = Arc::new(Mutex::new(Vec::new()));
        let tasks: Vec<_> = (2..6)
            .map(|number| {
                let (turns, order) = (turns.clone(), Arc::clone(&order));
                tokio::spawn(async move {
                    let turn = turns.enter(VAULT, session(number)).await.unwrap();
                    lock(&order).push(number);
                    drop(turn);
                })
            })
            .collect();
        tokio::task::yield_now().await;
        drop(first);
        for task in tasks {
            task.await.unwrap();
        }
        assert_eq!(*lock(&order), [2, 3, 4, 5]);
        assert!(lock(&turns.vaults).is_empty());
    }

    #[tokio::test(start_paused = true)]
    async fn a_refused_writer_keeps_its_turn_once() {
        let turns = Turns::default();
        turns.enter(VAULT, session(1)).await.unwrap().keep();
        let other = tokio::spawn({
            let turns = turns.clone();
            async move { turns.enter(VAULT, session(2)).await.map(drop) }
        });
        tokio::task::yield_now().await;
        assert!(!other.is_finished());
        let again = turns.enter(VAULT, session(1)).await.unwrap();
        assert!(again.again);
        again.keep();
        other.await.unwrap().unwrap();
    }

    #[tokio::test(start_paused = true)]
    async fn a_kept_turn_lapses() {
        let turns = Turns::default();
        turns.enter(VAULT, session(1)).await.unwrap().keep();
        let other = turns.enter(VAULT, session(2)).await;
        assert!(other.is_ok());
        drop(other);
        tokio::time::sleep(Duration::from_secs(1)).await;
        assert!(lock(&turns.vaults).is_empty());
    }
}
