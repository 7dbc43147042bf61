//! Tokens that were never good here are tried a few at a time. The server slows down the addresses from which sign-ins
//! fail, and to the server every caller has the address of this gateway: one that makes tokens up would shut out all others.

use crate::{engine::SessionKey, failure::Failure};
use sealward_client::error::Error;
use sealward_contract::{ids::Timestamp, problem::Rejection};
use std::{
    collections::{HashMap, HashSet},
    net::IpAddr,
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Refused tokens of one caller's address that are free. With those that are under way it stays below what the server lets
/// one address fail.
const FREE: u32 = 5;
/// Unknown tokens that are tried at the same time.
const AT_ONCE: usize = 16;
/// After this time in milliseconds one refusal is forgiven, as by the server.
const FORGIVEN: u64 = 10 * 60 * 1_000;
/// More addresses, and more good tokens, than these are forgotten.
const KEPT_AT_MOST: usize = 10_000;

/// What came of the tokens that callers gave.
pub struct Attempts {
    room: Semaphore,
    known: Mutex<Known>,
}

#[derive(Default)]
struct Known {
    good: HashSet<SessionKey>,
    /// Tokens that are none, and since when that is known.
    bad: HashMap<SessionKey, Timestamp>,
    refused: HashMap<IpAddr, Refusals>,
}

#[derive(Clone, Copy)]
struct Refusals {
    count: u32,
    last: Timestamp,
}

impl Default for Attempts {
    fn default() -> Self {
        Self { room: Semaphore::new(AT_ONCE), known: Mutex::default() }
    }
}

impl Attempts {
    /// Waits until a token may be tried; nothing is waited for by one that was good before.
    ///
    /// # Errors
    /// [`Failure::Credential`] where the server refused it a short while ago; [`Failure::Busy`] with the time to wait, where
    /// too many of this caller were refused.
    pub async fn begin(
        &self,
        (key, peer): (SessionKey, IpAddr),
        now: Timestamp,
    ) -> Result<Option<SemaphorePermit<'_>>, Failure> {
        if self.known().good.contains(&key) {
            return Ok(None);
        }
        self.check((key, peer), now)?;
        let room = self.room.acquire().await.map_err(|_| Failure::Closed)?;
        // Those that went before may have been refused meanwhile.
        self.check((key, peer), now)?;
        Ok(Some(room))
    }

    /// Notes what came of one that was tried.
    pub fn end<R>(&self, (key, peer): (SessionKey, IpAddr), done: &Result<R, Failure>, now: Timestamp) {
        let mut known = self.known();
        match done {
            Err(Failure::Credential(Error::TokenRefused)) => {
                known.good.remove(&key);
                let count = left(known.refused.get(&peer), now).saturating_add(1);
                if known.refused.len().max(known.bad.len()) >= KEPT_AT_MOST {
                    known.bad.clear();
                    known.refused.clear();
                }
                known.bad.insert(key, now);
                known.refused.insert(peer, Refusals { count, last: now });
            }
            // Whether it is good is not known.
            Err(Failure::Credential(_) | Failure::Unreachable | Failure::Busy(_) | Failure::Closed) => {}
            _ => {
                if known.good.len() >= KEPT_AT_MOST {
                    known.good.clear();
                }
                known.good.insert(key);
            }
        }
    }

    fn check(&self, (key, peer): (SessionKey, IpAddr), now: Timestamp) -> Result<(), Failure> {
        let known = self.known();
        // A script that does not know of its token's end asks again and again: that costs nobody anything.
        if known.bad.get(&key).is_some_and(|since| now.since(*since) < FORGIVEN) {
            return Err(Failure::Credential(Error::TokenRefused));
        }
        let refused = known.refused.get(&peer);
        if left(refused, now) < FREE {
            return Ok(());
        }
        let since = refused.map_or(0, |refused| now.since(refused.last));
        Err(Failure::Busy(Error::Rejected(Rejection::RateLimited { retry_after: FORGIVEN - since % FORGIVEN })))
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn left(refused: Option<&Refusals>, now: Timestamp) -> u32 {
    let Some(refused) = refused else { return 0 };
    let forgiven = u32::try_from(now.since(refused.last) / FORGIVEN).unwrap_or(u32::MAX);
    refused.count.saturating_sub(forgiven)
}
