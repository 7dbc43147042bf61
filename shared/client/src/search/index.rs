//! The index: every entry of the unlocked catalog, replaced one at a time as records change.
//! A query that goes on from the last one looks only at what the last one found, and one that finds more than is wanted
//! stops as soon as nothing better can come.

use super::entry::{Entry, SearchField, SearchText};
use super::fold::fold;
use super::gaps::Gaps;
use super::highlight::highlight;
use super::term::{SCATTERED, Term, best_inside};
use core::cmp::Reverse;
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

/// The last query with everything that it found.
struct Last {
    terms: Vec<Term>,
    slots: Vec<u32>,
}

/// All entries by key.
pub struct SearchIndex<K> {
    entries: Vec<Option<Entry<K>>>,
    slots: HashMap<K, u32>,
    free: Vec<u32>,
    /// All slots in use, those first that come first among equals: the shorter name, which the query covers more of, then
    /// the alphabet.
    ranked: Vec<u32>,
    /// Whether entries came or went since they were ranked.
    unranked: bool,
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
        Self {
            entries: Vec::new(),
            slots: HashMap::new(),
            free: Vec::new(),
            ranked: Vec::new(),
            unranked: false,
            last: None,
            gaps: Gaps::default(),
        }
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
        self.forget();
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
        self.forget();
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

    fn forget(&mut self) {
        self.last = None;
        self.unranked = true;
    }

    /// Ranks what came since: the next query does it otherwise.
    pub fn rank(&mut self) {
        if !std::mem::take(&mut self.unranked) {
            return;
        }
        let entries = &self.entries;
        let ranked = (0..).zip(entries).filter_map(|(slot, entry)| {
            let entry = entry.as_ref()?;
            Some((entry.field(SearchField::Name).len(), &*entry.name, slot))
        });
        let mut ranked: Vec<(usize, &str, u32)> = ranked.collect();
        ranked.sort_unstable();
        self.ranked = ranked.into_iter().map(|(_, _, slot)| slot).collect();
    }

    /// The best entries for a query, best first; none for an empty one. Every word must be found, each in any field.
    pub fn search(&mut self, query: &str, limit: usize) -> Vec<Hit<K>> {
        let terms = terms(query);
        if terms.is_empty() || limit == 0 {
            self.last = None;
            return Vec::new();
        }
        self.rank();
        let last = self.last.take().filter(|last| narrows(&last.terms, &terms));
        let (entries, gaps) = (&self.entries, &mut self.gaps);
        let candidates = last.as_ref().map_or(&self.ranked, |last| &last.slots);
        let longest = terms.iter().map(|term| term.text.len()).max().unwrap_or(0);
        let best = best_inside() * u32::try_from(terms.len()).unwrap_or(u32::MAX);
        let (mut slots, mut found, mut as_good) = (Vec::new(), Vec::new(), 0);
        let mut is_whole = true;
        for slot in candidates {
            let Some(Some(entry)) = entries.get(*slot as usize) else { continue };
            let Some((score, field)) = rate(entry, &terms, gaps) else { continue };
            let rank = slots.len();
            slots.push(*slot);
            if score > SCATTERED {
                found.push((Reverse(score), rank, field));
            }
            // What follows has longer names than any word of the query: none is the whole name, and of those as good as
            // they can be the first ones are here.
            as_good += usize::from(score >= best);
            if as_good >= limit && entry.field(SearchField::Name).len() > longest {
                is_whole = false;
                break;
            }
        }
        // Only the best are sorted: a short query finds nearly everything.
        if limit < found.len() {
            found.select_nth_unstable(limit - 1);
            found.truncate(limit);
        }
        found.sort_unstable();
        let hits = found.into_iter().filter_map(|(Reverse(score), rank, field)| {
            let entry = entries.get(*slots.get(rank)? as usize)?.as_ref()?;
            let name_ranges = highlight(&entry.name, terms.iter().map(|term| term.text.as_str()), gaps);
            Some(Hit { key: entry.key, score, field, name_ranges })
        });
        let hits = hits.collect();
        self.last = is_whole.then_some(Last { terms, slots });
        hits
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
