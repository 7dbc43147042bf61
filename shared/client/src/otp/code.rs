//! The code of a moment.

use super::Seed;
use crate::model::SecretText;
use sealward_contract::ids::Timestamp;

/// A code, and the one after it.
pub struct Code {
    /// The digits that are valid now.
    pub now: SecretText,
    /// Those of the period after it.
    pub next: SecretText,
    /// When the period ends.
    pub until: Timestamp,
}

impl Seed {
    /// The code at a time.
    #[must_use]
    pub fn code_at(&self, time: Timestamp) -> Code {
        let seconds = time.0 / 1_000;
        let next = self.totp.next_step(seconds);
        let digits = |seconds| SecretText::new(self.totp.generate(seconds).to_string());
        Code { now: digits(seconds), next: digits(next), until: Timestamp(next.saturating_mul(1_000)) }
    }
}
