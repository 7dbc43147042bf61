//! How hard a password is to guess, from 0 to 4: what stands in the facts of a secret, and what a password to sign in
//! with must have.

use crate::fault::Fault;
use sealward_client::model::{Score, SecretType};

/// The least that opens a team.
const LEAST: u8 = 3;
/// Powers of ten of guesses at which the score rises.
const STEPS: [f64; 4] = [3.0, 6.0, 8.0, 10.0];
/// Characters that are looked at: the estimate's time grows with the square of the length.
const LONGEST: usize = 100;

fn estimate(password: &str, known: &[&str]) -> u8 {
    let shown = zeroize::Zeroizing::new(password.chars().take(LONGEST).collect::<String>());
    let guesses = zxcvbn::zxcvbn(&shown, known).guesses_log10();
    u8::try_from(STEPS.iter().filter(|step| guesses >= **step).count()).unwrap_or(u8::MAX)
}

/// The score of a secret; none for what nobody guesses.
#[must_use]
pub fn score(secret_type: SecretType, secret: &str) -> Option<Score> {
    if secret.is_empty() || secret_type != SecretType::Password {
        return None;
    }
    Score::new(estimate(secret, &[]))
}

/// Whether a password is strong enough to sign in with, for somebody of whom this is known.
///
/// # Errors
/// [`Fault::Weak`].
pub fn check(password: &str, known: &[&str]) -> Result<(), Fault> {
    if estimate(password, known) < LEAST { Err(Fault::Weak) } else { Ok(()) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn common_passwords_open_no_team() {
        assert!(matches!(check("password1", &[]), Err(Fault::Weak)));
        assert!(matches!(check("sealward-team", &["sealward-team"]), Err(Fault::Weak)));
        assert!(check("copper lantern walks north", &[]).is_ok());
        assert_eq!(score(SecretType::Token, "password1"), None);
        assert_eq!(score(SecretType::Password, "password").map(Score::value), Some(0));
    }
}
