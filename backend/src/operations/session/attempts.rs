//! Counting failed sign-ins, by address and by name, across restarts. Failures slow the next attempt down. A name's
//! failures slow down only those addresses that have failed with that very name, so nobody can lock a member out from
//! elsewhere; an address's failures slow down that address.

use std::net::IpAddr;

use sealward_contract::{
    crypto::{Hash, hash_parts},
    ids::{MemberId, TeamId, Timestamp},
    text::LoginName,
};

use crate::{
    http::address::address_group,
    store::{
        Rows, StoreError, WriteTx,
        tables::{ATTEMPTS, AttemptRow},
    },
};

/// After this time in milliseconds one failure is forgiven.
const FORGIVEN: u64 = 10 * 60 * 1_000;

/// How many failures are free, and how long the wait grows.
struct Limit {
    free: u32,
    longest: u64,
}

/// All names from one address: a whole office may sit behind it.
const BY_ADDRESS: Limit = Limit { free: 30, longest: 5 * 60 * 1_000 };
/// One name from one address.
const BY_NAME_AND_ADDRESS: Limit = Limit { free: 5, longest: 5 * 60 * 1_000 };
/// One name from everywhere.
const BY_NAME: Limit = Limit { free: 20, longest: 60 * 1_000 };

/// What a sign-in is counted under.
#[derive(Clone, Copy)]
pub struct Counted {
    address: Hash,
    name: Hash,
    both: Hash,
}

impl Counted {
    /// Of a name at an address.
    #[must_use]
    pub fn new(team: &TeamId, login_name: &LoginName, address: IpAddr) -> Self {
        let group = address_group(address);
        let name = hash_parts(&[b"name", &team.0, login_name.as_str().as_bytes()]);
        Self {
            address: hash_parts(&[b"address", &group]),
            name,
            both: hash_parts(&[b"name and address", &group, &name.0]),
        }
    }

    /// Of requests for the recovery of a name at an address: apart from sign-ins, and counted whether anyone has the name.
    #[must_use]
    pub fn of_recovery(team: &TeamId, login_name: &LoginName, address: IpAddr) -> Self {
        let Self { address, name, both } = Self::new(team, login_name, address);
        let apart = |counted: Hash| hash_parts(&[b"recovery", &counted.0]);
        Self { address: apart(address), name: apart(name), both: apart(both) }
    }

    /// Milliseconds to wait before the next attempt.
    ///
    /// # Errors
    /// The store failed.
    pub fn wait(&self, rows: &impl Rows, now: Timestamp) -> Result<u64, StoreError> {
        let read = |key| Ok::<_, StoreError>(ATTEMPTS.get(rows, key)?.unwrap_or_default());
        let both = read(&self.both)?;
        let mut wait = BY_ADDRESS.wait(&read(&self.address)?, now).max(BY_NAME_AND_ADDRESS.wait(&both, now));
        if left(&both, now) > 0 {
            wait = wait.max(BY_NAME.wait(&read(&self.name)?, now));
        }
        Ok(wait)
    }

    /// Counts a failure.
    ///
    /// # Errors
    /// The store failed.
    pub fn fail(&self, tx: &mut WriteTx<'_, '_>, now: Timestamp) -> Result<(), StoreError> {
        for key in [&self.address, &self.name, &self.both] {
            let row = ATTEMPTS.get(tx, key)?.unwrap_or_default();
            ATTEMPTS.put(tx, key, &AttemptRow { failures: left(&row, now).saturating_add(1), last: now })?;
        }
        Ok(())
    }

    /// Forgets the failures of this name at this address: its member has come.
    pub fn succeed(&self, tx: &mut WriteTx<'_, '_>) {
        ATTEMPTS.delete(tx, &self.both);
    }
}

/// What tries of a member's one-time codes are counted under, wherever they come from. Whoever tries has signed in, so
/// strangers cannot slow anybody down.
#[derive(Clone, Copy)]
pub struct Tries(Hash);

/// All tries of one member's codes: they have six digits.
const BY_MEMBER: Limit = Limit { free: 5, longest: 15 * 60 * 1_000 };

impl Tries {
    /// Of a member.
    #[must_use]
    pub fn of_factors(team: &TeamId, member: &MemberId) -> Self {
        Self(hash_parts(&[b"factors", &team.0, &member.0]))
    }

    /// Milliseconds to wait before the next try.
    ///
    /// # Errors
    /// The store failed.
    pub fn wait(&self, rows: &impl Rows, now: Timestamp) -> Result<u64, StoreError> {
        Ok(BY_MEMBER.wait(&ATTEMPTS.get(rows, &self.0)?.unwrap_or_default(), now))
    }

    /// Counts a wrong one.
    ///
    /// # Errors
    /// The store failed.
    pub fn fail(&self, tx: &mut WriteTx<'_, '_>, now: Timestamp) -> Result<(), StoreError> {
        let row = ATTEMPTS.get(tx, &self.0)?.unwrap_or_default();
        ATTEMPTS.put(tx, &self.0, &AttemptRow { failures: left(&row, now).saturating_add(1), last: now })
    }

    /// Forgets the wrong ones: a right one came.
    pub fn succeed(&self, tx: &mut WriteTx<'_, '_>) {
        ATTEMPTS.delete(tx, &self.0);
    }
}

/// Failures that time has not forgiven.
#[must_use]
pub fn left(row: &AttemptRow, now: Timestamp) -> u32 {
    let forgiven = u32::try_from(now.since(row.last) / FORGIVEN).unwrap_or(u32::MAX);
    row.failures.saturating_sub(forgiven)
}

impl Limit {
    fn wait(&self, row: &AttemptRow, now: Timestamp) -> u64 {
        let over = left(row, now).saturating_sub(self.free);
        if over == 0 {
            return 0;
        }
        let wait = 1_000_u64.saturating_mul(1 << (over - 1).min(16)).min(self.longest);
        wait.saturating_sub(now.since(row.last))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::store::Store;

    const TEAM: TeamId = TeamId([1; 16]);

    fn counted(name: &str, address: &str) -> Counted {
        Counted::new(&TEAM, &LoginName::parse(name).unwrap(), address.parse().unwrap())
    }

    async fn fail(store: &Store, counted: Counted, times: u32, now: Timestamp) {
        for _ in 0..times {
            store.write(move |tx| counted.fail(tx, now)).await.unwrap();
        }
    }

    fn wait(store: &Store, counted: Counted, now: Timestamp) -> u64 {
        store.read(|tx| counted.wait(tx, now)).unwrap()
    }

    #[tokio::test]
    async fn failures_slow_down_and_are_forgiven() {
        let store = Store::in_memory().unwrap();
        let ada = counted("ada", "192.0.2.1");
        let now = Timestamp(1_000_000);
        fail(&store, ada, 5, now).await;
        assert_eq!(wait(&store, ada, now), 0);
        fail(&store, ada, 1, now).await;
        assert_eq!(wait(&store, ada, now), 1_000);
        fail(&store, ada, 2, now).await;
        assert_eq!(wait(&store, ada, now), 4_000);
        assert_eq!(wait(&store, ada, now.plus_millis(4_000)), 0);
        fail(&store, ada, 1, now.plus_millis(10 * FORGIVEN)).await;
        assert_eq!(wait(&store, ada, now.plus_millis(10 * FORGIVEN)), 0);
    }

    #[tokio::test]
    async fn nobody_is_locked_out_from_elsewhere() {
        let store = Store::in_memory().unwrap();
        let now = Timestamp(1_000_000);
        for attacker in 0..100 {
            fail(&store, counted("ada", &format!("198.51.100.{attacker}")), 1, now).await;
        }
        assert_eq!(wait(&store, counted("ada", "192.0.2.1"), now), 0);
        // Whoever failed with this name waits, although each address failed only once.
        assert_eq!(wait(&store, counted("ada", "198.51.100.7"), now), BY_NAME.longest);
        assert_eq!(wait(&store, counted("bob", "198.51.100.7"), now), 0);
    }

    #[tokio::test]
    async fn an_address_is_slowed_down_over_many_names() {
        let store = Store::in_memory().unwrap();
        let now = Timestamp(1_000_000);
        for name in 0..40 {
            fail(&store, counted(&format!("member-{name}"), "192.0.2.1"), 1, now).await;
        }
        assert!(wait(&store, counted("ada", "192.0.2.1"), now) > 0);
        assert_eq!(wait(&store, counted("ada", "192.0.2.2"), now), 0);
    }
}
