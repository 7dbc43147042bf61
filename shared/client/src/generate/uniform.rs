//! Unbiased numbers below a bound.

use rand_core::CryptoRng;

/// A number from 0 to `bound - 1`, each equally likely; 0 for the bound 0.
pub(super) fn below(bound: u32, randomness: &mut dyn CryptoRng) -> Option<u32> {
    // Numbers from the last, incomplete round of `bound` are thrown away.
    let rounds = u32::MAX.checked_div(bound).unwrap_or(0);
    // One try fails with less than 1/2: a hundred in a row are no chance.
    (0..100).map(|_| randomness.next_u32()).find(|random| *random < rounds * bound).map(|random| random % bound)
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::super::password::tests::Counting;
    use super::*;

    #[test]
    fn every_number_below_the_bound_is_equally_likely() {
        let mut seen = [0_u32; 7];
        let mut randomness = Counting::default();
        for _ in 0..70_000 {
            seen[below(7, &mut randomness).unwrap() as usize] += 1;
        }
        assert!(seen.iter().all(|&count| (9_600..10_400).contains(&count)), "{seen:?}");
    }

    #[test]
    fn no_bound_and_no_randomness_give_nothing() {
        assert_eq!(below(0, &mut Counting::default()), None);
        assert_eq!(below(7, &mut Counting::stuck()), None);
    }
}
