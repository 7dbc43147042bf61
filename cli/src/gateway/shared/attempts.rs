//! Tokens that were never good here are tried a few at a time. The server slows down the addresses from which sign-ins
//! fail, and to the server every caller has the address of this gateway: one that makes tokens up would shut out all others.

use crate::{engine::SessionKey, failure::Failure};
use sealward_client::error::Error;
use sealward_contract::{ids::Timestamp, problem::Rejection};
use std::{
    collections::{HashMap, HashSet},
    net::{IpAddr, Ipv4Addr, Ipv6Addr},
    sync::{Mutex, MutexGuard, PoisonError},
};
use tokio::sync::{Semaphore, SemaphorePermit};

/// Refused tokens of one caller that are free.
const FREE: u32 = 5;
/// Refused tokens of all callers together that are free. With those that are under way it stays below the thirty that the
/// server lets one address fail.
const FREE_FOR_ALL: u32 = 15;
/// Unknown tokens that are tried at the same time.
const AT_ONCE: usize = 10;
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
    of_all: Refusals,
}

struct Refusals {
    count: u32,
    last: Timestamp,
}

impl Default for Refusals {
    fn default() -> Self {
        Self { count: 0, last: Timestamp(0) }
    }
}

impl Refusals {
    /// Those that time has not forgiven.
    fn left(&self, now: Timestamp) -> u32 {
        let forgiven = u32::try_from(now.since(self.last) / FORGIVEN).unwrap_or(u32::MAX);
        self.count.saturating_sub(forgiven)
    }

    fn add(&mut self, now: Timestamp) {
        *self = Self { count: self.left(now).saturating_add(1), last: now };
    }

    /// Milliseconds until one more is forgiven, where no more than these are free.
    fn wait(&self, free: u32, now: Timestamp) -> Option<u64> {
        (self.left(now) >= free).then(|| FORGIVEN - now.since(self.last) % FORGIVEN)
    }
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
        let peer = one_for_all_of(peer);
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
        let peer = one_for_all_of(peer);
        let mut known = self.known();
        match done {
            Err(Failure::Credential(Error::TokenRefused)) => {
                known.good.remove(&key);
                let mut own = known.refused.remove(&peer).unwrap_or_default();
                own.add(now);
                if known.refused.len().max(known.bad.len()) >= KEPT_AT_MOST {
                    known.bad.clear();
                    known.refused.clear();
                }
                known.bad.insert(key, now);
                known.refused.insert(peer, own);
                known.of_all.add(now);
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
        let own = known.refused.get(&peer).and_then(|refused| refused.wait(FREE, now));
        match own.or_else(|| known.of_all.wait(FREE_FOR_ALL, now)) {
            None => Ok(()),
            Some(retry_after) => Err(Failure::Busy(Error::Rejected(Rejection::RateLimited { retry_after }))),
        }
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The address under which a caller is counted: whoever is on this machine, or in a network of IPv6, has many.
fn one_for_all_of(peer: IpAddr) -> IpAddr {
    match peer.to_canonical() {
        peer if peer.is_loopback() => IpAddr::V4(Ipv4Addr::LOCALHOST),
        IpAddr::V6(peer) => IpAddr::V6(Ipv6Addr::from_bits(peer.to_bits() >> 64 << 64)),
        peer => peer,
    }
}
