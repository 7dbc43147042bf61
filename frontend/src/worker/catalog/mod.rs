//! What lists and tree are made from: one small row for every resource that can be reached, kept up to date as records
//! change, and sorted lists that stay until something does.

mod health;
mod list;
mod read;
mod row;
mod tree;

pub use read::names_around;
pub use row::address;

use super::secret::FactsShelf;
use crate::bridge::{Language, ObjectId, Tree, VaultId};
use foldhash::{HashMap, HashMapExt};
use list::Selected;
use row::Listed;
use sealward_client::{listing::Listing, search::Collation, session::Session, transport::Transport, vault::VaultView};

pub use sealward_client::listing::Place;
use sealward_contract::record::{LeafKey, RecordKind};
use std::collections::{BTreeMap, BTreeSet};

/// Everything that is listed.
pub struct Catalog {
    collation: Collation,
    resources: HashMap<Place, Listed>,
    /// On which resource an account stands.
    homes: HashMap<Place, ObjectId>,
    /// The group around each group.
    groups: BTreeMap<VaultId, BTreeMap<ObjectId, Option<ObjectId>>>,
    listing: Listing<Selected>,
    tree: Option<Tree>,
}

impl Catalog {
    /// The order of names in the language that is spoken.
    pub fn collation(&self) -> Collation {
        self.collation
    }

    /// An empty one.
    pub fn new(language: Language) -> Self {
        Self {
            collation: collation(language),
            resources: HashMap::new(),
            homes: HashMap::new(),
            groups: BTreeMap::new(),
            listing: Listing::default(),
            tree: None,
        }
    }

    /// Sorts by another language from now on.
    pub fn set_language(&mut self, language: Language) {
        let collation = collation(language);
        if collation != self.collation {
            self.collation = collation;
            self.listing.rename(|place| row::renamed(self.resources.get(place), collation));
            self.tree = None;
        }
    }

    /// The tree is made anew: something in it is called otherwise.
    pub fn forget_tree(&mut self) {
        self.tree = None;
    }

    /// Takes changed records in.
    pub fn apply<T: Transport>(&mut self, session: &Session<T>, facts: &FactsShelf, changes: &[(VaultId, LeafKey)]) {
        let vaults = session.vaults();
        let is_around = |kind| matches!(kind, RecordKind::Vault | RecordKind::ResourceGroup);
        let whole: BTreeSet<VaultId> =
            changes.iter().filter(|(_, key)| is_around(key.kind)).map(|(vault, _)| *vault).collect();
        // What is not listed yet is met on the walk through the whole.
        let is_single =
            |catalog: &Self, place: &Place| !whole.contains(&place.0) || catalog.resources.contains_key(place);
        let mut single = BTreeSet::new();
        // Where nothing is listed yet, everything is met on the walk, with what is known of it.
        let nothing_listed = self.resources.is_empty();
        // Accounts of which more is known, or less.
        let mut known = BTreeSet::new();
        for (vault, key) in changes {
            match key.kind {
                RecordKind::Resource => single.extend(Some((*vault, key.id)).filter(|place| is_single(self, place))),
                RecordKind::Secret | RecordKind::Facts if nothing_listed => {}
                RecordKind::Secret => drop(known.insert((*vault, key.id))),
                RecordKind::Facts => {
                    known.insert((*vault, key.id));
                    let home = self.homes.get(&(*vault, key.id)).map(|resource| (*vault, *resource));
                    if let (Some(place), Some(view)) = (home, vaults.get(vault)) {
                        self.listing.set_strength(&place, row::strength(view, place, facts));
                    }
                }
                RecordKind::Account => {
                    let account = LeafKey { id: key.id, kind: RecordKind::Account };
                    let now = vaults.get(vault).and_then(|view| view.entry(&account));
                    let now = now.map(|entry| entry.record().context().parent);
                    let before = match now {
                        Some(now) => self.homes.insert((*vault, key.id), now),
                        None => self.homes.remove(&(*vault, key.id)),
                    };
                    let homes = now.into_iter().chain(before).map(|resource| (*vault, resource));
                    single.extend(homes.filter(|place| is_single(self, place)));
                }
                _ => {}
            }
        }
        for place in single {
            self.put(vaults.get(&place.0), place, facts);
        }
        for vault in whole {
            self.place_all(vaults.get(&vault), vault, facts);
        }
        if !known.is_empty() {
            // Equal secrets may be anywhere in the vault.
            let of: BTreeSet<VaultId> = known.iter().map(|(vault, _)| *vault).collect();
            self.listing.update_known(
                |(vault, _)| of.contains(vault),
                |(vault, _), account| {
                    if known.contains(&(*vault, account.account)) {
                        account.has_secret |= session.has_secret(vault, &account.account);
                    }
                    facts.tell(*vault, account);
                },
            );
        }
        self.tree = None;
    }

    /// Takes out what the person sees no more, and forgets what they might do.
    pub fn follow_rights<T: Transport>(&mut self, session: &Session<T>, facts: &FactsShelf) {
        let vaults = session.vaults();
        let lost: Vec<VaultId> = self.groups.keys().filter(|vault| !vaults.contains_key(vault)).copied().collect();
        for vault in lost {
            self.place_all(None, vault, facts);
            self.groups.remove(&vault);
        }
        self.tree = None;
    }

    /// Lists one resource anew, or no more.
    fn put(&mut self, view: Option<&VaultView>, place: Place, facts: &FactsShelf) {
        let key = LeafKey { id: place.1, kind: RecordKind::Resource };
        let reachable = view.filter(|view| view.is_reachable(&key));
        match reachable.and_then(|view| Some(row::read(view, view.entry(&key)?, place, facts, self.collation))) {
            Some((listed, entry)) => {
                self.resources.insert(place, listed);
                self.listing.put(place, entry);
            }
            None => {
                self.resources.remove(&place);
                self.listing.remove(&place);
            }
        }
    }

    /// Walks through a vault from its top, so that what is in a deleted group is not met.
    fn place_all(&mut self, view: Option<&VaultView>, vault: VaultId, facts: &FactsShelf) {
        let mut groups = BTreeMap::new();
        let mut met = BTreeSet::new();
        let top = LeafKey { id: vault.object(), kind: RecordKind::Vault };
        if let Some(view) = view.filter(|view| view.is_reachable(&top)) {
            let mut open = vec![(vault.object(), None)];
            while let Some((container, group)) = open.pop() {
                for (key, entry) in view.children(&container).filter(|(_, entry)| entry.is_live()) {
                    match key.kind {
                        RecordKind::ResourceGroup => {
                            groups.insert(key.id, group);
                            open.push((key.id, Some(key.id)));
                        }
                        RecordKind::Resource => {
                            met.insert(key.id);
                            let known = self.resources.get(&(vault, key.id));
                            let same = known.is_some_and(|known| known.is_of(entry, group));
                            if !same {
                                let (listed, entry) = row::read(view, entry, (vault, key.id), facts, self.collation);
                                self.resources.insert((vault, key.id), listed);
                                self.listing.put((vault, key.id), entry);
                            }
                        }
                        _ => {}
                    }
                }
            }
        }
        let listing = &mut self.listing;
        self.resources.retain(|place, _| {
            let there = place.0 != vault || met.contains(&place.1);
            if !there {
                listing.remove(place);
            }
            there
        });
        // Groups may have moved, and what is in them with them.
        self.listing.forget_selected(|_| true);
        self.groups.insert(vault, groups);
    }

    /// Whether a group is another one or stands in it.
    fn is_within(&self, vault: VaultId, group: Option<ObjectId>, around: ObjectId) -> bool {
        let Some(groups) = self.groups.get(&vault) else { return false };
        let mut at = group;
        while let Some(group) = at {
            if group == around {
                return true;
            }
            at = groups.get(&group).copied().flatten();
        }
        false
    }
}

const fn collation(language: Language) -> Collation {
    match language {
        Language::English => Collation::English,
        Language::Chinese => Collation::Chinese,
    }
}
