//! The index: every entry of the unlocked catalog, replaced one at a time as records change.
//! A query that goes on from the last one looks only at what the last one left, and what cannot be among the best of a
//! query that finds more than is wanted is passed over.

use super::entry::{Entry, Outline, SearchField, SearchText};
use super::fold::fold;
use super::gaps::Gaps;
use super::highlight::highlight;
use super::term::{SCATTERED, START, Spelling, Term};
use core::cmp::Reverse;
use core::hash::Hash;
use core::ops::Range;
use foldhash::{HashMap, HashMapExt};
use std::collections::BinaryHeap;

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

/// The last query with everything that it may find, by ranks.
struct Last {
    terms: Vec<Term>,
    kept: Vec<u32>,
    /// From here on nothing was looked at.
    rest: u32,
}

/// An entry's place, and what tells whether it is worth going there.
struct Ranked {
    slot: u32,
    outline: Outline,
}

/// All entries by key.
pub struct SearchIndex<K> {
    entries: Vec<Option<Entry<K>>>,
    slots: HashMap<K, u32>,
    free: Vec<u32>,
    /// All entries, those first that come first among equals: the shorter name, which the query covers more of, then the
    /// alphabet.
    ranked: Vec<Ranked>,
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
        let entries = (0..).zip(&self.entries).filter_map(|(slot, entry)| Some((slot, entry.as_ref()?)));
        let mut ranked: Vec<(u32, &Entry<K>)> = entries.collect();
        ranked.sort_unstable_by_key(|(slot, entry)| (entry.outline.name_length, &*entry.name, *slot));
        self.ranked = ranked.into_iter().map(|(slot, entry)| Ranked { slot, outline: entry.outline }).collect();
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
        let (entries, ranked, gaps) = (&self.entries, &self.ranked, &mut self.gaps);
        let entry_of = |rank: u32| {
            let slot = ranked.get(rank as usize)?.slot;
            entries.get(slot as usize)?.as_ref()
        };
        let forgives = terms.iter().any(Term::forgives);
        let begun = |term: &Term| {
            let outlined = ranked.iter().filter(|ranked| term.may_begin_name(&ranked.outline));
            let entries = outlined.filter_map(|ranked| entries.get(ranked.slot as usize)?.as_ref());
            entries.filter(|entry| term.begins_name(entry)).take(limit).count()
        };
        // Where enough names begin with the one word, whatever is worth less need not be looked at.
        let at_least = match &*terms {
            [term] if begun(term) == limit => START,
            _ => 0,
        };
        let mut best = Best::new(limit, at_least);
        let (before, mut rest) = last.map_or((Vec::new(), 0), |last| (last.kept, last.rest));
        let (mut kept, mut misspelt) = (Vec::new(), Vec::new());
        let mut before = before.into_iter();
        let all = u32::try_from(ranked.len()).unwrap_or(u32::MAX);
        loop {
            // First what the last query left, then what it did not look at.
            let rank = match before.next() {
                Some(rank) => rank,
                None if rest < all => {
                    rest += 1;
                    rest - 1
                }
                None => break,
            };
            let Some(Ranked { outline, .. }) = ranked.get(rank as usize) else { break };
            let Some(bound) = sum(&terms, |term| term.bound(outline)) else { continue };
            if bound <= best.floor() {
                kept.push(rank);
                // Names only get longer from here: once not even the beginning of one is enough, nothing is.
                if sum(&terms, |term| Some(term.ceiling(outline.name_length))).is_some_and(|most| most <= best.floor())
                {
                    break;
                }
                continue;
            }
            let Some(entry) = entry_of(rank) else { continue };
            let Some(most) = sum(&terms, |term| term.most(entry)) else { continue };
            if most <= best.floor() {
                kept.push(rank);
                continue;
            }
            match rate(entry, &terms, Spelling::Right, gaps) {
                Some((score, field)) if score > SCATTERED => {
                    kept.push(rank);
                    best.push(score, rank, field);
                }
                _ if forgives => misspelt.push(rank),
                Some(_) => kept.push(rank),
                None => {}
            }
        }
        // Nobody means a wrong letter who finds enough as it is typed.
        let is_enough = best.is_full();
        for rank in misspelt {
            let Some(entry) = entry_of(rank) else { continue };
            if is_enough {
                kept.push(rank);
            } else if let Some((score, field)) = rate(entry, &terms, Spelling::Any, gaps) {
                kept.push(rank);
                if score > SCATTERED {
                    best.push(score, rank, field);
                }
            }
        }
        let hits = best.take().into_iter().filter_map(|(Reverse(score), rank, field)| {
            let entry = entry_of(rank)?;
            let name_ranges = highlight(&entry.name, terms.iter().map(|term| term.text.as_str()), gaps);
            Some(Hit { key: entry.key, score, field, name_ranges })
        });
        let hits = hits.collect();
        kept.extend(before);
        kept.sort_unstable();
        self.last = Some(Last { terms, kept, rest });
        hits
    }
}

/// What was found: score, rank among equals, field.
type Rated = (Reverse<u32>, u32, SearchField);

/// The best so far.
struct Best {
    limit: usize,
    /// As many as are wanted are known to be worth this or more.
    at_least: u32,
    rated: Vec<Rated>,
    /// The best scores, the worst of them on top.
    scores: BinaryHeap<Reverse<u32>>,
}

impl Best {
    fn new(limit: usize, at_least: u32) -> Self {
        Self { limit, at_least, rated: Vec::new(), scores: BinaryHeap::new() }
    }

    fn is_full(&self) -> bool {
        self.scores.len() >= self.limit
    }

    /// The score that whoever comes later has to exceed.
    fn floor(&self) -> u32 {
        let worst = self.scores.peek().filter(|_| self.is_full()).map_or(0, |Reverse(score)| *score);
        worst.max(self.at_least.saturating_sub(1))
    }

    fn push(&mut self, score: u32, rank: u32, field: SearchField) {
        self.rated.push((Reverse(score), rank, field));
        self.scores.push(Reverse(score));
        if self.scores.len() > self.limit {
            self.scores.pop();
        }
    }

    /// The best, best first. Only they are sorted.
    fn take(mut self) -> Vec<Rated> {
        if self.limit < self.rated.len() {
            self.rated.select_nth_unstable(self.limit.saturating_sub(1));
            self.rated.truncate(self.limit);
        }
        self.rated.sort_unstable();
        self.rated
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

/// What all words are worth together; `None` when one of them cannot match.
fn sum(terms: &[Term], worth: impl Fn(&Term) -> Option<u32>) -> Option<u32> {
    terms.iter().try_fold(0, |sum, term| Some(sum + worth(term)?))
}

fn rate<K>(entry: &Entry<K>, terms: &[Term], spelling: Spelling, gaps: &mut Gaps) -> Option<(u32, SearchField)> {
    let mut score = 0;
    let mut scattered = false;
    let mut field = None;
    for term in terms {
        let found = term.find(entry, spelling, gaps)?;
        scattered |= found.score == SCATTERED;
        score += found.score;
        field = field.or(Some(found.field));
    }
    field.map(|field| (if scattered { SCATTERED } else { score }, field))
}
