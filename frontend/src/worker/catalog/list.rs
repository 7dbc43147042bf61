//! Windows of the sorted list: scrolling costs only the rows that are shown.

use super::{
    Catalog, Filtered, Place,
    row::{self, Listed},
};
use crate::{
    bridge::{ReadRows, Rows, Selection, Sort, VaultId},
    worker::clock::Stretch,
};
use sealward_client::vault::VaultView;
use std::{cmp::Ordering, collections::BTreeMap, rc::Rc};

/// Most rows in one window.
const WINDOW: u32 = 100;

impl Catalog {
    /// A window of the resources selected.
    pub fn rows(&mut self, vaults: &BTreeMap<VaultId, VaultView>, ask: &ReadRows) -> Rows {
        let list = self.list(ask.selection, ask.sort);
        let list = self.filter(vaults, (ask.selection, ask.sort), list, &ask.filter);
        let offset = ask.offset.min(u32::try_from(list.len()).unwrap_or(u32::MAX));
        let window = list.iter().skip(offset as usize).take(ask.limit.min(WINDOW) as usize);
        let rows = window.filter_map(|place| self.row(vaults.get(&place.0)?, *place)).collect();
        Rows { total: u32::try_from(list.len()).unwrap_or(u32::MAX), offset, rows }
    }

    fn list(&mut self, selection: Selection, sort: Sort) -> Rc<Vec<Place>> {
        if let Some(list) = self.lists.get(&(selection, sort)) {
            return Rc::clone(list);
        }
        let list = Rc::new(self.sorted(selection, sort));
        self.lists.insert((selection, sort), Rc::clone(&list));
        list
    }

    fn sorted(&self, selection: Selection, sort: Sort) -> Vec<Place> {
        let selected = self.resources.iter().filter(|((vault, _), listed)| match selection {
            Selection::All => true,
            Selection::Vault(wanted) => *vault == wanted,
            Selection::ResourceGroup(wanted, group) => *vault == wanted && self.is_within(*vault, listed.group, group),
        });
        let mut found: Vec<(Place, &Listed)> = selected.map(|(place, listed)| (*place, listed)).collect();
        found.sort_unstable_by(|(_, a), (_, b)| compare(sort, a, b));
        found.into_iter().map(|(place, _)| place).collect()
    }

    /// Makes some of the texts that filters look at; `false` when there are all.
    pub fn make_texts(&mut self, vaults: &BTreeMap<VaultId, VaultView>) -> bool {
        let stretch = Stretch::begin();
        while let Some(place) = self.without_text.pop() {
            self.make_text(vaults, place);
            if stretch.is_over() {
                return true;
            }
        }
        false
    }

    fn make_text(&mut self, vaults: &BTreeMap<VaultId, VaultView>, place: Place) {
        if let Some(listed) = self.resources.get_mut(&place)
            && listed.text.is_none()
        {
            listed.text = vaults.get(&place.0).map(|view| row::filter_text(view, place.1));
        }
    }

    fn filter(
        &mut self,
        vaults: &BTreeMap<VaultId, VaultView>,
        of: (Selection, Sort),
        list: Rc<Vec<Place>>,
        filter: &str,
    ) -> Rc<Vec<Place>> {
        let words: Vec<String> = filter.split_whitespace().map(str::to_lowercase).collect();
        if words.is_empty() {
            return list;
        }
        while let Some(place) = self.without_text.pop() {
            self.make_text(vaults, place);
        }
        let before = match &self.filtered {
            Some(filtered) if filtered.of == of && filtered.words == words => return Rc::clone(&filtered.list),
            // What does not contain the shorter words does not contain the longer ones.
            Some(filtered) if filtered.of == of && narrows(&filtered.words, &words) => Rc::clone(&filtered.list),
            _ => list,
        };
        let contains = |place: &&Place| {
            let text = self.resources.get(*place).and_then(|listed| listed.text.as_deref()).unwrap_or_default();
            words.iter().all(|word| text.contains(word.as_str()))
        };
        let list = Rc::new(before.iter().filter(contains).copied().collect::<Vec<_>>());
        self.filtered = Some(Filtered { of, words, list: Rc::clone(&list) });
        list
    }
}

fn compare(sort: Sort, a: &Listed, b: &Listed) -> Ordering {
    let first = match sort {
        Sort::Name => Ordering::Equal,
        Sort::Changed => b.changed.cmp(&a.changed),
        Sort::Type => a.by_type.cmp(&b.by_type),
        // What has no strength, such as a key, is no cause for worry: at the end.
        Sort::Strength => a.strength.unwrap_or(u8::MAX).cmp(&b.strength.unwrap_or(u8::MAX)),
    };
    first.then_with(|| a.by_name.cmp(&b.by_name))
}

fn narrows(before: &[String], now: &[String]) -> bool {
    before.iter().all(|old| now.iter().any(|new| new.contains(old.as_str())))
}
