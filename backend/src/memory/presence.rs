//! When and from where sessions were last used. Written down once a minute by a job, not with every request.

use std::{collections::HashMap, net::IpAddr, sync::Mutex};

use sealward_contract::{crypto::Hash, ids::Timestamp};

use super::lock;

/// Last uses that are not written down yet, by the hash of the token.
#[derive(Default)]
pub struct Presence {
    seen: Mutex<HashMap<Hash, Seen>>,
}

/// A use of a session.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    /// When.
    pub at: Timestamp,
    /// From where.
    pub from: IpAddr,
}

impl Presence {
    /// Notes a use.
    pub fn note(&self, token: Hash, seen: Seen) {
        lock(&self.seen).insert(token, seen);
    }

    /// The last use that is not written down yet.
    #[must_use]
    pub fn last(&self, token: &Hash) -> Option<Seen> {
        lock(&self.seen).get(token).copied()
    }

    /// Takes all, to write them down.
    #[must_use]
    pub fn take(&self) -> Vec<(Hash, Seen)> {
        lock(&self.seen).drain().collect()
    }
}
