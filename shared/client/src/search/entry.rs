//! One catalog entry as the index keeps it: folded, its fields in order of weight, with its pinyin.

use super::fold::{fold_into, letter_bit, letters};
use super::spelling::Token;
use serde::{Deserialize, Serialize};

/// What an entry can be found by. Everything here is catalog; a secret never enters the index.
#[derive(Clone, Copy, Debug, Default)]
pub struct SearchText<'a> {
    /// The entry's own name: of the account, the resource, the resource group or the vault.
    pub name: &'a str,
    /// An account's user name.
    pub user_name: &'a str,
    /// The name of the resource that an account is on.
    pub resource_name: &'a str,
    /// Tags.
    pub tags: &'a [String],
    /// DNS name or address.
    pub dns_name: &'a str,
    /// URL.
    pub url: &'a str,
    /// Names of vault and resource groups on the way to it.
    pub group_path: &'a str,
    /// Type, department, location, owner, values of custom fields; one per item.
    pub other: &'a [&'a str],
    /// Description and notes.
    pub notes: &'a str,
}

/// The field that a search found an entry by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SearchField {
    /// The entry's own name.
    Name,
    /// The user name.
    UserName,
    /// The resource's name.
    ResourceName,
    /// A tag.
    Tags,
    /// The DNS name.
    DnsName,
    /// The URL.
    Url,
    /// Vault or resource group.
    GroupPath,
    /// Any other short field.
    Other,
    /// Description or notes.
    Notes,
}

impl SearchField {
    /// Every field, heaviest first.
    pub(super) const ALL: [Self; 9] = [
        Self::Name,
        Self::UserName,
        Self::ResourceName,
        Self::Tags,
        Self::DnsName,
        Self::Url,
        Self::GroupPath,
        Self::Other,
        Self::Notes,
    ];

    /// How much a match in this field counts, of 100.
    pub(super) fn weight(self) -> u32 {
        match self {
            Self::Name => 100,
            Self::UserName => 90,
            Self::ResourceName => 85,
            Self::Tags => 75,
            Self::DnsName => 65,
            Self::Url => 60,
            Self::GroupPath => 50,
            Self::Other => 40,
            Self::Notes => 30,
        }
    }
}

/// The characters of one field that has Chinese in it.
pub(super) struct ChineseField {
    pub(super) field: SearchField,
    pub(super) tokens: Box<[Token]>,
    /// What a text may begin with to spell a part of it, as [`letter_bit`]s.
    pub(super) begins: u64,
}

/// What can be told of an entry at a glance.
#[derive(Clone, Copy)]
pub(super) struct Outline {
    /// Letters of everything.
    pub(super) letters: u64,
    /// First letters of all fields.
    pub(super) begins: u64,
    /// Bytes of the folded name.
    pub(super) name_length: u32,
    /// Of the folded user name, as far as they can be counted here.
    pub(super) user_length: u8,
    /// Numbers of the first letters of the [`GAP_FIELDS`], as [`first_letter`] gives them.
    pub(super) first: [u8; GAP_FIELDS.len()],
}

/// An entry in the index.
pub(super) struct Entry<K> {
    pub(super) key: K,
    /// The name as the person wrote it, for highlighting.
    pub(super) name: Box<str>,
    /// All fields, folded, each ended by a line feed, heaviest first.
    pub(super) text: Box<str>,
    /// Where each field ends in `text`, its line feed excluded.
    ends: [u32; SearchField::ALL.len()],
    pub(super) chinese: Box<[ChineseField]>,
    pub(super) outline: Outline,
    /// First letters of the words of each of [`GAP_FIELDS`], and of all other fields.
    word_begins: [u64; GAP_FIELDS.len() + 1],
    /// Letters of all but the notes, with those of the pinyin.
    pub(super) short_letters: u64,
    /// Letters of each of [`GAP_FIELDS`].
    pub(super) gap_letters: [u64; GAP_FIELDS.len()],
    /// Latin words before the notes that are long enough for a typo: start and length.
    words: Box<[(u32, u32)]>,
}

/// Fields short enough to look for letters with gaps between them.
pub(super) const GAP_FIELDS: [SearchField; 3] = [SearchField::Name, SearchField::UserName, SearchField::ResourceName];
/// The shortest word that a term with a typo can mean.
const WORD_LENGTH: usize = 4;

impl<K> Entry<K> {
    pub(super) fn new(key: K, given: &SearchText<'_>) -> Self {
        let mut text = String::new();
        let mut ends = [0; SearchField::ALL.len()];
        let mut chinese = Vec::new();
        let mut pinyin_letters = 0;
        let (mut short_letters, mut first_letters) = (0, 0);
        for (field, end) in SearchField::ALL.into_iter().zip(&mut ends) {
            let start = text.len();
            match field {
                SearchField::Name => fold_into(given.name, &mut text),
                SearchField::UserName => fold_into(given.user_name, &mut text),
                SearchField::ResourceName => fold_into(given.resource_name, &mut text),
                SearchField::Tags => fold_list(given.tags.iter().map(String::as_str), &mut text),
                SearchField::DnsName => fold_into(given.dns_name, &mut text),
                SearchField::Url => fold_into(given.url, &mut text),
                SearchField::GroupPath => fold_into(given.group_path, &mut text),
                SearchField::Other => fold_list(given.other.iter().copied(), &mut text),
                SearchField::Notes => fold_into(given.notes, &mut text),
            }
            let folded = text.get(start..).unwrap_or_default();
            first_letters |= folded.chars().next().map_or(0, letter_bit);
            // Notes are found by what stands in them: their pinyin would match nearly every short term.
            if field != SearchField::Notes {
                short_letters |= letters(folded);
                if let Some(tokens) = tokens(folded) {
                    pinyin_letters |= letters_of_pinyin(&tokens);
                    let begins = tokens.iter().fold(0, |mask, token| mask | token.begins());
                    chinese.push(ChineseField { field, tokens, begins });
                }
            }
            *end = u32::try_from(text.len()).unwrap_or(u32::MAX);
            text.push('\n');
        }
        let mut word_begins = [0; GAP_FIELDS.len() + 1];
        let mut entry = Self {
            key,
            name: given.name.into(),
            outline: Outline {
                letters: letters(&text) | pinyin_letters,
                begins: first_letters,
                name_length: ends.first().copied().unwrap_or_default(),
                user_length: 0,
                first: [0; GAP_FIELDS.len()],
            },
            word_begins,
            text: text.into(),
            ends,
            chinese: chinese.into(),
            short_letters: short_letters | pinyin_letters,
            gap_letters: [0; GAP_FIELDS.len()],
            words: Box::default(),
        };
        entry.gap_letters = GAP_FIELDS.map(|field| letters(entry.field(field)));
        entry.outline.first = GAP_FIELDS.map(|field| first_letter(entry.field(field)));
        entry.outline.user_length = u8::try_from(entry.field(SearchField::UserName).len()).unwrap_or(u8::MAX);
        let (_, rest) = entry.text.split_at_checked(entry.bounds(SearchField::ResourceName).1).unwrap_or_default();
        let parts = GAP_FIELDS.map(|field| entry.field(field)).into_iter().chain([rest]);
        for (begins, part) in word_begins.iter_mut().zip(parts) {
            *begins = first_letters_of_words(part);
        }
        entry.word_begins = word_begins;
        entry.words = words(entry.short_text());
        entry
    }

    /// Where these letters may stand: each field that has them, or what stands behind those, and whether a word in it
    /// begins with `first`.
    pub(super) fn holders(&self, letters: u64, first: u64) -> impl Iterator<Item = (SearchField, bool)> {
        let fields = GAP_FIELDS.into_iter().zip(self.gap_letters).chain([(SearchField::Tags, u64::MAX)]);
        let fields = fields.zip(self.word_begins);
        fields
            .filter(move |((_, held), _)| letters & !held == 0)
            .map(move |((field, _), begins)| (field, begins & first != 0))
    }

    /// The Latin words that a term with a typo can mean, with their places in `text`.
    pub(super) fn words(&self) -> impl Iterator<Item = (usize, &[u8])> {
        self.words.iter().filter_map(|&(start, length)| {
            let start = start as usize;
            Some((start, self.text.as_bytes().get(start..start + length as usize)?))
        })
    }

    /// The folded text of a field.
    pub(super) fn field(&self, field: SearchField) -> &str {
        let (start, end) = self.bounds(field);
        self.text.get(start..end).unwrap_or_default()
    }

    /// The field that a place in `text` belongs to, with the field's bounds.
    pub(super) fn field_at(&self, at: usize) -> (SearchField, usize, usize) {
        let field =
            SearchField::ALL.into_iter().zip(&self.ends).find(|(_, end)| at <= **end as usize).map(|(field, _)| field);
        let field = field.unwrap_or(SearchField::Notes);
        let (start, end) = self.bounds(field);
        (field, start, end)
    }

    /// All folded fields but the notes.
    fn short_text(&self) -> &str {
        let (_, end) = self.bounds(SearchField::Other);
        self.text.get(..end).unwrap_or_default()
    }

    fn bounds(&self, field: SearchField) -> (usize, usize) {
        let at = field as usize;
        let end = self.ends.get(at).copied().unwrap_or(0) as usize;
        let start = at.checked_sub(1).and_then(|before| self.ends.get(before)).map_or(0, |end| *end as usize + 1);
        (start, end)
    }
}

/// Number of the letter that a text begins with, shared by all but Latin letters and digits; none where it is empty.
pub(super) fn first_letter(text: &str) -> u8 {
    text.chars().next().map_or(u8::MAX, |first| u8::try_from(letter_bit(first).trailing_zeros()).unwrap_or(u8::MAX))
}

fn fold_list<'a>(items: impl Iterator<Item = &'a str>, text: &mut String) {
    let start = text.len();
    for item in items.filter(|item| !item.is_empty()) {
        if text.len() > start {
            text.push(' ');
        }
        fold_into(item, text);
    }
}

fn first_letters_of_words(text: &str) -> u64 {
    let (begins, _) = text.chars().fold((0, false), |(begins, inside), letter| {
        let goes_on = letter.is_alphanumeric();
        (if inside { begins } else { begins | letter_bit(letter) }, goes_on)
    });
    begins
}

fn words(text: &str) -> Box<[(u32, u32)]> {
    let mut words = Vec::new();
    let mut start = 0;
    for word in text.as_bytes().split(|byte| !byte.is_ascii_alphanumeric()) {
        if word.len() >= WORD_LENGTH
            && let (Ok(start), Ok(length)) = (u32::try_from(start), u32::try_from(word.len()))
        {
            words.push((start, length));
        }
        start += word.len() + 1;
    }
    words.into()
}

fn tokens(folded: &str) -> Option<Box<[Token]>> {
    if folded.is_ascii() {
        return None;
    }
    let mut any = false;
    let tokens = folded
        .chars()
        .map(|character| {
            let token = Token::new(character);
            any |= token.is_chinese();
            token
        })
        .collect();
    any.then_some(tokens)
}

fn letters_of_pinyin(tokens: &[Token]) -> u64 {
    tokens.iter().fold(0, |mask, token| token.syllables().fold(mask, |mask, syllable| mask | letters(syllable)))
}
