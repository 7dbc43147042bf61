//! Windows of the list: scrolling costs only the rows that are shown, typing only what the keystroke before left.

use super::{Catalog, row};
use crate::{
    bridge::{Facets, FindRow, Item, Items, ListFilters, ListQuery, ReadItems, ReadRows, Rows, Selection},
    worker::{
        clock::{self, Stretch},
        engine::Open,
        personal::Shelf,
    },
};
use sealward_client::listing::{Column, Place, Query, SortValue};
use std::rc::Rc;

/// Most rows in one window.
const WINDOW: u32 = 100;
/// Most resources that are selected at once.
const MARKED: u32 = 50_000;

/// From where: where it is the same, the same is selected.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Selected {
    selection: Selection,
    filters: ListFilters,
}

impl Selected {
    /// Whether it depends on favourites or on what was opened last.
    pub(super) const fn is_personal(&self) -> bool {
        matches!(self.selection, Selection::Favourites | Selection::Recent)
            || self.filters.favourites
            || self.filters.recent
    }

    fn has(&self, catalog: &Catalog, shelf: &Shelf, place: &Place) -> bool {
        let within = |vault, group| {
            place.0 == vault
                && catalog.resources.get(place).is_some_and(|listed| catalog.is_within(vault, listed.group, group))
        };
        let here = match self.selection {
            Selection::All | Selection::View(_) => true,
            Selection::Favourites => shelf.is_favourite(place),
            Selection::Recent => shelf.recency(place).is_some(),
            Selection::Vault(vault) => place.0 == vault,
            Selection::ResourceGroup(vault, group) => within(vault, group),
        };
        let ListFilters { vaults, groups, favourites, recent, .. } = &self.filters;
        here && (vaults.is_empty() || vaults.contains(&place.0))
            && (groups.is_empty() || groups.iter().any(|(vault, group)| within(*vault, *group)))
            && (!favourites || shelf.is_favourite(place))
            && (!recent || shelf.recency(place).is_some())
    }
}

impl Catalog {
    /// A window of the resources selected.
    pub fn rows(&mut self, open: &Open, ask: &ReadRows) -> Rows {
        let list = self.list(open, &ask.query);
        let total = u32::try_from(list.len()).unwrap_or(u32::MAX);
        let offset = ask.offset.min(total);
        let vaults = open.session.vaults();
        let shelf = open.personal.borrow();
        let window = list.iter().skip(offset as usize).take(ask.limit.min(WINDOW) as usize);
        let places = window.filter_map(|at| self.listing.place(*at));
        let rows = places.filter_map(|place| self.row(vaults.get(&place.0)?, place, &shelf)).collect();
        Rows { total, offset, rows }
    }

    /// What the list could be filtered by.
    pub fn facets(&mut self, open: &Open, query: &ListQuery) -> Facets {
        self.make_all_details(open);
        let list = self.list(open, query);
        self.listing.facets(&list, clock::today())
    }

    /// The next row whose name begins so.
    pub fn find_row(&mut self, open: &Open, ask: &FindRow) -> Option<u32> {
        self.make_all_details(open);
        let list = self.list(open, &ask.query);
        let found = self.listing.find(&list, ask.from as usize, &ask.beginning)?;
        u32::try_from(found).ok()
    }

    /// The resources of a stretch of the list.
    pub fn items(&mut self, open: &Open, ask: &ReadItems) -> Items {
        let list = self.list(open, &ask.query);
        let end = ask.end.min(ask.first.saturating_add(MARKED));
        let stretch = list.iter().take(end as usize).skip(ask.first as usize);
        let places = stretch.filter_map(|at| self.listing.place(*at));
        places.map(|(vault, resource)| Item::Resource(vault, resource)).collect()
    }

    fn list(&mut self, open: &Open, query: &ListQuery) -> Rc<[u32]> {
        let filters = ListFilters { of: sealward_client::listing::Filters::default(), ..query.filters.clone() };
        let asked = Query {
            selected: Selected { selection: query.selection, filters },
            filters: query.filters.of.clone(),
            sort: query.sort,
            words: query.text.split_whitespace().map(str::to_lowercase).collect(),
            today: clock::today(),
        };
        if !asked.words.is_empty() || !asked.filters.is_empty() {
            self.make_all_details(open);
        }
        let shelf = open.personal.borrow();
        let vaults = open.session.vaults();
        let mut listing = std::mem::take(&mut self.listing);
        let is_selected = |place: &Place| asked.selected.has(self, &shelf, place);
        let value = |place: &Place, column: Column| match column {
            Column::Opened => shelf.recency(place).map_or(SortValue::Nothing, SortValue::Number),
            _ => vaults
                .get(&place.0)
                .map_or(SortValue::Nothing, |view| row::sort_value(view, place.1, column, self.collation)),
        };
        let list = listing.list(&asked, is_selected, value);
        self.listing = listing;
        list
    }

    /// Favourites or what was opened last have changed.
    pub fn forget_personal(&mut self) {
        self.listing.forget_order(Column::Opened);
        self.listing.forget_selected(Selected::is_personal);
    }

    /// Makes some of what filters look at; `false` when there is everything.
    pub fn make_details(&mut self, open: &Open) -> bool {
        let stretch = Stretch::begin();
        while let Some(place) = self.listing.next_waiting() {
            self.make_detail(open, place);
            if stretch.is_over() {
                return true;
            }
        }
        false
    }

    pub(super) fn make_all_details(&mut self, open: &Open) {
        while let Some(place) = self.listing.next_waiting() {
            self.make_detail(open, place);
        }
    }

    fn make_detail(&mut self, open: &Open, place: Place) {
        let vaults = open.session.vaults();
        if let Some(view) = vaults.get(&place.0) {
            let detail = row::detail(open, view, place, &mut self.listing);
            self.listing.set_detail(&place, detail);
        }
    }
}
