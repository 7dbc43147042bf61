//! The hash tree over a vault's records: 256 buckets by the first byte of the id, and a root over them. Both sides
//! bring it up to date by hashing one bucket again.

use crate::{
    crypto::{Hash, context::Label, hash, hash_parts},
    ids::{ObjectId, Version},
    record::RecordKind,
};
use minicbor::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Number of buckets under a root.
pub const BUCKETS: usize = 256;

/// What a leaf is sorted and found by.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize, JsonSchema,
)]
pub struct LeafKey {
    /// The object.
    #[n(0)]
    pub id: ObjectId,
    /// Which of its records.
    #[n(1)]
    pub kind: RecordKind,
}

/// One record under a head's root: its newest version.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, Serialize, Deserialize, JsonSchema)]
pub struct Leaf {
    /// Which record.
    #[n(0)]
    pub key: LeafKey,
    /// Its newest version.
    #[n(1)]
    pub version: Version,
    /// Hash of that version's header.
    #[n(2)]
    pub hash: Hash,
}

impl Leaf {
    /// Bytes of a leaf under a bucket: id, kind, version (big-endian), record hash.
    #[must_use]
    pub fn bytes(&self) -> [u8; 53] {
        let mut bytes = [0; 53];
        let (id, rest) = bytes.split_at_mut(16);
        id.copy_from_slice(&self.key.id.0);
        let (kind, rest) = rest.split_at_mut(1);
        kind.copy_from_slice(&[self.key.kind as u8]);
        let (version, hash) = rest.split_at_mut(4);
        version.copy_from_slice(&self.version.0.to_be_bytes());
        hash.copy_from_slice(&self.hash.0);
        bytes
    }
}

/// Hash of one bucket; the leaves come sorted by their key.
#[must_use]
pub fn bucket_hash<'a>(leaves: impl ExactSizeIterator<Item = &'a Leaf>) -> Hash {
    let mut bytes = Vec::with_capacity(leaves.len() * 53);
    let count = leaves.len() as u64;
    for leaf in leaves {
        bytes.extend_from_slice(&leaf.bytes());
    }
    hash(&Label::Bucket.join(&[&count.to_be_bytes(), &bytes]))
}

/// Hash of the root over all bucket hashes.
#[must_use]
pub fn root_hash(buckets: &[Hash; BUCKETS]) -> Hash {
    let parts: Vec<&[u8]> = buckets.iter().map(AsRef::as_ref).collect();
    hash_parts(&[Label::Root.bytes(), &parts.concat()])
}

/// All leaves of a vault, with the hashes above them.
#[derive(Clone, Debug)]
pub struct Tree {
    leaves: BTreeMap<LeafKey, Leaf>,
    buckets: Box<[Hash; BUCKETS]>,
    stale: [bool; BUCKETS],
}

impl Default for Tree {
    fn default() -> Self {
        let empty = bucket_hash([].iter());
        Self { leaves: BTreeMap::new(), buckets: Box::new([empty; BUCKETS]), stale: [false; BUCKETS] }
    }
}

impl Tree {
    /// The tree of these leaves.
    #[must_use]
    pub fn of(leaves: &[Leaf]) -> Self {
        let leaves = leaves.iter().map(|leaf| (leaf.key, *leaf)).collect();
        Self { leaves, stale: [true; BUCKETS], ..Self::default() }
    }

    /// Hashes of the buckets, as they were when the root was asked for last.
    #[must_use]
    pub fn buckets(&self) -> &[Hash; BUCKETS] {
        &self.buckets
    }

    /// Leaves of one bucket in the order of their keys.
    pub fn bucket(&self, first: u8) -> impl Iterator<Item = &Leaf> {
        bucket_of(&self.leaves, first)
    }

    /// Puts a record's newest version in; returns what stood there.
    pub fn put(&mut self, leaf: Leaf) -> Option<Leaf> {
        if let Some(stale) = self.stale.get_mut(usize::from(leaf.key.id.0[0])) {
            *stale = true;
        }
        self.leaves.insert(leaf.key, leaf)
    }

    /// The newest version of a record.
    #[must_use]
    pub fn get(&self, key: &LeafKey) -> Option<&Leaf> {
        self.leaves.get(key)
    }

    /// All leaves in the order of their keys.
    pub fn leaves(&self) -> impl ExactSizeIterator<Item = &Leaf> {
        self.leaves.values()
    }

    /// The root's hash, after hashing again the buckets that changed.
    pub fn root(&mut self) -> Hash {
        for (first, (bucket, stale)) in (0_u8..=255).zip(self.buckets.iter_mut().zip(self.stale.iter_mut())) {
            if std::mem::take(stale) {
                *bucket = hash_bucket(&self.leaves, first);
            }
        }
        root_hash(&self.buckets)
    }

    /// The root's hash if these leaves were put in; the tree stays as it is.
    #[must_use]
    pub fn root_with(&self, changes: &[Leaf]) -> Hash {
        self.prepare(changes).root
    }

    /// Hashes what the tree would be with these leaves; of two for one record the later counts.
    #[must_use]
    pub fn prepare(&self, changes: &[Leaf]) -> Prepared {
        // Built at once from what is sorted first: a whole vault comes this way.
        let changed: BTreeMap<LeafKey, Leaf> = changes.iter().map(|leaf| (leaf.key, *leaf)).collect();
        let mut buckets = self.buckets.clone();
        for (first, (bucket, stale)) in (0_u8..=255).zip(buckets.iter_mut().zip(self.stale)) {
            let is_empty = |leaves| bucket_of(leaves, first).next().is_none();
            if is_empty(&changed) {
                if stale {
                    *bucket = hash_bucket(&self.leaves, first);
                }
            } else if is_empty(&self.leaves) {
                *bucket = hash_bucket(&changed, first);
            } else {
                let both = bucket_of(&self.leaves, first).chain(bucket_of(&changed, first));
                let leaves: BTreeMap<LeafKey, Leaf> = both.map(|leaf| (leaf.key, *leaf)).collect();
                *bucket = bucket_hash(leaves.values());
            }
        }
        let root = root_hash(&buckets);
        Prepared { changed, buckets, root }
    }

    /// Puts in what was prepared for this very tree.
    pub fn take(&mut self, prepared: Prepared) {
        if self.leaves.is_empty() {
            self.leaves = prepared.changed;
        } else {
            self.leaves.extend(prepared.changed);
        }
        self.buckets = prepared.buckets;
        self.stale = [false; BUCKETS];
    }
}

/// Leaves that are to be put into a tree, with the hashes that it has then.
#[derive(Debug)]
pub struct Prepared {
    changed: BTreeMap<LeafKey, Leaf>,
    buckets: Box<[Hash; BUCKETS]>,
    root: Hash,
}

impl Prepared {
    /// The root's hash.
    #[must_use]
    pub fn root(&self) -> Hash {
        self.root
    }
}

fn bucket_of(leaves: &BTreeMap<LeafKey, Leaf>, first: u8) -> impl Iterator<Item = &Leaf> {
    let mut low = [0; 16];
    let mut high = [255; 16];
    low[0] = first;
    high[0] = first;
    let low = LeafKey { id: ObjectId(low), kind: RecordKind::Vault };
    let high = LeafKey { id: ObjectId(high), kind: RecordKind::File };
    leaves.range(low..=high).map(|(_, leaf)| leaf)
}

fn hash_bucket(leaves: &BTreeMap<LeafKey, Leaf>, first: u8) -> Hash {
    let leaves: Vec<Leaf> = bucket_of(leaves, first).copied().collect();
    bucket_hash(leaves.iter())
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    fn leaf(first: u8, version: u32) -> Leaf {
        let mut id = [7; 16];
        id[0] = first;
        Leaf {
            key: LeafKey { id: ObjectId(id), kind: RecordKind::Account },
            version: Version(version),
            hash: Hash([9; 32]),
        }
    }

    #[test]
    fn a_changed_tree_has_the_root_of_one_built_anew() {
        let mut grown = Tree::default();
        for (first, version) in [(1, 1), (200, 1), (1, 2)] {
            let foretold = grown.prepare(&[leaf(first, version)]);
            let root = foretold.root();
            assert_eq!(grown.root_with(&[leaf(first, version)]), root);
            let mut taken = grown.clone();
            taken.take(foretold);
            grown.put(leaf(first, version));
            assert_eq!((grown.root(), taken.root()), (root, root));
            assert_eq!((taken.buckets(), taken.leaves().len()), (grown.buckets(), grown.leaves().len()));
        }
        let mut anew = Tree::default();
        anew.put(leaf(200, 1));
        anew.put(leaf(1, 2));
        assert_eq!(grown.root(), anew.root());
        assert_eq!(Tree::of(&[leaf(200, 1), leaf(1, 2)]).root(), anew.root());
        assert_ne!(anew.root(), Tree::default().root());
    }
}
