//! The order of lists as a key of bytes, made once per name: numbers by their value (host2 before host10), case,
//! accents and width only between equals, Chinese by pinyin where the language is Chinese.

use super::fold::fold_char;
use super::pinyin::reading;
use serde::{Deserialize, Serialize};

/// The language that a list is ordered for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Collation {
    /// Latin first, Chinese after it by character.
    #[default]
    English,
    /// Chinese first and by pinyin, as every Chinese list is, Latin after it.
    Chinese,
}

/// A key whose byte order is the order of the names.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SortKey(Box<[u8]>);

impl SortKey {
    /// How many bytes [`SortKey::beginning`] holds.
    const BEGINNING: usize = size_of::<u128>();

    /// Its first bytes as a number: of two keys with different beginnings the smaller one has the smaller beginning, so
    /// that a sort seldom has to look further.
    pub(crate) fn beginning(&self) -> u128 {
        let mut bytes = [0; Self::BEGINNING];
        bytes.iter_mut().zip(&self.0).for_each(|(place, byte)| *place = *byte);
        u128::from_be_bytes(bytes)
    }
}

// Classes of characters. Each element of a key begins with one, so the end (0) comes before everything.
const SIGN: u8 = 0x10;
const NUMBER: u8 = 0x20;
const CHINESE_FIRST: u8 = 0x30;
const LETTER: u8 = 0x40;
const CHINESE_LAST: u8 = 0x50;

/// The key of a name.
pub fn sort_key(name: &str, collation: Collation) -> SortKey {
    let mut key = Vec::with_capacity(name.len() * 4);
    let mut folded = name.trim().chars().flat_map(fold_char).peekable();
    while let Some(letter) = folded.next() {
        if let Some(digit) = ascii_digit(letter) {
            let mut digits = vec![digit];
            while let Some(digit) = folded.peek().copied().and_then(ascii_digit) {
                digits.push(digit);
                folded.next();
            }
            push_number(&digits, &mut key);
        } else {
            push_letter(letter, collation, &mut key);
        }
    }
    key.push(0);
    key.extend_from_slice(name.as_bytes());
    SortKey(key.into())
}

fn ascii_digit(letter: char) -> Option<u8> {
    letter.is_ascii_digit().then(|| u8::try_from(letter).ok()).flatten()
}

/// Length first, then the digits: more digits are a larger number.
fn push_number(digits: &[u8], key: &mut Vec<u8>) {
    let zeros = digits.iter().take_while(|digit| **digit == b'0').count();
    let digits = digits.get(zeros..).unwrap_or_default();
    key.push(NUMBER);
    key.push(u8::try_from(digits.len()).unwrap_or(u8::MAX));
    key.extend_from_slice(digits);
    // Ends a number of 255 digits and more, of which the length is no longer told.
    key.push(0);
}

fn push_letter(letter: char, collation: Collation, key: &mut Vec<u8>) {
    match collation {
        _ if !letter.is_alphanumeric() => key.push(SIGN),
        Collation::Chinese if is_chinese(letter) => {
            key.push(CHINESE_FIRST);
            // Characters without a reading here are rare ones: after all others.
            let (syllable, tone) = reading(letter).unwrap_or(("~", 0));
            key.extend_from_slice(syllable.as_bytes());
            key.extend([0, tone]);
        }
        Collation::English if is_chinese(letter) => key.push(CHINESE_LAST),
        _ => key.push(LETTER),
    }
    // The order of UTF-8 is that of the code points.
    key.extend_from_slice(letter.encode_utf8(&mut [0; 4]).as_bytes());
}

fn is_chinese(letter: char) -> bool {
    matches!(letter, '\u{3400}'..='\u{9fff}' | '\u{20000}'..='\u{3ffff}')
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn sorted(collation: Collation, names: &str) -> String {
        let mut names: Vec<&str> = names.split_whitespace().collect();
        names.sort_by_key(|name| sort_key(name, collation));
        names.join(" ")
    }

    #[test]
    fn numbers_count_as_numbers() {
        let expected = "host host1 host2 host002b host10 host10a host100";
        assert_eq!(sorted(Collation::English, "host100 host10a host002b host host10 host1 host2"), expected);
        assert_eq!(sorted(Collation::Chinese, "服务器10 服务器9 服务器1"), "服务器1 服务器9 服务器10");
    }

    #[test]
    fn case_and_accents_count_between_equals_only() {
        assert_eq!(sorted(Collation::English, "b Zoe apfel Äpfel Apfel Zoé a"), "a Apfel apfel Äpfel b Zoe Zoé");
        assert_eq!(sorted(Collation::English, "web １０ 9 _x db-1 db1"), "_x 9 １０ db-1 db1 web");
    }

    #[test]
    fn beginnings_are_in_the_order_of_the_keys() {
        for pair in [["a", "b"], ["host9", "host10"], ["Zürich", "数据库"], ["", "a"], ["a\u{10348}", "a\u{20000}"]]
        {
            let [first, second] = pair.map(|name| sort_key(name, Collation::English));
            assert!(first < second && first.beginning() < second.beginning(), "{pair:?}");
        }
    }

    #[test]
    fn chinese_is_ordered_by_pinyin_and_tone() {
        assert_eq!(
            sorted(Collation::Chinese, "web 数据库 张伟 安全 马 妈 吗 骂 麻 4"),
            "4 安全 妈 麻 马 骂 吗 数据库 张伟 web"
        );
        assert_eq!(sorted(Collation::English, "web 数据库 安全 4"), "4 web 安全 数据库");
    }
}
