//! What can be asked of an account without its secret: one bit each.

use crate::model::Day;
use sealward_contract::ids::ObjectId;
use serde::{Deserialize, Serialize};

/// Days after which a secret that has not changed counts as old.
pub const OLD_DAYS: i32 = 365;
/// Days before the last valid day from which an account counts as expiring.
pub const SOON_DAYS: i32 = 30;
/// Scores below this count as weak.
const FAIR: u8 = 2;

/// A question.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Check {
    /// The secret is easy to guess.
    Weak,
    /// Another account of the vault has the same secret.
    Reused,
    /// The secret has not changed for a year.
    Old,
    /// The last valid day is over.
    Expired,
    /// The last valid day is near.
    Expiring,
    /// The account can do more than others.
    Privileged,
    /// No secret is stored.
    NoSecret,
    /// A file is attached, or is the secret.
    HasFile,
    /// There is a one-time code.
    HasCode,
}

impl Check {
    /// All of them, in the order in which they are offered.
    pub const ALL: [Self; 9] = [
        Self::Weak,
        Self::Reused,
        Self::Old,
        Self::Expired,
        Self::Expiring,
        Self::NoSecret,
        Self::Privileged,
        Self::HasFile,
        Self::HasCode,
    ];
}

/// Answers, as a set of bits.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Checks(u16);

impl Checks {
    /// With one more.
    #[must_use]
    pub const fn with(self, check: Check) -> Self {
        Self(self.0 | 1 << check as u16)
    }

    /// Whether this one is among them.
    #[must_use]
    pub const fn has(self, check: Check) -> bool {
        self.0 & (1 << check as u16) != 0
    }

    /// Whether all of the others are among them.
    #[must_use]
    pub const fn has_all(self, others: Self) -> bool {
        self.0 & others.0 == others.0
    }
}

impl FromIterator<Check> for Checks {
    fn from_iter<I: IntoIterator<Item = Check>>(checks: I) -> Self {
        checks.into_iter().fold(Self::default(), Self::with)
    }
}

/// What is known of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Known {
    /// Which account.
    pub account: ObjectId,
    /// How hard its secret is to guess, from 0 to 4; absent for what nobody guesses.
    pub strength: Option<u8>,
    /// Whether another account has the same secret.
    pub reused: bool,
    /// The day on which its secret last changed.
    pub changed: Option<Day>,
    /// The last valid day.
    pub expiry: Option<Day>,
    /// Whether it can do more than others.
    pub privileged: bool,
    /// Whether a secret is stored.
    pub has_secret: bool,
    /// Whether there is a file.
    pub has_file: bool,
    /// Whether there is a one-time code.
    pub has_code: bool,
}

impl Known {
    /// The answers, as of a day.
    #[must_use]
    pub fn checks(&self, today: Day) -> Checks {
        let days = |day: Option<Day>| day.map(|day| day.0.saturating_sub(today.0));
        let left = days(self.expiry);
        let answers = [
            (Check::Weak, self.strength.is_some_and(|score| score < FAIR)),
            (Check::Reused, self.reused),
            (Check::Old, days(self.changed).is_some_and(|days| days < -OLD_DAYS)),
            (Check::Expired, left.is_some_and(|left| left < 0)),
            (Check::Expiring, left.is_some_and(|left| (0..=SOON_DAYS).contains(&left))),
            (Check::Privileged, self.privileged),
            (Check::NoSecret, !self.has_secret),
            (Check::HasFile, self.has_file),
            (Check::HasCode, self.has_code),
        ];
        answers.into_iter().filter(|(_, yes)| *yes).map(|(check, _)| check).collect()
    }
}
