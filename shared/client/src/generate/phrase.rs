//! Word phrases. `words.txt` holds the 4,096 shortest words of the EFF's large word list for passphrases
//! (Joseph Bonneau, Electronic Frontier Foundation, 2016; CC BY 3.0 US): 12 bits each.

use super::uniform::below;
use super::{Generated, RecipeError};
use crate::model::SecretText;
use rand_core::CryptoRng;
use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

const WORDS: &str = include_str!("words.txt");
const LEAST: u16 = 3;
const MOST: u16 = 20;
/// No word is longer; the buffer is made in its final size.
const LONGEST: usize = 8;

/// What stands between words. Never nothing: words that run together could be read in two ways.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Separator {
    /// `-`
    #[default]
    Hyphen,
    /// A blank.
    Space,
    /// `.`
    Dot,
    /// `_`
    Underscore,
}

/// Which letters are capital.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Letters {
    /// None.
    #[default]
    Small,
    /// The first of each word.
    Capitalised,
}

/// What a phrase should be made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PhraseRecipe {
    /// Words.
    pub words: u16,
    /// What stands between them.
    pub separator: Separator,
    /// Which letters are capital.
    pub letters: Letters,
    /// Whether one word, chosen at random, ends in a digit.
    pub digit: bool,
}

impl Default for PhraseRecipe {
    /// Six words: 72 bits.
    fn default() -> Self {
        Self { words: 6, separator: Separator::default(), letters: Letters::default(), digit: false }
    }
}

impl PhraseRecipe {
    /// Makes a phrase.
    ///
    /// # Errors
    /// [`RecipeError`] when it has too few or too many words.
    pub fn make(self, randomness: &mut dyn CryptoRng) -> Result<Generated, RecipeError> {
        if self.words < LEAST {
            return Err(RecipeError::TooShort { least: LEAST });
        }
        if self.words > MOST {
            return Err(RecipeError::TooLong { most: MOST });
        }
        let words: Vec<&str> = WORDS.lines().collect();
        let bound = u32::try_from(words.len()).unwrap_or(u32::MAX);
        let mut entropy_bits = f64::from(bound).log2() * f64::from(self.words);
        let mut digit = None;
        if self.digit {
            let place = below(self.words.into(), randomness).ok_or(RecipeError::NotRandom)?;
            let value = below(10, randomness).ok_or(RecipeError::NotRandom)?;
            digit = char::from_digit(value, 10).map(|digit| (place, digit));
            entropy_bits += (10.0 * f64::from(self.words)).log2();
        }
        let mut text = Zeroizing::new(String::with_capacity(usize::from(self.words) * (LONGEST + 1) + 1));
        for place in 0..u32::from(self.words) {
            if place > 0 {
                text.push(self.separator.character());
            }
            let at = below(bound, randomness).ok_or(RecipeError::NotRandom)?;
            let mut letters = words.get(at as usize).ok_or(RecipeError::NotRandom)?.chars();
            match self.letters {
                Letters::Small => {}
                Letters::Capitalised => text.extend(letters.next().map(|first| first.to_ascii_uppercase())),
            }
            text.extend(letters);
            text.extend(digit.filter(|(chosen, _)| *chosen == place).map(|(_, digit)| digit));
        }
        Ok(Generated { text: SecretText::from(text), entropy_bits })
    }
}

impl Separator {
    fn character(self) -> char {
        match self {
            Self::Hyphen => '-',
            Self::Space => ' ',
            Self::Dot => '.',
            Self::Underscore => '_',
        }
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::super::password::tests::Counting;
    use super::*;
    use std::collections::BTreeSet;

    #[test]
    fn the_list_has_4096_plain_different_words() {
        let words: BTreeSet<&str> = WORDS.lines().collect();
        assert_eq!((words.len(), WORDS.lines().count()), (4096, 4096));
        assert!(words.iter().all(|word| (3..=LONGEST).contains(&word.len())));
        assert!(words.iter().all(|word| word.bytes().all(|letter| letter.is_ascii_lowercase())));
    }

    #[test]
    fn phrases_follow_their_recipe() {
        let mut randomness = Counting::default();
        let plain = PhraseRecipe::default().make(&mut randomness).unwrap();
        assert_eq!(plain.text.expose().split('-').count(), 6);
        assert!(plain.text.expose().split('-').all(|word| WORDS.lines().any(|known| known == word)));
        assert!((plain.entropy_bits - 72.0).abs() < 1e-9);

        let recipe = PhraseRecipe { words: 4, separator: Separator::Dot, letters: Letters::Capitalised, digit: true };
        for _ in 0..100 {
            let made = recipe.make(&mut randomness).unwrap();
            assert!(made.text.expose().split('.').all(|word| word.starts_with(|c: char| c.is_ascii_uppercase())));
            assert_eq!(made.text.expose().chars().filter(char::is_ascii_digit).count(), 1);
            assert!((made.entropy_bits - 48.0 - 40_f64.log2()).abs() < 1e-9);
        }
        let refused = |words| PhraseRecipe { words, ..recipe }.make(&mut Counting::default()).err();
        assert_eq!(refused(2), Some(RecipeError::TooShort { least: 3 }));
        assert_eq!(refused(21), Some(RecipeError::TooLong { most: 20 }));
        assert_eq!(recipe.make(&mut Counting::stuck()).err(), Some(RecipeError::NotRandom));
    }
}
