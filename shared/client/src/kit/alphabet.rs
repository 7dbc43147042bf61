//! Crockford's base32 letters, and the check letter of a group: a sum over GF(32) that every single wrong letter and
//! every swap of two letters changes.

use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

const LETTERS: &[u8; 32] = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/// The letter of a value from 0 to 31.
pub(super) fn letter(value: u8) -> char {
    LETTERS.get(usize::from(value & 31)).map_or('0', |&letter| char::from(letter))
}

/// The value of a letter, of either case; letters that look alike are one.
pub(super) fn value(letter: char) -> Option<u8> {
    let letter = match letter.to_ascii_uppercase() {
        'I' | 'L' => '1',
        'O' => '0',
        'U' => 'V',
        other => other,
    };
    LETTERS.iter().position(|&known| char::from(known) == letter).and_then(|at| u8::try_from(at).ok())
}

/// Full-width and other compatible forms of letters, as phones and Chinese keyboards write them, made plain.
pub(super) fn plain(text: &str) -> Zeroizing<String> {
    let mut plain = Zeroizing::new(String::with_capacity(text.len() * 4));
    plain.extend(text.nfkc());
    plain
}

/// The check value of group `number` (from 1): its values weighted with powers of a generator, plus the number, so
/// that a group in another's place is noticed.
pub(super) fn check(number: u8, values: &[u8]) -> u8 {
    // Horner's scheme: the last value gets weight α, the one before α², and the check itself would have weight 1.
    values.iter().fold(0, |sum, &value| times_alpha(sum ^ (value & 31))) ^ (number & 31)
}

fn times_alpha(value: u8) -> u8 {
    // GF(32) by x⁵ + x² + 1.
    let doubled = value << 1;
    if doubled & 32 == 0 { doubled } else { (doubled ^ 0b10_0101) & 31 }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn letters_and_values_are_inverse() {
        for number in 0..32 {
            assert_eq!(value(letter(number)), Some(number));
            assert_eq!(value(letter(number).to_ascii_lowercase()), Some(number));
        }
        assert_eq!(value('o'), value('0'));
        assert_eq!(value('l'), value('1'));
        assert_eq!(value('u'), value('v'));
        assert_eq!(value('-'), None);
        assert_eq!(plain("ＡＢ１").as_str(), "AB1");
    }

    #[test]
    fn every_wrong_letter_and_every_swap_changes_the_check() {
        let group = [3, 17, 0, 31, 8];
        let good = check(4, &group);
        assert_ne!(good, check(5, &group));
        for at in 0..5 {
            for wrong in (0..32).filter(|&wrong| wrong != group[at]) {
                let mut typo = group;
                typo[at] = wrong;
                assert_ne!(check(4, &typo), good);
            }
            for other in at + 1..5 {
                let mut swapped = group;
                swapped.swap(at, other);
                assert_ne!(check(4, &swapped), good);
            }
        }
    }
}
