//! Random passwords and word phrases, with the entropy that they really have. The randomness is passed in.

mod password;
mod phrase;
mod uniform;

pub use password::PasswordRecipe;
pub use phrase::{Letters, PhraseRecipe, Separator};

use crate::model::SecretText;
use serde::{Deserialize, Serialize};

/// A secret that was just made.
pub struct Generated {
    /// The secret.
    pub text: SecretText,
    /// Bits of entropy: log2 of how many equally likely secrets the recipe could have made.
    pub entropy_bits: f64,
}

/// A recipe that makes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "recipe_error")]
pub enum RecipeError {
    /// No class of characters is chosen.
    #[error("no class of characters is chosen")]
    NoClass,
    /// Too few characters or words.
    #[error("too short, at least {least}")]
    TooShort {
        /// The fewest.
        least: u16,
    },
    /// Too many characters or words.
    #[error("too long, at most {most}")]
    TooLong {
        /// The most.
        most: u16,
    },
    /// What was passed in as randomness is none.
    #[error("the randomness is broken")]
    NotRandom,
}
