//! Counts of what should be looked at, and one number that sums them up.

use super::check::{Check, Checks};
use serde::{Deserialize, Serialize};

/// Counts over some accounts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tally {
    /// Accounts in all.
    pub accounts: u32,
    /// Those with a stored secret.
    pub secrets: u32,
    /// Easy to guess.
    pub weak: u32,
    /// The same as another one.
    pub reused: u32,
    /// Unchanged for a year.
    pub old: u32,
    /// No longer valid.
    pub expired: u32,
    /// Soon no longer valid.
    pub expiring: u32,
    /// Nothing stored.
    pub no_secret: u32,
    /// What all of them lose, in hundredths of an account.
    lost: u64,
}

/// What an account loses, of 100: for its worst fault alone, so that no account counts twice.
const COSTS: [(Check, u8); 6] = [
    (Check::Weak, 100),
    (Check::Reused, 70),
    (Check::Expired, 50),
    (Check::Old, 30),
    (Check::NoSecret, 15),
    (Check::Expiring, 10),
];

impl Tally {
    /// Counts one account.
    pub fn add(&mut self, checks: Checks) {
        self.accounts += 1;
        self.secrets += u32::from(!checks.has(Check::NoSecret));
        self.weak += u32::from(checks.has(Check::Weak));
        self.reused += u32::from(checks.has(Check::Reused));
        self.old += u32::from(checks.has(Check::Old));
        self.expired += u32::from(checks.has(Check::Expired));
        self.expiring += u32::from(checks.has(Check::Expiring));
        self.no_secret += u32::from(checks.has(Check::NoSecret));
        let worst = COSTS.iter().filter(|(check, _)| checks.has(*check)).map(|(_, cost)| *cost).max();
        self.lost += u64::from(worst.unwrap_or(0));
    }

    /// Adds the counts of others.
    pub fn add_all(&mut self, others: &Self) {
        self.accounts += others.accounts;
        self.secrets += others.secrets;
        self.weak += others.weak;
        self.reused += others.reused;
        self.old += others.old;
        self.expired += others.expired;
        self.expiring += others.expiring;
        self.no_secret += others.no_secret;
        self.lost += others.lost;
    }

    /// From 0 to 100; full marks only where nothing at all is to be done. `None` without accounts.
    #[must_use]
    pub fn score(&self) -> Option<u8> {
        let all = u64::from(self.accounts) * 100;
        let kept = all.checked_sub(self.lost).filter(|_| all > 0)?;
        u8::try_from(kept * 100 / all).ok()
    }

    /// How many of a kind.
    #[must_use]
    pub const fn of(&self, check: Check) -> u32 {
        match check {
            Check::Weak => self.weak,
            Check::Reused => self.reused,
            Check::Old => self.old,
            Check::Expired => self.expired,
            Check::Expiring => self.expiring,
            Check::NoSecret => self.no_secret,
            Check::Privileged | Check::HasFile | Check::HasCode => 0,
        }
    }
}
