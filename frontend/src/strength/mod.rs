//! How hard a password is to guess, in an honest number. `estimate` is linked into its own program only
//! (`bin/strength.rs`), for its word lists are as large as the rest of the app; the worker reaches it through `load`.

pub mod load;

/// The decimal logarithm of the guesses that `password` would take from someone who knows `inputs`.
#[must_use]
pub fn estimate(password: &str, inputs: &[String]) -> f64 {
    // zxcvbn's time grows with the square of the length; what is longer than this is beyond guessing anyway.
    let shown: String = password.chars().take(LONGEST).collect();
    let inputs: Vec<&str> = inputs.iter().map(String::as_str).collect();
    zxcvbn::zxcvbn(&shown, &inputs).guesses_log10()
}

/// Characters that are looked at.
const LONGEST: usize = 100;

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::estimate;

    #[test]
    fn tells_common_from_random() {
        assert!(estimate("password", &[]) < 3.0);
        assert!(estimate("vX9$kQ2!mZ7&wR4", &[]) > 12.0);
    }

    #[test]
    fn counts_what_an_attacker_knows() {
        let named = estimate("sealwardteam", &["sealwardteam".to_owned()]);
        assert!(named < estimate("sealwardteam", &[]));
    }
}
