//! Folding: compatibility forms (full-width letters, ligatures), case and accents do not count.

use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

/// The folded letters of one letter. Folding letter by letter keeps the way back to the original for highlighting.
pub(super) fn fold_char(letter: char) -> impl Iterator<Item = char> {
    // Most letters are ASCII, which has nothing to take apart.
    let (plain, other) =
        if letter.is_ascii() { (Some(letter.to_ascii_lowercase()), None) } else { (None, Some(letter)) };
    plain.into_iter().chain(other.into_iter().nfkd().filter(|c| !is_combining_mark(*c)).flat_map(char::to_lowercase))
}

/// Appends a folded text, with runs of white space as one blank.
pub(super) fn fold_into(text: &str, folded: &mut String) {
    let start = folded.len();
    for letter in text.chars() {
        if letter.is_ascii() && !letter.is_ascii_whitespace() && !letter.is_ascii_control() {
            folded.push(letter.to_ascii_lowercase());
        } else if letter.is_whitespace() || letter.is_control() {
            if folded.len() > start && !folded.ends_with(' ') {
                folded.push(' ');
            }
        } else {
            folded.extend(fold_char(letter));
        }
    }
    if folded.len() > start && folded.ends_with(' ') {
        folded.pop();
    }
}

/// A folded text.
pub(crate) fn fold(text: &str) -> String {
    let mut folded = String::with_capacity(text.len());
    fold_into(text, &mut folded);
    folded
}

/// Which letters a text has, as a set of bits: exact for Latin letters and digits, shared for all others.
pub(super) fn letters(text: &str) -> u64 {
    text.chars().fold(0, |mask, letter| mask | letter_bit(letter))
}

pub(super) fn letter_bit(letter: char) -> u64 {
    match letter {
        'a'..='z' => 1 << (u32::from(letter) - u32::from('a')),
        '0'..='9' => 1 << (26 + u32::from(letter) - u32::from('0')),
        ' ' | '\n' => 0,
        // 28 bits for everything else; neighbouring code points fall on different ones.
        other => 1 << (36 + u32::from(other) % 28),
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn width_case_and_accents_do_not_count() {
        assert_eq!(fold("  Ｗｅｂ－０１\t Ärger ﬁn  "), "web-01 arger fin");
        assert_eq!(fold("服务器 ＤＢ"), "服务器 db");
    }

    #[test]
    fn a_part_has_no_letter_that_the_whole_has_not() {
        let whole = letters("数据库 web-01");
        for part in ["数据", "b-0", "库 w"] {
            assert_eq!(letters(part) & !whole, 0, "{part}");
        }
        assert_ne!(letters("x") & !whole, 0);
    }
}
