//! Safety numbers: what two people compare by another channel to know that each has the other's right keys.
//!
//! ```text
//! seed    = SHA-256("safety-number" ‖ suite ‖ genesis ‖ id ‖ signing ‖ sealing ‖ id ‖ signing ‖ sealing), the lesser id first
//! group i = the first 8 bytes of SHA-256("safety-digits" ‖ seed ‖ i), big-endian, modulo 100,000
//! ```

use crate::{
    chain::MemberKeys,
    crypto::{
        Hash,
        context::{of_safety_digits, of_safety_number},
        hash,
    },
};
use std::fmt;

/// Twelve groups of five digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SafetyNumber([u32; Self::GROUPS as usize]);

impl SafetyNumber {
    /// How many groups it has.
    pub const GROUPS: u8 = 12;

    /// Of two members of the team with this genesis. Whoever derives it gets the same.
    #[must_use]
    pub fn derive(genesis: &Hash, one: &MemberKeys, other: &MemberKeys) -> Self {
        let (first, second) = if one.member <= other.member { (one, other) } else { (other, one) };
        let seed = hash(&of_safety_number(genesis, first, second));
        let mut groups = [0; Self::GROUPS as usize];
        for (group, number) in groups.iter_mut().zip(0..) {
            let digest = hash(&of_safety_digits(&seed, number));
            let remainder = digest.0.iter().take(8).fold(0_u64, |value, byte| value << 8 | u64::from(*byte)) % 100_000;
            *group = u32::try_from(remainder).unwrap_or_default();
        }
        Self(groups)
    }

    /// Its groups, five digits each.
    pub fn groups(&self) -> impl Iterator<Item = String> {
        self.0.iter().map(|group| format!("{group:05}"))
    }
}

/// All sixty digits.
impl fmt::Display for SafetyNumber {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|group| write!(formatter, "{group:05}"))
    }
}
