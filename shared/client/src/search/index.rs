//! The index: every entry of the unlocked catalog, replaced one at a time as records change.
//! A query that goes on from the last one looks only at what the last one found.

use super::entry::{Entry, SearchField, SearchText};
use super::fold::fold;
use super::gaps::Gaps;
use super::highlight::highlight;
use super::term::{SCATTERED, Term};
use core::cmp::Ordering;
use core::hash::Hash;
use core::ops::Range;
use std::collections::HashMap;

/// Words of a query that count; the rest is ignored.
const TERMS: usize = 8;
/// Letters of a word that count.
const TERM_LENGTH: usize = 64;

/// An entry that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Hit<K> {
    /// Which one.
    pub key: K,
    /// How well it matches; only to be compared with hits of the same query.
    pub score: u32,
    /// The field by which the first word of the query was found.
    pub field: SearchField,
    /// Byte ranges of the name to highlight.
    pub name_ranges: Vec<Range<usize>>,
}

/// What a query found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Found<K> {
    /// The best ones, best first.
    pub hits: Vec<Hit<K>>,
    /// How many there are in all.
    pub total: usize,
}

/// The last query with what it found.
struct Last {
    terms: Vec<Term>,
    slots: Vec<u32>,
}

/// All entries by key.
pub struct SearchIndex<K> {
    entries: Vec<Option<Entry<K>>>,
    slots: HashMap<K, u32>,
    free: Vec<u32>,
    last: Option<Last>,
    gaps: Gaps,
}

impl<K: Copy + Eq + Hash> Default for SearchIndex<K> {
    fn default() -> Self {
        Self::new()
    }
}

impl<K: Copy + Eq + Hash> SearchIndex<K> {
    /// An empty index.
    pub fn new() -> Self {
        Self { entries: Vec::new(), slots: HashMap::new(), free: Vec::new(), last: None, gaps: Gaps::default() }
    }

    /// Entries in it.
    pub fn len(&self) -> usize {
        self.slots.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.slots.is_empty()
    }

    /// Puts an entry in, in place of the one with the same key.
    pub fn insert(&mut self, key: K, text: &SearchText<'_>) {
        self.last = None;
        let entry = Some(Entry::new(key, text));
        let known = self.slots.get(&key).copied().or_else(|| self.free.pop());
        if let Some((slot, place)) = known.and_then(|slot| Some((slot, self.entries.get_mut(slot as usize)?))) {
            *place = entry;
            self.slots.insert(key, slot);
        } else if let Ok(slot) = u32::try_from(self.entries.len()) {
            self.entries.push(entry);
            self.slots.insert(key, slot);
        }
    }

    /// Takes an entry out.
    pub fn remove(&mut self, key: &K) {
        self.last = None;
        if let Some(slot) = self.slots.remove(key) {
            if let Some(place) = self.entries.get_mut(slot as usize) {
                *place = None;
            }
            self.free.push(slot);
        }
    }

    /// Takes all entries out.
    pub fn clear(&mut self) {
        *self = Self::new();
    }

    /// The best entries for a query; none for an empty one. Every word must be found, each in any field.
    pub fn search(&mut self, query: &str, limit: usize) -> Found<K> {
        self.search_among(query, limit, |_| true)
    }

    /// The same among the entries that `wanted` lets through, for example those of one vault.
    pub fn search_among(&mut self, query: &str, limit: usize, wanted: impl Fn(&K) -> bool) -> Found<K> {
        let terms = terms(query);
        if terms.is_empty() {
            self.last = None;
            return Found { hits: Vec::new(), total: 0 };
        }
        let (entries, gaps) = (&self.entries, &mut self.gaps);
        let mut slots = Vec::new();
        let mut found = Vec::new();
        let mut look = |slot: u32, entry: &Entry<K>| {
            let Some((score, field)) = rate(entry, &terms, gaps) else { return };
            slots.push(slot);
            if score > SCATTERED && wanted(&entry.key) {
                found.push((score, field, slot));
            }
        };
        match self.last.take().filter(|last| narrows(&last.terms, &terms)) {
            Some(last) => {
                for slot in last.slots {
                    if let Some(Some(entry)) = entries.get(slot as usize) {
                        look(slot, entry);
                    }
                }
            }
            None => {
                for (slot, entry) in (0..).zip(entries) {
                    if let Some(entry) = entry {
                        look(slot, entry);
                    }
                }
            }
        }
        let total = found.len();
        let order = |a: &(u32, SearchField, u32), b: &(u32, SearchField, u32)| {
            b.0.cmp(&a.0).then_with(|| names(entries, a.2, b.2)).then(a.2.cmp(&b.2))
        };
        // Only the best are sorted: a short query finds nearly everything.
        if limit > 0 && limit < found.len() {
            found.select_nth_unstable_by(limit - 1, order);
        }
        found.truncate(limit);
        found.sort_unstable_by(order);
        let hits = found
            .into_iter()
            .filter_map(|(score, field, slot)| {
                let entry = entries.get(slot as usize)?.as_ref()?;
                let name_ranges = highlight(&entry.name, terms.iter().map(|term| term.text.as_str()), gaps);
                Some(Hit { key: entry.key, score, field, name_ranges })
            })
            .collect();
        self.last = Some(Last { terms, slots });
        Found { hits, total }
    }
}

fn terms(query: &str) -> Vec<Term> {
    let folded = fold(query);
    folded.split(' ').filter(|term| !term.is_empty()).take(TERMS).map(|term| Term::new(shorten(term))).collect()
}

fn shorten(term: &str) -> &str {
    term.char_indices().nth(TERM_LENGTH).and_then(|(at, _)| term.get(..at)).unwrap_or(term)
}

/// Whether everything that `terms` find was found by `last`.
fn narrows(last: &[Term], terms: &[Term]) -> bool {
    last.len() <= terms.len() && last.iter().zip(terms).all(|(before, now)| before.narrows_to(now))
}

fn rate<K>(entry: &Entry<K>, terms: &[Term], gaps: &mut Gaps) -> Option<(u32, SearchField)> {
    let mut score = 0;
    let mut scattered = false;
    let mut field = None;
    for term in terms {
        let found = term.find(entry, gaps)?;
        scattered |= found.score == SCATTERED;
        score += found.score;
        field = field.or(Some(found.field));
    }
    field.map(|field| (if scattered { SCATTERED } else { score }, field))
}

/// Among equals the shorter name, which the query covers more of, then by the alphabet.
fn names<K>(entries: &[Option<Entry<K>>], a: u32, b: u32) -> Ordering {
    let name = |slot: u32| entries.get(slot as usize).and_then(Option::as_ref).map(|entry| &*entry.name);
    let (a, b) = (name(a).unwrap_or_default(), name(b).unwrap_or_default());
    a.len().cmp(&b.len()).then_with(|| a.cmp(b))
}
