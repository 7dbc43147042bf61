//! Secrets on their way to the screen, the clipboard or the vault; the generator; strength and facts.

use sealward_client::model::Day;
use serde::{Deserialize, Serialize};
use zeroize::{Zeroize, ZeroizeOnDrop};

use super::{ObjectId, VaultId};

/// A secret in plain text, as short-lived as the page can make it. It has no `Debug` and does not clone.
#[derive(Default, Serialize, Deserialize, Zeroize, ZeroizeOnDrop)]
#[serde(transparent)]
pub struct SecretText(String);

impl SecretText {
    /// Takes the text over.
    pub const fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself, for the screen, the clipboard or the engine.
    pub fn expose(&self) -> &str {
        &self.0
    }

    /// Whether nothing is in it.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// Asks the server for one secret; the server writes it to the audit log.
#[derive(Serialize, Deserialize)]
pub struct ReleaseSecret {
    /// The vault.
    pub vault: VaultId,
    /// The account.
    pub account: ObjectId,
    /// What it is for; stands in the signed request.
    pub purpose: ReleasePurpose,
}

/// What a secret was asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ReleasePurpose {
    /// To be seen.
    Reveal,
    /// To be copied.
    Copy,
    /// To be edited.
    Edit,
}

/// A secret, opened.
#[derive(Serialize, Deserialize)]
pub struct ReleasedSecret {
    /// The secret; `None` when the account has none.
    pub secret: Option<SecretText>,
    /// The hidden custom fields: label and value.
    pub hidden: Vec<(String, SecretText)>,
}

/// Makes a password by the rules in force for an account, in place of the one that it has. The answer is the new one.
#[derive(Serialize, Deserialize)]
pub struct RenewPassword {
    /// The vault.
    pub vault: VaultId,
    /// The account.
    pub account: ObjectId,
}

/// What the generator should make.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Recipe {
    /// Random characters.
    Password {
        /// How many: 8 to 128.
        length: u8,
        /// A to Z.
        upper: Letters,
        /// 0 to 9.
        digits: Letters,
        /// Punctuation.
        symbols: Letters,
        /// Leave out what looks alike.
        lookalikes: Letters,
    },
    /// Random words.
    Phrase {
        /// How many: 3 to 12.
        words: u8,
        /// What stands between them.
        separator: char,
        /// Whether each begins with a capital.
        capitals: Letters,
        /// Whether a digit is added.
        digit: Letters,
    },
}

/// Whether a kind of character takes part.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Letters {
    /// It does.
    Used,
    /// It does not.
    Unused,
}

/// Asks the generator.
#[derive(Serialize, Deserialize)]
pub struct Generate {
    /// What to make.
    pub recipe: Recipe,
}

/// What the generator made.
#[derive(Serialize, Deserialize)]
pub struct Generated {
    /// The password or phrase.
    pub secret: SecretText,
    /// How many bits of chance are in it.
    pub bits: u16,
}

/// Asks for an estimate.
#[derive(Serialize, Deserialize)]
pub struct EstimateStrength {
    /// The password.
    pub password: SecretText,
    /// Words that an attacker would try first: names, the team, the site.
    pub known: Vec<String>,
}

/// How long guessing would take.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct Strength {
    /// 0 is worst, 4 is best.
    pub score: u8,
    /// The power of ten of the guesses needed.
    pub guesses_log10: f32,
}

/// What is known of a secret without opening it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FactsView {
    /// 0 is worst, 4 is best; `None` where strength has no meaning, as for a key or a note.
    pub strength: Option<u8>,
    /// Characters.
    pub length: u32,
    /// The day on which it was last changed.
    pub changed: Day,
    /// How many other accounts have the same one.
    pub reused: u32,
}
