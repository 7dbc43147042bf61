//! What lists and tree are made from: one small row for every resource that can be reached, kept up to date as records
//! change, and sorted lists that stay until something does.

mod list;
mod read;
mod row;
mod tree;

pub use read::names_around;
pub use row::address;

use super::secret::FactsShelf;
use crate::bridge::{Language, ObjectId, Selection, Sort, Tree, VaultId};
use row::Listed;
use sealward_client::{search::Collation, session::Session, transport::Transport, vault::VaultView};
use sealward_contract::record::{LeafKey, RecordKind};
use std::{
    collections::{BTreeMap, BTreeSet, HashMap},
    rc::Rc,
};

/// A resource in its vault.
pub type Place = (VaultId, ObjectId);

/// Everything that is listed.
pub struct Catalog {
    collation: Collation,
    resources: HashMap<Place, Listed>,
    /// On which resource an account stands.
    homes: HashMap<Place, ObjectId>,
    /// The group around each group.
    groups: BTreeMap<VaultId, BTreeMap<ObjectId, Option<ObjectId>>>,
    lists: HashMap<(Selection, Sort), Rc<Vec<Place>>>,
    filtered: Option<Filtered>,
    /// Resources whose text for filters is still to be made.
    without_text: Vec<Place>,
    tree: Option<Tree>,
}

/// The newest filtered list: typing on starts from it.
struct Filtered {
    of: (Selection, Sort),
    words: Vec<String>,
    list: Rc<Vec<Place>>,
}

impl Catalog {
    /// An empty one.
    pub fn new(language: Language) -> Self {
        Self {
            collation: collation(language),
            resources: HashMap::new(),
            homes: HashMap::new(),
            groups: BTreeMap::new(),
            lists: HashMap::new(),
            filtered: None,
            without_text: Vec::new(),
            tree: None,
        }
    }

    /// Sorts by another language from now on.
    pub fn set_language(&mut self, language: Language) {
        let collation = collation(language);
        if collation != self.collation {
            self.collation = collation;
            for listed in self.resources.values_mut() {
                listed.sort_by(collation);
            }
            self.forget_lists();
        }
    }

    /// Takes changed records in.
    pub fn apply<T: Transport>(&mut self, session: &Session<T>, facts: &FactsShelf, changes: &[(VaultId, LeafKey)]) {
        let vaults = session.vaults();
        let mut whole = BTreeSet::new();
        let mut single = BTreeSet::new();
        for (vault, key) in changes {
            match key.kind {
                RecordKind::Vault | RecordKind::ResourceGroup => drop(whole.insert(*vault)),
                RecordKind::Resource => drop(single.insert((*vault, key.id))),
                // What is known of a secret changes nothing but the strength; the secret itself not even that.
                RecordKind::Facts => {
                    let home = self.homes.get(&(*vault, key.id)).map(|resource| (*vault, *resource));
                    if let (Some(place), Some(view)) = (home, vaults.get(vault))
                        && let Some(listed) = self.resources.get_mut(&place)
                    {
                        listed.strength = row::strength(view, place, facts);
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
                    single.extend(now.into_iter().chain(before).map(|resource| (*vault, resource)));
                }
                _ => {}
            }
        }
        for (vault, resource) in single {
            if !whole.contains(&vault) || self.resources.contains_key(&(vault, resource)) {
                self.put(vaults.get(&vault), (vault, resource), facts);
            }
        }
        for vault in whole {
            self.place_all(vaults.get(&vault), vault, facts);
        }
        self.forget_lists();
    }

    /// Lists one resource anew, or no more.
    fn put(&mut self, view: Option<&VaultView>, place: Place, facts: &FactsShelf) {
        let key = LeafKey { id: place.1, kind: RecordKind::Resource };
        let listed = view
            .filter(|view| view.is_reachable(&key))
            .and_then(|view| Listed::read(view, place, facts, self.collation));
        match listed {
            Some(listed) => {
                self.without_text.push(place);
                self.resources.insert(place, listed);
            }
            None => drop(self.resources.remove(&place)),
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
                            if !same && let Some(listed) = Listed::read(view, (vault, key.id), facts, self.collation) {
                                self.without_text.push((vault, key.id));
                                self.resources.insert((vault, key.id), listed);
                            }
                        }
                        _ => {}
                    }
                }
            }
        }
        self.resources.retain(|(of, resource), _| *of != vault || met.contains(resource));
        self.groups.insert(vault, groups);
    }

    fn forget_lists(&mut self) {
        self.lists.clear();
        self.filtered = None;
        self.tree = None;
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
