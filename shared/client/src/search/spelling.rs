//! Chinese as it is typed without its characters: by syllables, by initials, or by both and characters mixed.

use super::fold::letter_bit;
use super::pinyin::{rows, syllable};

/// A character of a field that has Chinese in it. Small, since there are as many as characters.
#[derive(Clone, Copy)]
pub(super) struct Token {
    pub(super) character: char,
    rows: [u16; 2],
    /// First letters of the readings; zero where there is none.
    initials: [u8; 2],
}

impl Token {
    pub(super) fn new(character: char) -> Self {
        let rows = rows(character);
        let initials = rows.map(|row| syllable(row).as_bytes().first().copied().unwrap_or(0));
        Self { character, rows, initials }
    }

    /// Whether a text that begins with this letter may spell it.
    pub(super) fn may_begin(self, first: char) -> bool {
        self.initials.into_iter().any(|initial| initial != 0 && char::from(initial) == first)
            || (self.is_chinese() && self.character == first)
    }

    /// What a text that spells it may begin with, as [`letter_bit`]s.
    pub(super) fn begins(self) -> u64 {
        let initials = self.initials.into_iter().filter(|initial| *initial != 0).map(char::from);
        let own = self.is_chinese().then_some(self.character);
        initials.chain(own).fold(0, |mask, letter| mask | letter_bit(letter))
    }

    /// Whether it has a reading.
    pub(super) fn is_chinese(self) -> bool {
        self.rows != [0, 0]
    }

    /// Its readings, the commonest first.
    pub(super) fn syllables(self) -> impl Iterator<Item = &'static str> {
        self.rows.into_iter().filter(|row| *row != 0).map(syllable)
    }
}

/// How a Chinese text was typed.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) enum Typed {
    /// With an initial alone for some character.
    Initials,
    /// In whole syllables, the last one perhaps unfinished.
    Syllables,
}

/// What a text spells.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(super) struct Spelt {
    pub(super) typed: Typed,
    /// How many characters.
    pub(super) count: usize,
}

/// Whether `typed` spells these characters from the first one on.
pub(super) fn spell(typed: &str, tokens: &[Token]) -> Option<Spelt> {
    let Some(first) = typed.chars().next() else { return Some(Spelt { typed: Typed::Syllables, count: 0 }) };
    let (token, rest) = tokens.split_first()?;
    let go_on = |left: &str, how: Typed| {
        spell(left, rest).map(|spelt| Spelt { typed: spelt.typed.min(how), count: spelt.count + 1 })
    };
    if first == token.character {
        return go_on(typed.get(first.len_utf8()..)?, Typed::Syllables);
    }
    if token.character == ' ' {
        return go_on(typed, Typed::Syllables);
    }
    if !first.is_ascii_lowercase() {
        return None;
    }
    let mut best = None;
    // Each length is tried once: readings that begin alike would otherwise double the work with every character.
    let mut tried = 0_u64;
    let mut is_new = |length: usize| {
        let bit = 1 << (length % 64);
        let new = tried & bit == 0;
        tried |= bit;
        new
    };
    for syllable in token.syllables() {
        if let Some(left) = typed.strip_prefix(syllable) {
            if is_new(syllable.len()) {
                best = best.max(go_on(left, Typed::Syllables));
            }
        } else if typed.len() > 1 && syllable.starts_with(typed) {
            return Some(Spelt { typed: Typed::Syllables, count: 1 });
        }
    }
    for syllable in token.syllables() {
        // Both `zg` and `zhg` are initials of 中国.
        let long = syllable.get(..2).filter(|two| two.ends_with('h'));
        for initial in long.into_iter().chain(syllable.get(..1)) {
            if let Some(left) = typed.strip_prefix(initial)
                && is_new(initial.len())
            {
                best = best.max(go_on(left, Typed::Initials));
            }
        }
    }
    best
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn spelt(typed: &str, text: &str) -> Option<(Typed, usize)> {
        let tokens: Vec<Token> = text.chars().map(Token::new).collect();
        spell(typed, &tokens).map(|spelt| (spelt.typed, spelt.count))
    }

    #[test]
    fn chinese_is_spelt_in_every_way() {
        for (typed, expected) in [
            ("chongqing", Some((Typed::Syllables, 2))),
            ("zhongq", Some((Typed::Initials, 2))),
            ("chongqin", Some((Typed::Syllables, 2))),
            ("cqdbsjk", Some((Typed::Initials, 8))),
            ("chqdbshujuk", Some((Typed::Initials, 8))),
            ("重qing", Some((Typed::Syllables, 2))),
            ("chongqingdb", Some((Typed::Syllables, 5))),
            ("cqsj", None),
            ("qing", None),
        ] {
            assert_eq!(spelt(typed, "重庆 db数据库"), expected, "{typed}");
        }
    }

    #[test]
    fn a_name_made_to_be_slow_is_not() {
        for (letter, character) in [("a", "啊"), ("d", "都"), ("sh", "上"), ("an", "安")] {
            assert_eq!(spelt(&format!("{}x", letter.repeat(30)), &character.repeat(60)), None);
        }
    }
}
