//! Challenges that were given and not yet answered. They live for two minutes, so a restart costs a client one more
//! request, and an unauthenticated caller costs the server no write. Unknown names get them like known ones.

use std::{
    collections::{HashMap, VecDeque},
    sync::Mutex,
};

use sealward_contract::{
    crypto::Hash,
    ids::{TeamId, Timestamp},
    limits,
    text::LoginName,
};

use super::lock;

/// Most open challenges; past it the oldest go.
const OPEN: usize = 50_000;
/// Challenges that one address may take in [`WINDOW`].
const PER_ADDRESS: u32 = 600;
/// Length of the window in milliseconds.
const WINDOW: u64 = 60_000;
/// Most addresses counted; past it the window starts anew for all.
const ADDRESSES: usize = 100_000;

/// The open challenges.
#[derive(Default)]
pub struct Challenges {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    open: HashMap<Hash, Open>,
    order: VecDeque<(Timestamp, Hash)>,
    taken: HashMap<[u8; 9], u32>,
    window: Timestamp,
}

struct Open {
    team: TeamId,
    login_name: LoginName,
}

impl Challenges {
    /// Opens a challenge; or says how many milliseconds this address has to wait.
    ///
    /// # Errors
    /// The wait.
    pub fn open(
        &self,
        nonce: Hash,
        team: TeamId,
        login_name: LoginName,
        address: [u8; 9],
        now: Timestamp,
    ) -> Result<(), u64> {
        let mut inner = lock(&self.inner);
        if now.since(inner.window) >= WINDOW || inner.taken.len() >= ADDRESSES {
            inner.window = now;
            inner.taken.clear();
        }
        let taken = inner.taken.entry(address).or_default();
        if *taken >= PER_ADDRESS {
            return Err(WINDOW.saturating_sub(now.since(inner.window)).max(1));
        }
        *taken += 1;
        inner.forget(now);
        inner.open.insert(nonce, Open { team, login_name });
        inner.order.push_back((now, nonce));
        Ok(())
    }

    /// Uses a challenge up; whether it was open for this name.
    #[must_use]
    pub fn take(&self, nonce: &Hash, team: &TeamId, login_name: &LoginName, now: Timestamp) -> bool {
        let mut inner = lock(&self.inner);
        inner.forget(now);
        inner.open.remove(nonce).is_some_and(|open| open.team == *team && open.login_name == *login_name)
    }
}

impl Inner {
    fn forget(&mut self, now: Timestamp) {
        while let Some((since, nonce)) = self.order.front().copied() {
            if now.since(since) < limits::CHALLENGE && self.order.len() < OPEN {
                break;
            }
            self.order.pop_front();
            self.open.remove(&nonce);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEAM: TeamId = TeamId([1; 16]);
    const NONCE: Hash = Hash([2; 32]);

    fn opened(now: u64) -> (Challenges, LoginName) {
        let (challenges, name) = (Challenges::default(), LoginName::parse("ada").unwrap());
        challenges.open(NONCE, TEAM, name.clone(), [4; 9], Timestamp(now)).unwrap();
        (challenges, name)
    }

    #[test]
    fn a_challenge_is_good_once() {
        let (challenges, name) = opened(0);
        assert!(challenges.take(&NONCE, &TEAM, &name, Timestamp(1)));
        assert!(!challenges.take(&NONCE, &TEAM, &name, Timestamp(1)));
    }

    #[test]
    fn a_challenge_is_good_for_one_name_and_two_minutes() {
        let (challenges, _) = opened(0);
        assert!(!challenges.take(&NONCE, &TEAM, &LoginName::parse("bob").unwrap(), Timestamp(1)));
        let (challenges, name) = opened(0);
        assert!(!challenges.take(&NONCE, &TEAM, &name, Timestamp(limits::CHALLENGE)));
    }

    #[test]
    fn an_address_gets_so_many_a_minute() {
        let (challenges, name) = opened(0);
        let mut refused = 0;
        for number in 0..1_000_u32 {
            refused += u32::from(
                challenges
                    .open(
                        sealward_contract::crypto::hash(&number.to_be_bytes()),
                        TEAM,
                        name.clone(),
                        [4; 9],
                        Timestamp(5),
                    )
                    .is_err(),
            );
        }
        assert_eq!(refused, 1_000 - (PER_ADDRESS - 1));
        assert!(challenges.open(Hash([201; 32]), TEAM, name, [4; 9], Timestamp(WINDOW)).is_ok());
    }
}
