//! What a client has verified of a vault. Changes come in staged and whole: first head, chain of heads, root and rights
//! are checked, then anything is shown.

use super::seal::open_content;
use crate::{
    error::{Damage, DamagedObject, Fault},
    model::Unreadable,
    vault::{Details, VaultKeys},
};
use foldhash::{HashMap, HashMapExt};
use sealward_contract::{
    bytes::Bytes,
    chain::TeamState,
    crypto::Hash,
    ids::{Epoch, Number, ObjectId, VaultId},
    record::{
        Expected, Leaf, LeafKey, Record, RecordKind, RecordState, SignedHead, Tree, check_head, check_kept_head,
        check_record, check_right, follow,
    },
};
use std::{
    cell::{OnceCell, RefCell},
    cmp::Ordering,
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};
use zeroize::Zeroizing;

/// The newest head that a client has seen of a vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KnownHead {
    /// Its number; 0 before the first.
    pub sequence: u64,
    /// Its hash; zero before the first.
    pub hash: Hash,
}

impl KnownHead {
    /// Before the first head.
    pub const NONE: Self = Self { sequence: 0, hash: Hash::ZERO };
}

/// A catalog record as it is held: its header and signature, and what it says. That is opened when it is asked for
/// first: of many thousand entries few are ever looked at before the search index gets to them.
pub struct Entry {
    record: Record,
    unread: RefCell<Option<Unread>>,
    details: OnceCell<Result<Details, Fault>>,
    verified: bool,
}

/// What an entry says, before anyone asked.
enum Unread {
    /// As the server gave it.
    Sealed { payload: Bytes, keys: Rc<VaultKeys> },
    /// As this device kept it.
    Opened(Zeroizing<Vec<u8>>),
}

impl Entry {
    fn new(record: Record, content: Result<Unread, Fault>) -> Self {
        let (unread, details) = match content {
            Ok(unread) => (Some(unread), OnceCell::new()),
            Err(fault) => (None, OnceCell::from(Err(fault))),
        };
        Self { record, unread: RefCell::new(unread), details, verified: false }
    }

    /// The record without its payload.
    #[must_use]
    pub fn record(&self) -> &Record {
        &self.record
    }

    /// What it says, or what is wrong with it.
    ///
    /// # Errors
    /// The [`Fault`] found when it was checked.
    pub fn details(&self) -> Result<&Details, Fault> {
        self.details.get_or_init(|| self.read()).as_ref().map_err(|fault| *fault)
    }

    fn read(&self) -> Result<Details, Fault> {
        let kind = self.record.context().kind;
        let read = match self.unread.take() {
            Some(Unread::Opened(bytes)) => Details::from_kept_bytes(kind, &bytes),
            Some(Unread::Sealed { payload, keys }) => {
                let bytes = open_content(self.record.header(), payload.0, None, &keys).ok_or(Fault::Unopenable)?;
                Details::from_bytes(kind, &bytes)
            }
            None => return Err(Fault::Unopenable),
        };
        read.map_err(|unreadable| match unreadable {
            Unreadable::Newer { .. } => Fault::Newer,
            Unreadable::TooLarge | Unreadable::Malformed => Fault::Malformed,
        })
    }

    /// Whether the object is there.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.record.context().state == RecordState::Live
    }

    /// Whether what it said was removed for good.
    #[must_use]
    pub fn is_purged(&self) -> bool {
        self.details.get() == Some(&Err(Fault::Purged))
    }

    /// Its number.
    #[must_use]
    pub fn number(&self) -> Number {
        self.record.context().number
    }
}

/// What a synchronisation or a lost race brought, not yet checked.
pub struct Staged {
    /// The newest head.
    pub head: SignedHead,
    /// Hashes of the rests of the heads since the one known.
    pub rests: Vec<Hash>,
    /// Catalog records.
    pub records: Vec<Record>,
    /// Secrets and facts.
    pub leaves: Vec<Leaf>,
}

/// What a device kept of a vault, not yet checked.
pub struct KeptVault {
    /// The head that it was kept under.
    pub head: SignedHead,
    /// Catalog records without their payloads, each with what it says.
    pub records: Vec<(Record, Zeroizing<Vec<u8>>)>,
    /// Secrets and facts.
    pub leaves: Vec<Leaf>,
}

/// A vault, verified and in the clear.
pub struct VaultView {
    vault: VaultId,
    /// The keys held.
    pub keys: BTreeMap<Epoch, Rc<VaultKeys>>,
    head: KnownHead,
    /// The newest head as it was signed.
    signed_head: Option<SignedHead>,
    /// The newest head remembered from an earlier session: what is given must extend it.
    remembered: KnownHead,
    tree: Tree,
    /// Each has its leaf in the tree, which knows their order. Boxed: an entry is large, and a map moves what it holds
    /// when it grows.
    entries: HashMap<LeafKey, Box<Entry>>,
    /// What stands in what.
    children: HashMap<ObjectId, BTreeSet<LeafKey>>,
    unverified: BTreeSet<LeafKey>,
}

impl VaultView {
    /// A vault of which nothing is known but perhaps an earlier head.
    #[must_use]
    pub fn new(vault: VaultId, remembered: KnownHead) -> Self {
        Self {
            vault,
            keys: BTreeMap::new(),
            head: KnownHead::NONE,
            signed_head: None,
            remembered,
            tree: Tree::default(),
            entries: HashMap::new(),
            children: HashMap::new(),
            unverified: BTreeSet::new(),
        }
    }

    /// The newest head.
    #[must_use]
    pub fn head(&self) -> KnownHead {
        self.head
    }

    /// The newest head with its signature.
    #[must_use]
    pub fn signed_head(&self) -> Option<&SignedHead> {
        self.signed_head.as_ref()
    }

    /// The head that the next one given must extend: the newest of this session, or the one remembered.
    #[must_use]
    pub fn remembered(&self) -> KnownHead {
        if self.head.sequence > 0 { self.head } else { self.remembered }
    }

    /// Remembers a head that others have seen: what is given from now on must extend it.
    pub fn remember(&mut self, head: KnownHead) {
        if self.remembered.sequence < head.sequence {
            self.remembered = head;
        }
    }

    /// The verified tree.
    #[must_use]
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// A catalog entry.
    #[must_use]
    pub fn entry(&self, key: &LeafKey) -> Option<&Entry> {
        self.entries.get(key).map(|entry| &**entry)
    }

    /// All catalog entries in the order of their keys.
    pub fn entries(&self) -> impl Iterator<Item = (&LeafKey, &Entry)> {
        self.tree.leaves().filter_map(|leaf| Some((&leaf.key, self.entry(&leaf.key)?)))
    }

    /// What stands directly in an object, in the order of keys; deleted ones included.
    pub fn children<'v>(&'v self, parent: &ObjectId) -> impl Iterator<Item = (&'v LeafKey, &'v Entry)> + use<'v> {
        let inside = self.children.get(parent).into_iter().flatten();
        inside.filter_map(|key| Some((key, self.entry(key)?)))
    }

    /// The objects around an entry, nearest first, up to the vault; `None` when one of them is deleted or missing.
    #[must_use]
    pub fn surroundings(&self, key: &LeafKey) -> Option<Vec<LeafKey>> {
        let mut around = Vec::new();
        let mut at = self.entry(key)?;
        while at.record.context().kind != RecordKind::Vault {
            let parent = self.parent_key(at)?;
            at = self.entry(&parent).filter(|entry| entry.is_live())?;
            around.push(parent);
            if around.len() > sealward_contract::limits::DEPTH + 2 {
                return None;
            }
        }
        Some(around)
    }

    /// What an entry stands in, whether that is there or not.
    #[must_use]
    pub fn parent(&self, key: &LeafKey) -> Option<LeafKey> {
        self.parent_key(self.entry(key)?)
    }

    fn parent_key(&self, entry: &Entry) -> Option<LeafKey> {
        let context = entry.record.context();
        let kind = match context.kind {
            RecordKind::Account => RecordKind::Resource,
            _ if context.parent == self.vault.object() => RecordKind::Vault,
            _ => RecordKind::ResourceGroup,
        };
        Some(LeafKey { id: context.parent, kind })
    }

    /// Whether an object and everything around it is there.
    #[must_use]
    pub fn is_reachable(&self, key: &LeafKey) -> bool {
        self.entry(key).is_some_and(Entry::is_live) && self.surroundings(key).is_some()
    }

    /// Checks what came in and, if all is right, takes it. Returns what changed.
    ///
    /// # Errors
    /// [`Damage`] when head, its history or its root are wrong: nothing is then taken. A single bad record is taken as
    /// damaged and stops nothing else.
    pub fn take(&mut self, state: &TeamState, staged: Staged) -> Result<Vec<LeafKey>, Damage> {
        let damage = |fault| Damage {
            author: Some(staged.head.value().rest.author),
            ..Damage::of_vault(self.vault, DamagedObject::Head, fault)
        };
        check_head(state, &self.vault, &staged.head).map_err(|refused| damage(refused.into()))?;
        let head = staged.head.value();
        let new = KnownHead { sequence: head.sequence, hash: head.hash() };
        let known = self.remembered();
        if !extends(known, new, &staged.rests) {
            return Err(damage(Fault::RolledBack));
        }
        // What is shown comes as a record, and nothing else does: a bare leaf would hide a change under a right root.
        let fits = staged.records.iter().all(|record| record.context().kind.is_catalog())
            && !staged.leaves.iter().any(|leaf| leaf.key.kind.is_catalog());
        if !fits {
            return Err(damage(Fault::Malformed));
        }
        let mut leaves = staged.leaves;
        leaves.extend(staged.records.iter().map(leaf_of));
        for leaf in &leaves {
            let grown = self.tree.get(&leaf.key).is_none_or(|old| old.version < leaf.version || old == leaf);
            if !grown {
                return Err(damage(Fault::RolledBack));
            }
        }
        let prepared = self.tree.prepare(&leaves);
        if prepared.root() != head.rest.root {
            return Err(damage(Fault::NotInHead));
        }
        self.tree.take(prepared);
        self.head = new;
        self.signed_head = Some(staged.head);
        if self.entries.is_empty() {
            let entries = staged.records.into_iter().map(|record| self.read_record(state, record)).collect();
            self.fill(entries);
        } else {
            for record in staged.records {
                self.put_record(state, record);
            }
        }
        Ok(leaves.iter().map(|leaf| leaf.key).collect())
    }

    /// Takes what this device kept of the vault, if nothing was taken yet. It is checked as if a server had given it, but
    /// for signatures, which this device verified before: the head's place and author, that it is none from before the
    /// one remembered, the rights, and that the root is that of everything kept. Returns what is there now.
    ///
    /// # Errors
    /// [`Damage`] when anything of it is wrong: nothing is then taken.
    pub fn restore(&mut self, state: &TeamState, kept: KeptVault) -> Result<Vec<LeafKey>, Damage> {
        let damage = |fault| Damage::of_vault(self.vault, DamagedObject::Head, fault);
        check_kept_head(state, &self.vault, &kept.head).map_err(|refused| damage(refused.into()))?;
        let head = kept.head.value();
        let new = KnownHead { sequence: head.sequence, hash: head.hash() };
        let older = match new.sequence.cmp(&self.remembered.sequence) {
            Ordering::Less => true,
            Ordering::Equal => new != self.remembered,
            Ordering::Greater => false,
        };
        if older || self.head != KnownHead::NONE {
            return Err(damage(Fault::RolledBack));
        }
        let fits = kept.records.iter().all(|(record, _)| record.context().kind.is_catalog())
            && !kept.leaves.iter().any(|leaf| leaf.key.kind.is_catalog());
        if !fits {
            return Err(damage(Fault::Malformed));
        }
        let mut leaves = kept.leaves;
        leaves.extend(kept.records.iter().map(|(record, _)| leaf_of(record)));
        // Two runs that are sorted, which a stable sort only merges.
        leaves.sort_by_key(|leaf| leaf.key);
        let mut tree = Tree::of(&leaves);
        if tree.root() != head.rest.root {
            return Err(damage(Fault::NotInHead));
        }
        let mut entries = Vec::with_capacity(kept.records.len());
        for (record, details) in kept.records {
            let key = key_of(&record);
            check_right(state, &expected(self.vault, &key), &record).map_err(|refused| damage(refused.into()))?;
            // Nothing was kept of what was purged; no other details are empty.
            let content = if details.is_empty() { Err(Fault::Purged) } else { Ok(Unread::Opened(details)) };
            entries.push((key, Box::new(Entry::new(record, content))));
        }
        self.fill(entries);
        self.tree = tree;
        self.head = new;
        self.signed_head = Some(kept.head);
        Ok(leaves.iter().map(|leaf| leaf.key).collect())
    }

    /// Takes records that this client has just written, with the head that the server accepted.
    ///
    /// # Errors
    /// [`Damage`] when a synchronisation brought that head's place without them: the server said "written" and lied.
    pub fn take_own(
        &mut self,
        state: &TeamState,
        head: &SignedHead,
        records: Vec<Record>,
    ) -> Result<Vec<LeafKey>, Damage> {
        let signed = head;
        let head = KnownHead { sequence: signed.value().sequence, hash: signed.value().hash() };
        let leaves: Vec<Leaf> = records.iter().map(leaf_of).collect();
        // A synchronisation may have brought it, and more, while the answer was on its way.
        if self.head.sequence >= head.sequence {
            let is_there =
                |leaf: &Leaf| self.tree.get(&leaf.key).is_some_and(|held| held == leaf || held.version > leaf.version);
            if !leaves.iter().all(is_there) {
                return Err(Damage::of_vault(self.vault, DamagedObject::Head, Fault::RolledBack));
            }
            return Ok(leaves.iter().map(|leaf| leaf.key).collect());
        }
        self.tree.take(self.tree.prepare(&leaves));
        self.head = head;
        self.signed_head = Some(signed.clone());
        for record in records {
            if record.context().kind.is_catalog() {
                self.put_record(state, record);
            }
        }
        Ok(leaves.iter().map(|leaf| leaf.key).collect())
    }

    /// Puts all entries of a vault in that had none.
    fn fill(&mut self, entries: Vec<(LeafKey, Box<Entry>)>) {
        self.unverified = entries.iter().map(|(key, _)| *key).collect();
        for (key, entry) in &entries {
            self.note_parent(*key, entry);
        }
        self.entries = entries.into_iter().collect();
    }

    fn put_record(&mut self, state: &TeamState, record: Record) {
        let (key, entry) = self.read_record(state, record);
        self.note_parent(key, &entry);
        let parent = entry.record.context().parent;
        if let Some(old) = self.entries.insert(key, entry) {
            let before = old.record.context().parent;
            if before != parent
                && let Some(inside) = self.children.get_mut(&before)
            {
                inside.remove(&key);
            }
        }
        self.unverified.insert(key);
    }

    fn note_parent(&mut self, key: LeafKey, entry: &Entry) {
        if key.kind != RecordKind::Vault {
            self.children.entry(entry.record.context().parent).or_default().insert(key);
        }
    }

    fn read_record(&self, state: &TeamState, mut record: Record) -> (LeafKey, Box<Entry>) {
        let key = key_of(&record);
        let payload = record.take_payload();
        let content = self.prepare(state, &key, &record, payload);
        (key, Box::new(Entry::new(record, content)))
    }

    fn prepare(
        &self,
        state: &TeamState,
        key: &LeafKey,
        record: &Record,
        payload: Option<Bytes>,
    ) -> Result<Unread, Fault> {
        check_right(state, &expected(self.vault, key), record)?;
        // Not everything is purged. Whether this one is out of reach is asked when it is acted on.
        if payload.is_none() && key.kind.is_purgeable() {
            return Err(Fault::Purged);
        }
        let keys = self.keys.get(&record.context().epoch).ok_or(Fault::Unopenable)?;
        Ok(Unread::Sealed { payload: payload.ok_or(Fault::Unopenable)?, keys: Rc::clone(keys) })
    }

    /// An entry whose signature is verified: what must be asked before it is acted on.
    ///
    /// # Errors
    /// [`Damage`] when it is damaged or its signature is wrong; `None` inside when there is no such entry.
    pub fn verified(&mut self, state: &TeamState, key: &LeafKey) -> Result<Option<&Entry>, Damage> {
        // A header alone is right where it says "deleted", or where what it stands in does.
        let bare_in_reach = self.entry(key).is_some_and(Entry::is_purged) && self.is_reachable(key);
        let Some(entry) = self.entries.get_mut(key) else { return Ok(None) };
        if !entry.verified && entry.details().is_ok() {
            if let Err(refused) = check_record(state, &expected(self.vault, key), &entry.record) {
                entry.details = OnceCell::from(Err(refused.into()));
            }
            entry.verified = true;
        }
        self.unverified.remove(key);
        match if bare_in_reach { Err(Fault::Unopenable) } else { entry.details() } {
            Ok(_) => Ok(Some(&**entry)),
            Err(Fault::Purged) => Ok(None),
            Err(fault) => {
                let context = entry.record.context();
                Err(Damage {
                    number: Some(context.number),
                    author: Some(context.author),
                    ..Damage::of_record(self.vault, *key, fault)
                })
            }
        }
    }

    /// Forgets what purged objects said.
    pub fn forget(&mut self, purged: &[LeafKey]) {
        for key in purged {
            if let Some(entry) = self.entries.get_mut(key) {
                entry.unread.take();
                entry.details = OnceCell::from(Err(Fault::Purged));
            }
        }
    }

    /// Verifies the signatures of up to `count` further entries; what a client does in the background.
    pub fn verify_some(&mut self, state: &TeamState, count: usize) -> Vec<Damage> {
        let keys: Vec<LeafKey> = self.unverified.iter().take(count).copied().collect();
        keys.iter().filter_map(|key| self.verified(state, key).err()).collect()
    }

    /// How many entries' signatures are still to be verified.
    #[must_use]
    pub fn unverified(&self) -> usize {
        self.unverified.len()
    }
}

/// Whether `new` extends `known`, given the rests of the heads between. From nothing, anything extends.
fn extends(known: KnownHead, new: KnownHead, rests: &[Hash]) -> bool {
    if known == KnownHead::NONE || known == new {
        return true;
    }
    new.sequence.checked_sub(known.sequence) == Some(rests.len() as u64)
        && !rests.is_empty()
        && rests.iter().fold(known.hash, |hash, rest| follow(&hash, rest)) == new.hash
}

fn expected(vault: VaultId, key: &LeafKey) -> Expected {
    Expected { vault, id: key.id, kind: key.kind, resource: None, version: None, hash: None }
}

pub(crate) fn key_of(record: &Record) -> LeafKey {
    LeafKey { id: record.context().id, kind: record.context().kind }
}

pub(crate) fn leaf_of(record: &Record) -> Leaf {
    Leaf { key: key_of(record), version: record.context().version, hash: record.hash() }
}
