//! What may be known about a secret in bulk, so that no report ever needs the secret itself.

use super::invalid::{Field, Invalid, Problem};
use super::limits;
use super::payload::Payload;
use super::time::Day;
use minicbor::{CborLen, Decode, Encode};
use serde::{Deserialize, Serialize};

/// Strength as guessing sees it, from 0 (at once) to 4 (not in practice).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, CborLen, Serialize, Deserialize)]
#[cbor(transparent)]
#[serde(transparent)]
pub struct Score(#[n(0)] u8);

impl Score {
    /// A score from 0 to 4.
    pub fn new(score: u8) -> Option<Self> {
        (score <= 4).then_some(Self(score))
    }

    /// The number, from 0 to 4.
    pub fn value(self) -> u8 {
        self.0
    }
}

/// A keyed tag that equal secrets of one vault share, and from which nothing else can be learnt without the key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, CborLen, Serialize, Deserialize)]
#[cbor(transparent)]
#[serde(transparent)]
pub struct ReuseTag(
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub [u8; 16],
);

/// Which kinds of characters a secret has, as a set of bits.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, CborLen, Serialize, Deserialize,
)]
#[cbor(transparent)]
#[serde(transparent)]
pub struct CharacterClasses(#[n(0)] u8);

impl CharacterClasses {
    /// None at all.
    pub const NONE: Self = Self(0);
    /// `a` to `z`.
    pub const LOWER: Self = Self(1);
    /// `A` to `Z`.
    pub const UPPER: Self = Self(2);
    /// `0` to `9`.
    pub const DIGIT: Self = Self(4);
    /// Every other printable ASCII character.
    pub const SYMBOL: Self = Self(8);
    /// Everything else.
    pub const OTHER: Self = Self(16);

    /// The classes of a text.
    pub fn of(text: &str) -> Self {
        text.chars().map(Self::of_char).fold(Self::default(), Self::and)
    }

    fn of_char(character: char) -> Self {
        match character {
            'a'..='z' => Self::LOWER,
            'A'..='Z' => Self::UPPER,
            '0'..='9' => Self::DIGIT,
            ' '..='~' => Self::SYMBOL,
            _ => Self::OTHER,
        }
    }

    /// Both sets together.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The classes of this set that are not in the other.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether every class of `other` is in this set.
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// How many classes.
    pub const fn count(self) -> u32 {
        self.0.count_ones()
    }
}

/// The payload of a facts record: written by whoever writes the secret, under the same tier key.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, CborLen, Serialize, Deserialize)]
#[cbor(array)]
pub struct Facts {
    /// Strength; absent for secrets that nobody guesses (keys, certificates, notes).
    #[n(0)]
    pub score: Option<Score>,
    /// Characters.
    #[n(1)]
    pub length: u32,
    /// Classes of characters.
    #[n(2)]
    pub classes: CharacterClasses,
    /// The day on which the secret last changed.
    #[n(3)]
    pub changed: Day,
    /// Equal for equal secrets; absent for an empty one.
    #[n(4)]
    pub reuse: Option<ReuseTag>,
}

impl Payload for Facts {
    const LIMIT: usize = limits::FACTS_PAYLOAD;

    fn validate(&self) -> Result<(), Invalid> {
        match self.score {
            Some(score) if score.value() > 4 => Err(Invalid::new(Field::Score, Problem::TooMany { limit: 4 })),
            _ => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn classes_are_counted_once() {
        let classes = CharacterClasses::of("aB3 密b");
        assert!(classes.has(CharacterClasses::LOWER.and(CharacterClasses::OTHER)));
        assert_eq!(classes.count(), 5);
        assert_eq!(CharacterClasses::of("").count(), 0);
    }
}
