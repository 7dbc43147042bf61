//! How well one word of a query matches one entry. In this order: as it stands, by pinyin, as letters with gaps, and
//! with one wrong, missing, surplus or swapped letter.

use super::entry::{ChineseField, Entry, GAP_FIELDS, Outline, SearchField, first_letter};
use super::fold::{letter_bit, letters};
use super::gaps::{Gapped, Gaps};
use super::spelling::{Spelt, Typed, spell};
use memchr::memmem::Finder;

/// From this many letters on, one of them may be wrong.
const TYPO_LENGTH: usize = 5;
/// From this many letters on, there may be gaps between them.
const GAPS_LENGTH: usize = 3;

const EQUAL: u32 = 1000;
pub(super) const START: u32 = 900;
const WORD: u32 = 800;
const INSIDE: u32 = 600;
const PINYIN_START: u32 = 760;
const PINYIN_INSIDE: u32 = 560;
const INITIALS_START: u32 = 700;
const INITIALS_INSIDE: u32 = 500;
const GAPS: u32 = 400;
const TYPO: u32 = 300;
/// The letters are there, too far apart to be shown. A longer term may still be found, so narrowing keeps the entry.
pub(super) const SCATTERED: u32 = 0;

/// Whether words are taken as they are typed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Spelling {
    Right,
    /// Long ones may have a letter wrong.
    Any,
}

/// A word of a query.
pub(super) struct Term {
    pub(super) text: String,
    letters: u64,
    /// Its first letter, as a [`letter_bit`].
    begins: u64,
    /// The same, by its number.
    first: u8,
    finder: Finder<'static>,
    latin: bool,
}

/// How a term matched.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Match {
    pub(super) score: u32,
    pub(super) field: SearchField,
}

impl Match {
    fn new(tier: u32, field: SearchField) -> Self {
        Self { score: tier * field.weight() / 100, field }
    }
}

impl Term {
    pub(super) fn new(text: &str) -> Self {
        Self {
            letters: letters(text),
            begins: text.chars().next().map_or(0, letter_bit),
            first: first_letter(text),
            finder: Finder::new(text).into_owned(),
            latin: text.bytes().all(|byte| byte.is_ascii_alphanumeric()),
            text: text.to_owned(),
        }
    }

    /// Whether a longer query that goes on from this term can only match what this one matches.
    pub(super) fn narrows_to(&self, longer: &Self) -> bool {
        longer.text.starts_with(&self.text)
            // A longer term gains gaps and typos when it passes their lengths.
            && [GAPS_LENGTH, TYPO_LENGTH].iter().all(|&length| self.text.len() >= length || longer.text.len() < length)
            && (self.latin || !longer.latin)
    }

    /// Whether a letter of it may be wrong.
    pub(super) fn forgives(&self) -> bool {
        self.latin && self.text.len() >= TYPO_LENGTH
    }

    /// The most that a match can be worth in whatever has a name of this length or a longer one.
    pub(super) fn ceiling(&self, name_length: u32) -> u32 {
        // The whole name, or its beginning, or the whole of the next field.
        let whole = SearchField::UserName;
        if name_length as usize <= self.text.len() { EQUAL } else { START.max(Match::new(EQUAL, whole).score) }
    }

    /// The most that a match can be worth by an entry's outline; `None` when there is none.
    pub(super) fn bound(&self, outline: &Outline) -> Option<u32> {
        let missing = self.letters & !outline.letters;
        if missing != 0 {
            return (self.forgives() && missing.count_ones() == 1).then_some(TYPO);
        }
        if self.begins & outline.begins == 0 {
            return Some(WORD);
        }
        let [in_name, in_user, in_resource] = outline.first.map(|first| first == self.first);
        if in_name {
            return Some(self.ceiling(outline.name_length));
        }
        let user_tier = if usize::from(outline.user_length) <= self.text.len() { EQUAL } else { START };
        let user = if in_user { Match::new(user_tier, SearchField::UserName).score } else { 0 };
        let resource = if in_resource { Match::new(EQUAL, SearchField::ResourceName).score } else { 0 };
        // A word of the name is worth more than the whole of any field behind these.
        Some(WORD.max(user).max(resource))
    }

    /// Whether the name begins so, which is worth [`START`] or more.
    pub(super) fn begins_name<K>(&self, entry: &Entry<K>) -> bool {
        entry.text.starts_with(&self.text)
    }

    /// Whether a name may begin so, by an entry's outline.
    pub(super) fn may_begin_name(&self, outline: &Outline) -> bool {
        outline.first.first() == Some(&self.first) && self.letters & !outline.letters == 0
    }

    /// The most that a match in an entry can be worth, by what is in its fields; `None` when there is none.
    pub(super) fn most<K>(&self, entry: &Entry<K>) -> Option<u32> {
        let bound = self.bound(&entry.outline)?;
        if bound == TYPO || bound == EQUAL {
            return Some(bound);
        }
        let begins_field = self.begins & entry.outline.begins != 0;
        let holders = entry.holders(self.letters, self.begins);
        let worth = holders.map(|(field, begins_word)| {
            let tier = match (begins_field, begins_word) {
                // It is not the whole name, but may be the whole of any other field.
                (true, _) if field == SearchField::Name => START,
                (true, _) => EQUAL,
                (false, true) => WORD,
                (false, false) => INSIDE,
            };
            Match::new(tier, field).score
        });
        let first = self.text.chars().next()?;
        let spelt = entry.chinese.iter().filter(|chinese| chinese.begins & self.begins != 0).map(|chinese| {
            let at_start = chinese.tokens.first().is_some_and(|token| token.may_begin(first));
            Match::new(if at_start { PINYIN_START } else { PINYIN_INSIDE }, chinese.field).score
        });
        worth.chain(spelt).max()
    }

    /// The best match in an entry.
    pub(super) fn find<K>(&self, entry: &Entry<K>, spelling: Spelling, gaps: &mut Gaps) -> Option<Match> {
        let missing = self.letters & !entry.outline.letters;
        let forgiving = spelling == Spelling::Any && self.forgives();
        if missing != 0 {
            return (forgiving && missing.count_ones() == 1).then(|| self.find_typo(entry)).flatten();
        }
        let mut best = self.find_text(entry);
        if self.letters & !entry.short_letters == 0 {
            if !entry.chinese.is_empty() && best.is_none_or(|found| found.score < PINYIN_START) {
                best = best.max(self.find_pinyin(entry));
            }
            if best.is_none() {
                best = self.find_gaps(entry, gaps);
            }
        }
        let shown = best.is_some_and(|found| found.score > SCATTERED);
        if !shown && forgiving { best.max(self.find_typo(entry)) } else { best }
    }

    fn find_text<K>(&self, entry: &Entry<K>) -> Option<Match> {
        let mut best: Option<Match> = None;
        // Fields stand in order of weight: a few occurrences are enough to see the best one.
        for at in self.finder.find_iter(entry.text.as_bytes()).take(6) {
            let (field, start, end) = entry.field_at(at);
            let tier = if at == start && at + self.text.len() == end {
                EQUAL
            } else if at == start {
                START
            } else if entry
                .text
                .get(..at)
                .and_then(|before| before.chars().next_back())
                .is_some_and(char::is_alphanumeric)
            {
                INSIDE
            } else {
                WORD
            };
            best = best.max(Some(Match::new(tier, field)));
            if tier >= START {
                break;
            }
        }
        best
    }

    fn find_pinyin<K>(&self, entry: &Entry<K>) -> Option<Match> {
        let first = self.text.chars().next()?;
        let rate = |chinese: &ChineseField| {
            let starts = chinese.tokens.iter().enumerate().filter(|(_, token)| token.may_begin(first));
            let rated = starts.filter_map(|(start, _)| {
                let Spelt { typed, .. } = spell(&self.text, chinese.tokens.get(start..)?)?;
                let tier = match (typed, start) {
                    (Typed::Syllables, 0) => PINYIN_START,
                    (Typed::Syllables, _) => PINYIN_INSIDE,
                    (Typed::Initials, 0) => INITIALS_START,
                    (Typed::Initials, _) => INITIALS_INSIDE,
                };
                Some(Match::new(tier, chinese.field))
            });
            rated.max()
        };
        let begins = letter_bit(first);
        entry.chinese.iter().filter(|chinese| chinese.begins & begins != 0).filter_map(rate).max()
    }

    fn find_gaps<K>(&self, entry: &Entry<K>, gaps: &mut Gaps) -> Option<Match> {
        if !self.latin || self.text.len() < GAPS_LENGTH {
            return None;
        }
        let rate = |(field, letters): (SearchField, u64)| {
            if self.letters & !letters != 0 {
                return None;
            }
            Some(match gaps.find(&self.text, entry.field(field))? {
                Gapped::Near => Match::new(GAPS, field),
                Gapped::Scattered => Match { score: SCATTERED, field },
            })
        };
        GAP_FIELDS.into_iter().zip(entry.gap_letters).filter_map(rate).max()
    }

    fn find_typo<K>(&self, entry: &Entry<K>) -> Option<Match> {
        let typed = self.text.as_bytes();
        // Fields stand in order of weight, and there is one tier: the first word is the best.
        let (at, _) = entry.words().find(|(_, word)| word.len() + 1 >= typed.len() && differs_by_one(typed, word))?;
        let (field, ..) = entry.field_at(at);
        Some(Match::new(TYPO, field))
    }
}

/// Whether `typed` becomes the start of `word` when one letter is changed, put in, left out, or swapped with the next.
fn differs_by_one(typed: &[u8], word: &[u8]) -> bool {
    // Most words differ in their first two letters already.
    if let ([a, b, ..], [c, d, ..]) = (typed, word)
        && a != c
        && a != d
        && b != c
        && b != d
    {
        return false;
    }
    let same = typed.iter().zip(word).take_while(|(a, b)| a == b).count();
    let (Some(typed), Some(word)) = (typed.get(same..), word.get(same..)) else { return false };
    let (Some((&first, typed_rest)), Some((&expected, word_rest))) = (typed.split_first(), word.split_first()) else {
        // Nothing is left of one of them: of the word, when the last letter typed is one too many.
        return typed.len() <= 1;
    };
    let changed = || word_rest.starts_with(typed_rest);
    let surplus = || word.starts_with(typed_rest);
    let missing = || word_rest.starts_with(typed);
    let swapped = || {
        matches!(
            (typed_rest.split_first(), word_rest.split_first()),
            (Some((&second, typed_rest)), Some((&next, word_rest)))
                if second == expected && next == first && word_rest.starts_with(typed_rest)
        )
    };
    changed() || surplus() || missing() || swapped()
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn one_letter_may_be_wrong() {
        let differs = |typed: &str, word: &str| differs_by_one(typed.as_bytes(), word.as_bytes());
        for typed in ["postgers", "postgras", "postges", "posttgres", "ostgres", "pistgresql", "postgresq1"] {
            assert!(differs(typed, "postgresql"), "{typed}");
        }
        for typed in ["postger", "postgr"] {
            assert!(differs(typed, "postgresql"), "{typed}");
        }
        for typed in ["pstgers", "mysql", "psotgers", "postgresqlxy"] {
            assert!(!differs(typed, "postgresql"), "{typed}");
        }
        assert!(differs("oracles", "oracle"));
    }
}
