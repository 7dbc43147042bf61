//! "Type part of it back": one group that only someone with the kit before them can know.

use super::alphabet::{plain, value};
use super::code::GROUP;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

/// The first and the last group that hold nothing but the Secret Key.
const FIRST: u8 = 7;
const LAST: u8 = 10;

/// Which group the person is asked to type.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(transparent)]
pub struct Challenge {
    number: u8,
}

impl Challenge {
    /// Picks a group.
    pub fn make(randomness: &mut dyn CryptoRng) -> Self {
        let mut random = [0];
        randomness.fill_bytes(&mut random);
        // 256 is a multiple of the four groups: no group is likelier.
        let [random] = random;
        Self { number: FIRST + random % (LAST - FIRST + 1) }
    }

    /// The group's number, from 1.
    pub fn number(self) -> u8 {
        self.number
    }

    pub(super) fn is_answered(self, code: &str, typed: &str) -> bool {
        let Some(group) = code.split('-').nth(usize::from(self.number.saturating_sub(1))) else { return false };
        let (expected, given) = (values(group), values(&plain(typed)));
        expected.len() == GROUP && bool::from(expected.as_slice().ct_eq(given.as_slice()))
    }
}

fn values(text: &str) -> Zeroizing<Vec<u8>> {
    Zeroizing::new(
        text.chars().filter(|c| c.is_alphanumeric()).map(|letter| value(letter).unwrap_or(u8::MAX)).collect(),
    )
}
