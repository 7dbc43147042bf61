//! Passwords: uniform over all texts of the length that have every chosen class at least once.

use super::uniform::below;
use super::{Generated, RecipeError};
use crate::model::{CharacterClasses, PasswordRules, SecretText};
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

/// What a password should be made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PasswordRecipe {
    /// Characters.
    pub length: u16,
    /// Classes, each of which occurs at least once.
    pub classes: CharacterClasses,
    /// Whether to leave out what looks alike: `0 O o`, `1 l I |`, `5 S`, `2 Z`, `8 B` and small punctuation.
    pub unambiguous: bool,
}

const MOST: u16 = 256;

/// Every class with its characters. No quotes, backslash or blank: they do not survive scripts and forms.
const CLASSES: [(CharacterClasses, &str); 4] = [
    (CharacterClasses::LOWER, "abcdefghijklmnopqrstuvwxyz"),
    (CharacterClasses::UPPER, "ABCDEFGHIJKLMNOPQRSTUVWXYZ"),
    (CharacterClasses::DIGIT, "0123456789"),
    (CharacterClasses::SYMBOL, "!#$%&()*+,-./:;<=>?@[]^_{|}~"),
];
const AMBIGUOUS: &str = "0Oo1lI|5S2Z8B.,:;";

impl Default for PasswordRecipe {
    /// 20 characters of every class: about 128 bits.
    fn default() -> Self {
        let classes = CLASSES.iter().fold(CharacterClasses::default(), |all, (class, _)| all.and(*class));
        Self { length: 20, classes, unambiguous: false }
    }
}

impl PasswordRecipe {
    /// Classes of what is easily read aloud and typed.
    pub const LETTERS_AND_DIGITS: CharacterClasses =
        CharacterClasses::LOWER.and(CharacterClasses::UPPER).and(CharacterClasses::DIGIT);

    /// The usual recipe, as long as these rules let it be, and with every class that they ask for.
    #[must_use]
    pub fn within(rules: Option<&PasswordRules>) -> Self {
        let usual = Self::default();
        let Some(rules) = rules else { return usual };
        let length = usual.length.max(rules.min_length).min(rules.max_length.unwrap_or(MOST)).min(MOST);
        // So short that not every class has room: what is asked for alone, or small letters.
        let few = usize::from(length) < CLASSES.len();
        let asked = if rules.classes == CharacterClasses::default() { CharacterClasses::LOWER } else { rules.classes };
        Self { length, classes: if few { asked } else { usual.classes }, ..usual }
    }

    /// Makes a password.
    ///
    /// # Errors
    /// [`RecipeError`] when the recipe has no class or a length that cannot be.
    pub fn make(self, randomness: &mut dyn CryptoRng) -> Result<Generated, RecipeError> {
        let alphabets = self.alphabets();
        let least = u16::try_from(alphabets.len()).unwrap_or(u16::MAX);
        match self.length {
            _ if alphabets.is_empty() => return Err(RecipeError::NoClass),
            length if length < least => return Err(RecipeError::TooShort { least }),
            length if length > MOST => return Err(RecipeError::TooLong { most: MOST }),
            _ => {}
        }
        let all: Vec<char> = alphabets.concat();
        let bound = u32::try_from(all.len()).unwrap_or(u32::MAX);
        let mut text = Zeroizing::new(String::with_capacity(usize::from(self.length)));
        // Whole passwords are thrown away until one has every class: putting one of each in by hand would make some
        // passwords likelier than others. The worst recipe succeeds once in about twenty times.
        for _ in 0..10_000 {
            text.clear();
            for _ in 0..self.length {
                let at = below(bound, randomness).ok_or(RecipeError::NotRandom)?;
                text.extend(all.get(at as usize));
            }
            if alphabets.iter().all(|alphabet| text.chars().any(|c| alphabet.contains(&c))) {
                return Ok(Generated { text: SecretText::from(text), entropy_bits: entropy(self.length, &alphabets) });
            }
        }
        Err(RecipeError::NotRandom)
    }

    fn alphabets(self) -> Vec<Vec<char>> {
        CLASSES
            .iter()
            .filter(|(class, _)| self.classes.has(*class))
            .map(|(_, characters)| {
                characters.chars().filter(|c| !(self.unambiguous && AMBIGUOUS.contains(*c))).collect()
            })
            .collect()
    }
}

/// log2 of the number of texts that have every class, by inclusion and exclusion over the classes left out.
fn entropy(length: u16, alphabets: &[Vec<char>]) -> f64 {
    let sizes: Vec<f64> =
        alphabets.iter().map(|alphabet| f64::from(u16::try_from(alphabet.len()).unwrap_or(0))).collect();
    let all: f64 = sizes.iter().sum();
    let mut share = 0.0;
    for left_out in 0_u32..1 << sizes.len() {
        let rest: f64 =
            sizes.iter().enumerate().filter(|(class, _)| left_out >> class & 1 == 0).map(|(_, size)| size).sum();
        let sign = if left_out.count_ones() % 2 == 0 { 1.0 } else { -1.0 };
        share += sign * (rest / all).powi(i32::from(length));
    }
    f64::from(length) * all.log2() + share.log2()
}

#[cfg(test)]
pub(super) mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;
    use core::convert::Infallible;
    use rand_core::{TryCryptoRng, TryRng};

    /// A deterministic stand-in for randomness (splitmix64), or one that is stuck.
    #[derive(Default)]
    pub struct Counting {
        state: u64,
        stuck: bool,
    }

    impl Counting {
        pub fn stuck() -> Self {
            Self { state: 0, stuck: true }
        }
    }

    impl TryRng for Counting {
        type Error = Infallible;
        fn try_next_u32(&mut self) -> Result<u32, Infallible> {
            self.try_next_u64().map(|random| (random >> 32) as u32)
        }
        fn try_next_u64(&mut self) -> Result<u64, Infallible> {
            if self.stuck {
                return Ok(u64::MAX);
            }
            self.state = self.state.wrapping_add(0x9e37_79b9_7f4a_7c15);
            let mixed = (self.state ^ self.state >> 30).wrapping_mul(0xbf58_476d_1ce4_e5b9);
            let mixed = (mixed ^ mixed >> 27).wrapping_mul(0x94d0_49bb_1331_11eb);
            Ok(mixed ^ mixed >> 31)
        }
        fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
            for byte in bytes {
                *byte = self.try_next_u64()? as u8;
            }
            Ok(())
        }
    }

    impl TryCryptoRng for Counting {}

    #[test]
    fn every_class_occurs_and_no_other_character() {
        let mut randomness = Counting::default();
        for length in [4, 5, 20, 256] {
            for _ in 0..50 {
                let recipe = PasswordRecipe { length, ..PasswordRecipe::default() };
                let made = recipe.make(&mut randomness).unwrap();
                assert_eq!(made.text.expose().len(), usize::from(length));
                assert_eq!(CharacterClasses::of(made.text.expose()), recipe.classes);
            }
        }
        let unambiguous = PasswordRecipe { length: 256, unambiguous: true, ..PasswordRecipe::default() };
        let made = unambiguous.make(&mut randomness).unwrap();
        assert!(!made.text.expose().contains(|c| AMBIGUOUS.contains(c)));
    }

    #[test]
    fn a_password_within_rules_keeps_them() {
        let rules = |min_length, max_length, classes| PasswordRules {
            min_length,
            max_length,
            classes,
            max_age_days: None,
            reuse: crate::model::Reuse::Allowed,
        };
        let made = |rules: &PasswordRules| {
            let made = PasswordRecipe::within(Some(rules)).make(&mut Counting::default()).unwrap();
            made.text.expose().to_owned()
        };
        assert_eq!(PasswordRecipe::within(None), PasswordRecipe::default());
        assert_eq!(made(&rules(0, None, CharacterClasses::NONE)).len(), 20);
        assert_eq!(made(&rules(32, Some(64), CharacterClasses::UPPER)).len(), 32);
        assert_eq!(made(&rules(8, Some(12), CharacterClasses::NONE)).len(), 12);
        // A PIN, and something that has no room for every class.
        let pin = made(&rules(3, Some(3), CharacterClasses::DIGIT));
        assert_eq!((pin.len(), CharacterClasses::of(&pin)), (3, CharacterClasses::DIGIT));
        let short = made(&rules(1, Some(3), CharacterClasses::NONE));
        assert_eq!((short.len(), CharacterClasses::of(&short)), (3, CharacterClasses::LOWER));
    }

    #[test]
    fn entropy_counts_what_can_be_made() {
        let digits = PasswordRecipe { length: 4, classes: CharacterClasses::DIGIT, unambiguous: false };
        let made = digits.make(&mut Counting::default()).unwrap();
        assert!((made.entropy_bits - 10_000_f64.log2()).abs() < 1e-9);
        // Two letters and digits in three places: all less those of one class, by hand.
        let classes = CharacterClasses::LOWER.and(CharacterClasses::DIGIT);
        let made = PasswordRecipe { length: 3, classes, unambiguous: false }.make(&mut Counting::default()).unwrap();
        let count = 36_f64.powi(3) - 26_f64.powi(3) - 10_f64.powi(3);
        assert!((made.entropy_bits - count.log2()).abs() < 1e-9);
        let default = PasswordRecipe::default().make(&mut Counting::default()).unwrap();
        assert!((128.0..131.0).contains(&default.entropy_bits));
    }

    #[test]
    fn impossible_recipes_are_refused() {
        let refused = |recipe: PasswordRecipe| recipe.make(&mut Counting::default()).err();
        let good = PasswordRecipe::default();
        assert_eq!(refused(PasswordRecipe { length: 3, ..good }), Some(RecipeError::TooShort { least: 4 }));
        assert_eq!(refused(PasswordRecipe { length: 257, ..good }), Some(RecipeError::TooLong { most: 256 }));
        assert_eq!(refused(PasswordRecipe { classes: CharacterClasses::OTHER, ..good }), Some(RecipeError::NoClass));
        assert_eq!(good.make(&mut Counting::stuck()).err(), Some(RecipeError::NotRandom));
    }
}
