//! Ceremonies with passkeys that were begun: each is good once, for its session, and for a short while. They are lost with
//! the process, and begun again.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use sealward_contract::{crypto::Hash, ids::Timestamp, limits};
use webauthn_rs::prelude::{PasskeyAuthentication, PasskeyRegistration};

/// Most that are open at once; past it the oldest are over.
const MOST: usize = 10_000;

/// What was begun.
pub enum Ceremony {
    /// Adding a passkey.
    Adding(PasskeyRegistration),
    /// Confirming with one.
    Confirming(PasskeyAuthentication),
}

/// A ceremony, and the host that the passkey belongs to.
pub struct Begun {
    /// What was begun.
    pub ceremony: Ceremony,
    /// Under which of the server's origins.
    pub origin: String,
}

/// Ceremonies by the hash of the session's token: a session has one at a time.
#[derive(Default)]
pub struct Ceremonies {
    open: Mutex<HashMap<Hash, (Begun, Timestamp)>>,
}

impl Ceremonies {
    /// Begins one in place of what the session had begun before.
    pub fn begin(&self, token: Hash, begun: Begun, now: Timestamp) {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.len() >= MOST {
            open.retain(|_, (_, at)| now.since(*at) < limits::PASSKEY_CEREMONY);
        }
        if open.len() < MOST {
            open.insert(token, (begun, now));
        }
    }

    /// Takes what the session has begun, if it is not over.
    pub fn take(&self, token: &Hash, now: Timestamp) -> Option<Begun> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        let (begun, at) = open.remove(token)?;
        (now.since(at) < limits::PASSKEY_CEREMONY).then_some(begun)
    }
}
