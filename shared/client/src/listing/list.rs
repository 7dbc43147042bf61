//! The list itself: entries in slots, orders that stay until something changes, and the newest filtered lists, so that
//! a keystroke looks only at what the one before it left.

use super::check::{Check, Checks, Known};
use super::filters::{Compiled, Facets, Filters};
use super::order::{Column, Sort, SortValue};
use crate::{model::Day, search::SortKey};
use foldhash::{HashMap, HashMapExt};
use memchr::memmem::Finder;
use sealward_contract::ids::{ObjectId, VaultId};
use std::rc::Rc;

/// A resource in its vault.
pub type Place = (VaultId, ObjectId);

/// Lists kept that differ in what is selected, filtered or sorted.
const KEPT: usize = 8;
/// With more changes at once the orders are made anew rather than mended.
const MENDED: usize = 64;

/// What is known of a resource at once.
pub struct Entry {
    /// Its place in the order of names.
    pub by_name: SortKey,
    /// The newest change of it or of an account on it, in milliseconds since 1970.
    pub changed: u64,
    /// The worst strength among its secrets.
    pub strength: Option<u8>,
    /// How many accounts it has.
    pub accounts: u32,
}

/// What filters look at, made when there is time or when it is needed.
#[derive(Default)]
pub struct Detail {
    /// Every short field, in small letters, the name first, each with a line end.
    pub text: String,
    /// Its type, by [`Listing::word`].
    pub resource_type: u32,
    /// Its tags and those of its accounts, by [`Listing::word`].
    pub tags: Vec<u32>,
    /// Its accounts.
    pub known: Box<[Known]>,
}

struct Slot {
    place: Place,
    entry: Entry,
    detail: Option<Detail>,
    pairs: Pairs,
}

/// Which pairs of bytes stand in a text, roughly: what lacks one of a word's pairs need not be searched for the word.
#[derive(Default)]
struct Pairs([u64; 8]);

impl Pairs {
    fn of(text: &str) -> Self {
        let mut pairs = Self::default();
        for (first, second) in text.bytes().zip(text.bytes().skip(1)) {
            let hash = u16::from(first).wrapping_mul(31) ^ u16::from(second).wrapping_mul(167);
            if let Some(part) = pairs.0.get_mut(usize::from(hash >> 6 & 7)) {
                *part |= 1 << (hash & 63);
            }
        }
        pairs
    }

    fn has(&self, others: &Self) -> bool {
        self.0.iter().zip(&others.0).all(|(all, some)| all & some == *some)
    }
}

/// What a list shows. `S` says what is selected: where it is the same, the list is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Query<S> {
    /// What is selected.
    pub selected: S,
    /// What is let through.
    pub filters: Filters,
    /// In which order.
    pub sort: Sort,
    /// Words in small letters that must all be there.
    pub words: Vec<String>,
    /// The day on which it is asked.
    pub today: Day,
}

struct Kept<S> {
    of: Query<S>,
    list: Rc<[u32]>,
}

/// The list.
pub struct Listing<S> {
    slots: Vec<Option<Slot>>,
    free: Vec<u32>,
    places: HashMap<Place, u32>,
    orders: HashMap<Sort, Rc<[u32]>>,
    kept: Vec<Kept<S>>,
    waiting: Vec<u32>,
    words: HashMap<String, u32>,
    spelled: Vec<String>,
    changed: Vec<u32>,
}

impl<S> Default for Listing<S> {
    fn default() -> Self {
        Self {
            slots: Vec::new(),
            free: Vec::new(),
            places: HashMap::new(),
            orders: HashMap::new(),
            kept: Vec::new(),
            waiting: Vec::new(),
            words: HashMap::new(),
            spelled: Vec::new(),
            changed: Vec::new(),
        }
    }
}

impl<S: Clone + PartialEq> Listing<S> {
    /// How many entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.places.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.places.is_empty()
    }

    /// Puts an entry in, in place of what was there; its detail is to be made anew.
    pub fn put(&mut self, place: Place, entry: Entry) {
        self.kept.clear();
        let slot = Some(Slot { place, entry, detail: None, pairs: Pairs::default() });
        let at = match self.places.get(&place) {
            Some(at) => *at,
            None => {
                let at = self.free.pop().unwrap_or_else(|| {
                    self.slots.push(None);
                    u32::try_from(self.slots.len() - 1).unwrap_or(u32::MAX)
                });
                self.places.insert(place, at);
                at
            }
        };
        if let Some(there) = self.slots.get_mut(at as usize) {
            *there = slot;
        }
        self.waiting.push(at);
        self.note(at);
    }

    /// Takes an entry out.
    pub fn remove(&mut self, place: &Place) {
        let Some(at) = self.places.remove(place) else { return };
        self.kept.clear();
        if let Some(slot) = self.slots.get_mut(at as usize) {
            *slot = None;
        }
        self.free.push(at);
        self.note(at);
    }

    /// Changes the strength of an entry.
    pub fn set_strength(&mut self, place: &Place, strength: Option<u8>) {
        let Some(at) = self.places.get(place).copied() else { return };
        if let Some(Some(slot)) = self.slots.get_mut(at as usize)
            && slot.entry.strength != strength
        {
            slot.entry.strength = strength;
            self.kept.clear();
            self.orders.retain(|sort, _| sort.column != Column::Strength);
        }
    }

    /// Changes what is known of the accounts of some entries.
    pub fn update_known(&mut self, of: impl Fn(&Place) -> bool, update: impl Fn(&Place, &mut Known)) {
        self.kept.clear();
        for slot in self.slots.iter_mut().flatten().filter(|slot| of(&slot.place)) {
            if let Some(detail) = &mut slot.detail {
                detail.known.iter_mut().for_each(|known| update(&slot.place, known));
            }
        }
    }

    /// Orders by a column are made anew.
    pub fn forget_order(&mut self, column: Column) {
        self.kept.retain(|kept| kept.of.sort.column != column);
        self.orders.retain(|sort, _| sort.column != column);
    }

    /// What was selected may have changed.
    pub fn forget_selected(&mut self, stale: impl Fn(&S) -> bool) {
        self.kept.retain(|kept| !stale(&kept.of.selected));
    }

    /// Everything in another order of names.
    pub fn rename(&mut self, key: impl Fn(&Place) -> SortKey) {
        for slot in self.slots.iter_mut().flatten() {
            slot.entry.by_name = key(&slot.place);
        }
        self.kept.clear();
        self.orders.clear();
    }

    /// The number that stands for a word.
    pub fn word(&mut self, word: &str) -> u32 {
        if let Some(number) = self.words.get(word) {
            return *number;
        }
        let number = u32::try_from(self.spelled.len()).unwrap_or(u32::MAX);
        self.spelled.push(word.to_owned());
        self.words.insert(word.to_owned(), number);
        number
    }

    /// The entries whose detail is still to be made, one after the other.
    pub fn next_waiting(&mut self) -> Option<Place> {
        loop {
            let at = self.waiting.pop()?;
            match self.slots.get(at as usize) {
                Some(Some(slot)) if slot.detail.is_none() => return Some(slot.place),
                _ => {}
            }
        }
    }

    /// Puts a detail in.
    pub fn set_detail(&mut self, place: &Place, detail: Detail) {
        if let Some(at) = self.places.get(place)
            && let Some(Some(slot)) = self.slots.get_mut(*at as usize)
        {
            slot.pairs = Pairs::of(&detail.text);
            slot.detail = Some(detail);
        }
    }

    /// All accounts of which something is known, with the resource that each stands on.
    pub fn known(&self) -> impl Iterator<Item = (Place, &Known)> {
        let details = self.slots.iter().flatten().filter_map(|slot| Some((slot.place, slot.detail.as_ref()?)));
        details.flat_map(|(place, detail)| detail.known.iter().map(move |known| (place, known)))
    }

    /// What a query shows. `is_selected` answers for `query.selected`; `value` gives what columns sort by that the entry
    /// itself does not have. Where the query filters, all details must be there.
    pub fn list(
        &mut self,
        query: &Query<S>,
        is_selected: impl Fn(&Place) -> bool,
        value: impl Fn(&Place, Column) -> SortValue,
    ) -> Rc<[u32]> {
        let bare = Query { words: Vec::new(), ..query.clone() };
        if query.words.is_empty() {
            return self.unworded(&bare, is_selected, value);
        }
        if let Some(kept) = self.kept.iter().find(|kept| kept.of == *query) {
            return Rc::clone(&kept.list);
        }
        // What does not contain the shorter words does not contain the longer ones.
        let narrower = self.kept.iter().filter(|kept| {
            let of = &kept.of;
            of.selected == query.selected
                && of.filters == query.filters
                && of.sort == query.sort
                && of.today == query.today
                && !of.words.is_empty()
                && narrows(&of.words, &query.words)
        });
        let shortest = narrower.min_by_key(|kept| kept.list.len()).map(|kept| Rc::clone(&kept.list));
        let before = match shortest {
            Some(list) => list,
            None => self.unworded(&bare, is_selected, value),
        };
        let words: Vec<(Pairs, Finder<'_>)> =
            query.words.iter().map(|word| (Pairs::of(word), Finder::new(word.as_str()))).collect();
        let contains = |at: &&u32| {
            let Some(Some(slot)) = self.slots.get(**at as usize) else { return false };
            let text = slot.detail.as_ref().map_or("", |detail| &detail.text);
            words.iter().all(|(pairs, word)| slot.pairs.has(pairs) && word.find(text.as_bytes()).is_some())
        };
        let list: Rc<[u32]> = before.iter().filter(contains).copied().collect();
        self.keep(query.clone(), &list);
        list
    }

    fn unworded(
        &mut self,
        query: &Query<S>,
        is_selected: impl Fn(&Place) -> bool,
        value: impl Fn(&Place, Column) -> SortValue,
    ) -> Rc<[u32]> {
        if let Some(kept) = self.kept.iter().find(|kept| kept.of == *query) {
            return Rc::clone(&kept.list);
        }
        let order = self.order(query.sort, value);
        let filters = Compiled::new(&query.filters, query.today, |word| self.words.get(word).copied());
        let filtered = !query.filters.is_empty();
        let admitted = |at: &&u32| {
            let Some(Some(slot)) = self.slots.get(**at as usize) else { return false };
            is_selected(&slot.place) && (!filtered || slot.detail.as_ref().is_some_and(|detail| filters.admit(detail)))
        };
        let list: Rc<[u32]> = order.iter().filter(admitted).copied().collect();
        self.keep(query.clone(), &list);
        list
    }

    fn keep(&mut self, of: Query<S>, list: &Rc<[u32]>) {
        if self.kept.len() >= KEPT {
            self.kept.remove(0);
        }
        self.kept.push(Kept { of, list: Rc::clone(list) });
    }

    /// What some of a list's entries could be filtered by.
    #[must_use]
    pub fn facets(&self, list: &[u32], today: Day) -> Facets {
        let mut types: HashMap<u32, u32> = HashMap::new();
        let mut tags: HashMap<u32, u32> = HashMap::new();
        let mut checks = Check::ALL.map(|check| (check, 0_u32));
        for detail in list.iter().filter_map(|at| self.detail(*at)) {
            *types.entry(detail.resource_type).or_default() += 1;
            for tag in &detail.tags {
                *tags.entry(*tag).or_default() += 1;
            }
            let all: Vec<Checks> = detail.known.iter().map(|known| known.checks(today)).collect();
            for (check, count) in &mut checks {
                *count += u32::from(all.iter().any(|one| one.has(*check)));
            }
        }
        Facets { types: self.spell(types), tags: self.spell(tags), checks: checks.to_vec() }
    }

    fn spell(&self, counts: HashMap<u32, u32>) -> Vec<(String, u32)> {
        let mut spelled: Vec<(String, u32)> = counts
            .into_iter()
            .filter_map(|(word, count)| Some((self.spelled.get(word as usize)?.clone(), count)))
            .filter(|(word, _)| !word.is_empty())
            .collect();
        spelled.sort_by(|a, b| b.1.cmp(&a.1).then_with(|| a.0.cmp(&b.0)));
        spelled
    }

    /// The first entry of a list, from a position on and then from its start, whose name begins so.
    #[must_use]
    pub fn find(&self, list: &[u32], from: usize, beginning: &str) -> Option<usize> {
        let begins = |at: usize| {
            let detail = list.get(at).and_then(|slot| self.detail(*slot));
            detail.is_some_and(|detail| detail.text.starts_with(beginning))
        };
        (from..list.len()).chain(0..from.min(list.len())).find(|at| begins(*at))
    }

    /// The resource of a slot.
    #[must_use]
    pub fn place(&self, at: u32) -> Option<Place> {
        self.slots.get(at as usize)?.as_ref().map(|slot| slot.place)
    }

    /// The entry of a resource.
    #[must_use]
    pub fn entry(&self, place: &Place) -> Option<&Entry> {
        self.slots.get(*self.places.get(place)? as usize)?.as_ref().map(|slot| &slot.entry)
    }

    fn detail(&self, at: u32) -> Option<&Detail> {
        self.slots.get(at as usize)?.as_ref()?.detail.as_ref()
    }

    fn note(&mut self, at: u32) {
        if !self.orders.is_empty() {
            self.changed.push(at);
        }
    }

    /// Mends the orders that need nothing from outside; the others are made anew when they are asked for.
    fn mend(&mut self) {
        if self.changed.is_empty() {
            return;
        }
        let mut changed = std::mem::take(&mut self.changed);
        changed.sort_unstable();
        changed.dedup();
        if changed.len() > MENDED {
            self.orders.clear();
            return;
        }
        self.orders.retain(|sort, _| is_own(sort.column));
        let sorts: Vec<Sort> = self.orders.keys().copied().collect();
        for sort in sorts {
            let Some(order) = self.orders.remove(&sort) else { continue };
            let mut order: Vec<u32> = order.iter().copied().filter(|at| changed.binary_search(at).is_err()).collect();
            for at in changed.iter().filter(|at| self.own_value(**at, sort.column).is_some()) {
                let to = order.partition_point(|other| self.compare_own(*other, *at, sort).is_lt());
                order.insert(to, *at);
            }
            self.orders.insert(sort, order.into());
        }
    }

    fn order(&mut self, sort: Sort, value: impl Fn(&Place, Column) -> SortValue) -> Rc<[u32]> {
        self.mend();
        if let Some(order) = self.orders.get(&sort) {
            return Rc::clone(order);
        }
        // What is compared stands side by side: through the slots every comparison would miss the cache.
        let all = self.slots.iter().zip(0_u32..).filter_map(|(slot, at)| {
            let slot = slot.as_ref()?;
            let value = self.own_value(at, sort.column).unwrap_or_else(|| value(&slot.place, sort.column));
            Some((value, (slot.entry.by_name.beginning(), &slot.entry.by_name), at))
        });
        let mut order: Vec<(SortValue, (u128, &SortKey), u32)> = all.collect();
        order.sort_unstable_by(|a, b| {
            let first = match sort.column {
                Column::Name if sort.down => b.1.cmp(&a.1),
                Column::Name => a.1.cmp(&b.1),
                _ => a.0.compare(&b.0, sort.down).then_with(|| a.1.cmp(&b.1)),
            };
            first.then_with(|| a.2.cmp(&b.2))
        });
        let order: Rc<[u32]> = order.into_iter().map(|(_, _, at)| at).collect();
        self.orders.insert(sort, Rc::clone(&order));
        order
    }

    /// What the entry itself has to sort by, for names nothing but the name that decides between equals anyway; `None`
    /// where others know it.
    fn own_value(&self, at: u32, column: Column) -> Option<SortValue> {
        let entry = &self.slots.get(at as usize)?.as_ref()?.entry;
        let number = |value: u64| SortValue::Number(i64::try_from(value).unwrap_or(i64::MAX));
        Some(match column {
            Column::Changed => number(entry.changed),
            Column::Accounts => number(entry.accounts.into()),
            Column::Strength => entry.strength.map_or(SortValue::Nothing, |strength| number(strength.into())),
            Column::Name => SortValue::Nothing,
            _ => return None,
        })
    }

    fn compare_own(&self, a: u32, b: u32, sort: Sort) -> std::cmp::Ordering {
        let value = |at| self.own_value(at, sort.column).unwrap_or(SortValue::Nothing);
        let name = |at: u32| self.slots.get(at as usize).and_then(Option::as_ref).map(|slot| &slot.entry.by_name);
        let first = match sort.column {
            Column::Name if sort.down => name(b).cmp(&name(a)),
            Column::Name => name(a).cmp(&name(b)),
            _ => value(a).compare(&value(b), sort.down).then_with(|| name(a).cmp(&name(b))),
        };
        first.then_with(|| a.cmp(&b))
    }
}

/// Whether an entry itself has what the column sorts by.
const fn is_own(column: Column) -> bool {
    matches!(column, Column::Name | Column::Changed | Column::Accounts | Column::Strength)
}

fn narrows(before: &[String], now: &[String]) -> bool {
    before.iter().all(|old| now.iter().any(|new| new.contains(old.as_str())))
}
