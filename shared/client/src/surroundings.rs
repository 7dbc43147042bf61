//! The clock and the randomness, passed in by whoever runs the client.

use crate::crypto::randomness::CryptoRng;
use sealward_contract::ids::Timestamp;
use std::cell::RefCell;

/// What the client takes from the world besides the server.
pub struct Surroundings {
    clock: Box<dyn Fn() -> Timestamp>,
    randomness: RefCell<Box<dyn CryptoRng>>,
}

impl Surroundings {
    /// Takes a clock and a source of randomness.
    pub fn new(clock: impl Fn() -> Timestamp + 'static, randomness: impl CryptoRng + 'static) -> Self {
        Self { clock: Box::new(clock), randomness: RefCell::new(Box::new(randomness)) }
    }

    /// The time now.
    #[must_use]
    pub fn now(&self) -> Timestamp {
        (self.clock)()
    }

    /// Lends the randomness.
    pub fn with_randomness<R>(&self, act: impl FnOnce(&mut dyn CryptoRng) -> R) -> R {
        act(&mut **self.randomness.borrow_mut())
    }

    /// Sixteen random bytes for an id: a version 4 UUID.
    #[must_use]
    pub fn make_id(&self) -> [u8; 16] {
        let mut bytes = [0; 16];
        self.with_randomness(|randomness| randomness.fill_bytes(&mut bytes));
        uuid::Builder::from_random_bytes(bytes).into_uuid().into_bytes()
    }
}
