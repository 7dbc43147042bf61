//! The search index over the whole catalog, kept up to date in slices, and hits as the page shows them.

use super::{
    catalog::{address, names_around},
    clock::{Stretch, make_way},
    engine::Engine,
    own_vault,
};
use crate::bridge::{Error, Hit, HitIcon, Item, Search, VaultId};
use foldhash::HashSet;
use sealward_client::{
    model::{AccountDetails, CustomField, CustomValue, ResourceDetails},
    search::{self, SearchField, SearchIndex, SearchText},
    session::Session,
    transport::Transport,
    vault::{Details, VaultView},
};
use sealward_contract::record::{LeafKey, RecordKind};
use std::collections::VecDeque;

/// Most hits.
const HITS: u16 = 100;

type Key = (VaultId, LeafKey);

/// The index, and what is still to be put into it.
#[derive(Default)]
pub struct Index {
    index: SearchIndex<Key>,
    waiting: VecDeque<Key>,
    queued: HashSet<Key>,
}

impl Index {
    /// Notes what must be indexed anew.
    pub fn queue<T: Transport>(&mut self, session: &Session<T>, changes: &[Key]) {
        let vaults = session.vaults();
        for (vault, key) in changes {
            match key.kind {
                // Nothing is indexed under an older name yet.
                RecordKind::Vault | RecordKind::ResourceGroup | RecordKind::Resource if self.index.is_empty() => {
                    self.add((*vault, *key));
                }
                // Its name, or whether it is there at all, is part of everything in it.
                RecordKind::Vault | RecordKind::ResourceGroup | RecordKind::Resource => {
                    let Some(view) = vaults.get(vault) else { continue };
                    let mut open = vec![*key];
                    while let Some(key) = open.pop() {
                        open.extend(view.children(&key.id).map(|(inside, _)| *inside));
                        self.add((*vault, key));
                    }
                }
                RecordKind::Account => self.add((*vault, *key)),
                _ => {}
            }
        }
    }

    fn add(&mut self, key: Key) {
        if self.queued.insert(key) {
            self.waiting.push_back(key);
        }
    }

    /// Whether everything is in the index.
    pub fn is_complete(&self) -> bool {
        self.waiting.is_empty()
    }

    /// Puts some of what waits into the index; `false` when nothing waits any more.
    pub fn index_some<T: Transport>(&mut self, session: &Session<T>) -> bool {
        let vaults = session.vaults();
        let stretch = Stretch::begin();
        while let Some(key) = self.waiting.pop_front() {
            self.queued.remove(&key);
            let (vault, leaf) = key;
            match vaults.get(&vault).filter(|view| view.is_reachable(&leaf)) {
                Some(view) => self.put(view, key),
                None => self.index.remove(&key),
            }
            if stretch.is_over() {
                return !self.waiting.is_empty();
            }
        }
        self.index.rank();
        false
    }

    fn put(&mut self, view: &VaultView, key: Key) {
        let around = names_around(view, &key.1).join(" / ");
        match view.entry(&key.1).and_then(|entry| entry.details().ok()) {
            Some(Details::Vault(details)) => {
                let name = own_vault::name_of(&key.1, &Details::Vault(details.clone()));
                let text = SearchText { name: &name, notes: &details.description, ..SearchText::default() };
                self.index.insert(key, &text);
            }
            Some(Details::ResourceGroup(details)) => {
                let text = SearchText {
                    name: &details.name,
                    notes: &details.notes,
                    group_path: &around,
                    ..SearchText::default()
                };
                self.index.insert(key, &text);
            }
            Some(Details::Resource(details)) => self.put_resource(key, details, &around),
            Some(Details::Account(details)) => self.put_account(view, key, details),
            None => self.index.remove(&key),
        }
    }

    fn put_resource(&mut self, key: Key, details: &ResourceDetails, around: &str) {
        let mut other = vec![details.resource_type.as_str(), &details.department, &details.location, &details.owner];
        other.extend(custom(&details.custom_fields));
        let text = SearchText {
            name: &details.name,
            tags: &details.tags,
            dns_name: &details.dns_name,
            url: &details.url,
            group_path: around,
            other: &other,
            notes: &join(&details.description, &details.notes),
            ..SearchText::default()
        };
        self.index.insert(key, &text);
    }

    fn put_account(&mut self, view: &VaultView, key: Key, details: &AccountDetails) {
        let other: Vec<&str> = custom(&details.custom_fields).collect();
        let resource = resource_of(view, &key.1);
        let text = SearchText {
            name: &details.name,
            user_name: &details.user_name,
            resource_name: resource.map_or("", |resource| &resource.name),
            tags: &details.tags,
            other: &other,
            notes: &details.notes,
            ..SearchText::default()
        };
        self.index.insert(key, &text);
    }
}

impl Engine {
    /// Ranked hits over the whole catalog.
    pub async fn search(&self, ask: &Search) -> Result<Vec<Hit>, Error> {
        let open = self.open()?;
        // Right after unlocking the index is still to be made; half of it would look like a wrong answer.
        while open.writing.get() == 0 && open.index.borrow_mut().index_some(&open.session) {
            make_way().await;
            self.open()?;
        }
        let found = open.index.borrow_mut().index.search(&ask.query, ask.limit.min(HITS).into());
        let vaults = open.session.vaults();
        let hits = found.iter().filter_map(|hit| show(vaults.get(&hit.key.0)?, hit, &ask.query));
        Ok(hits.collect())
    }
}

fn show(view: &VaultView, hit: &search::Hit<Key>, query: &str) -> Option<Hit> {
    let (vault, key) = hit.key;
    let entry = view.entry(&key)?;
    let parent = entry.record().context().parent;
    let (item, icon, detail) = match entry.details().ok()? {
        Details::Vault(details) => (Item::Vault(vault), HitIcon::Vault, details.description.clone()),
        Details::ResourceGroup(details) => {
            (Item::ResourceGroup(vault, key.id), HitIcon::ResourceGroup, details.notes.clone())
        }
        Details::Resource(details) => {
            let icon = HitIcon::Resource(details.resource_type.clone());
            (Item::Resource(vault, key.id), icon, resource_detail(details, hit.field))
        }
        Details::Account(details) => {
            let item = Item::Account(vault, parent, key.id);
            (item, HitIcon::Account(details.secret_type), account_detail(view, &key, details, hit.field))
        }
    };
    let title = own_vault::name_of(&key, entry.details().ok()?);
    let detail = shorten(&detail);
    Some(Hit {
        item,
        icon,
        title_matches: hit.name_ranges.iter().filter_map(|range| in_characters(&title, range)).collect(),
        title,
        detail_matches: matches(&detail, query),
        detail,
        path: names_around(view, &key),
    })
}

/// The field that matched, or the address.
fn resource_detail(details: &ResourceDetails, field: SearchField) -> String {
    match field {
        SearchField::Tags => details.tags.join(", "),
        SearchField::Url => details.url.clone(),
        SearchField::Other => {
            let parts = [&details.resource_type, &details.department, &details.location, &details.owner];
            let parts: Vec<&str> =
                parts.iter().map(|part| part.as_str()).chain(custom(&details.custom_fields)).collect();
            parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(" · ")
        }
        SearchField::Notes => join(&details.description, &details.notes),
        _ => address(details),
    }
}

/// The field that matched, or the user name.
fn account_detail(view: &VaultView, key: &LeafKey, details: &AccountDetails, field: SearchField) -> String {
    match field {
        SearchField::Tags => details.tags.join(", "),
        SearchField::ResourceName => resource_of(view, key).map(|resource| resource.name.clone()).unwrap_or_default(),
        SearchField::Other => custom(&details.custom_fields).collect::<Vec<_>>().join(" · "),
        SearchField::Notes => details.notes.clone(),
        _ => details.user_name.clone(),
    }
}

fn resource_of<'v>(view: &'v VaultView, account: &LeafKey) -> Option<&'v ResourceDetails> {
    let id = view.entry(account)?.record().context().parent;
    match view.entry(&LeafKey { id, kind: RecordKind::Resource })?.details() {
        Ok(Details::Resource(details)) => Some(details),
        _ => None,
    }
}

fn custom(fields: &[CustomField]) -> impl Iterator<Item = &str> {
    fields.iter().flat_map(|field| {
        let value = match &field.value {
            CustomValue::Text(text) => text.as_str(),
            CustomValue::File(file) => file.name.as_str(),
            CustomValue::Date(_) | CustomValue::Hidden => "",
        };
        [field.label.as_str(), value]
    })
}

fn join(description: &str, notes: &str) -> String {
    if description.is_empty() || notes.is_empty() {
        return format!("{description}{notes}");
    }
    format!("{description}\n{notes}")
}

/// One line that fits into a list.
fn shorten(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(160).collect()
}

fn in_characters(text: &str, range: &std::ops::Range<usize>) -> Option<(u16, u16)> {
    let start = text.get(..range.start)?.chars().count();
    let length = text.get(range.clone())?.chars().count();
    Some((u16::try_from(start).ok()?, u16::try_from(start + length).ok()?))
}

/// Where the words of the query stand in the detail as they were typed.
fn matches(detail: &str, query: &str) -> Vec<(u16, u16)> {
    let folded: Vec<char> = detail.chars().map(|c| c.to_lowercase().next().unwrap_or(c)).collect();
    let mut found: Vec<(u16, u16)> = Vec::new();
    for word in query.split_whitespace() {
        let word: Vec<char> = word.chars().map(|c| c.to_lowercase().next().unwrap_or(c)).collect();
        let at = folded.windows(word.len()).position(|window| window == word);
        if let Some((start, end)) =
            at.and_then(|at| Some((u16::try_from(at).ok()?, u16::try_from(at + word.len()).ok()?)))
        {
            found.push((start, end));
        }
    }
    found.sort_unstable();
    let mut end = 0;
    found.retain(|range| {
        let apart = range.0 >= end;
        end = end.max(range.1);
        apart
    });
    found
}
