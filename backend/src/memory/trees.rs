//! Hash trees of vaults at their newest head, so that a write hashes one bucket and not the vault.

use std::{
    collections::HashMap,
    ops::ControlFlow,
    sync::{Arc, Mutex},
};

use sealward_contract::{
    crypto::Hash,
    ids::VaultId,
    record::{Leaf, LeafKey, Tree},
};

use super::lock;
use crate::store::{Order, Rows, StoreError, tables::ENTRIES};

/// Most leaves kept in all trees together, about 100 bytes each.
const KEPT: usize = 300_000;

/// A vault's tree, and the head whose root it has; zero before the first head.
pub struct VaultTree {
    /// Hash of the head.
    pub head: Hash,
    /// The tree.
    pub tree: Tree,
}

/// The trees.
#[derive(Default)]
pub struct Trees {
    kept: Mutex<HashMap<VaultId, Arc<Mutex<VaultTree>>>>,
}

impl Trees {
    /// What `look` sees of the tree under this head. The rows must be those of the head.
    ///
    /// # Errors
    /// The store failed.
    pub fn with<T>(
        &self,
        rows: &impl Rows,
        vault: &VaultId,
        head: &Hash,
        look: impl FnOnce(&Tree) -> T,
    ) -> Result<T, StoreError> {
        let known = lock(&self.kept).get(vault).map(Arc::clone);
        if let Some(known) = known {
            let known = lock(&known);
            if known.head == *head {
                return Ok(look(&known.tree));
            }
        }
        let tree = read(rows, vault)?;
        let seen = look(&tree);
        self.keep(*vault, VaultTree { head: *head, tree });
        Ok(seen)
    }

    /// Brings a tree to the head that has just become durable.
    pub fn advance(&self, vault: &VaultId, from: &Hash, to: Hash, leaves: &[Leaf]) {
        let known = lock(&self.kept).get(vault).map(Arc::clone);
        if let Some(known) = known {
            let mut known = lock(&known);
            if known.head == *from {
                for leaf in leaves {
                    known.tree.put(*leaf);
                }
                // Hashes the changed buckets now, so that nobody finds them stale.
                known.tree.root();
                known.head = to;
            }
        }
    }

    fn keep(&self, vault: VaultId, tree: VaultTree) {
        let mut kept = lock(&self.kept);
        kept.insert(vault, Arc::new(Mutex::new(tree)));
        let mut leaves: usize = kept.values().map(|tree| lock(tree).tree.leaves().len()).sum();
        while leaves > KEPT {
            let Some(other) = kept.keys().find(|other| **other != vault).copied() else { break };
            leaves -= kept.remove(&other).map_or(0, |tree| lock(&tree).tree.leaves().len());
        }
    }
}

fn read(rows: &impl Rows, vault: &VaultId) -> Result<Tree, StoreError> {
    let mut tree = Tree::default();
    ENTRIES.scan(rows, vault, Order::Forward, |(_, kind, id), entry| {
        tree.put(Leaf { key: LeafKey { id, kind }, version: entry.version, hash: entry.hash });
        Ok(ControlFlow::Continue(()))
    })?;
    tree.root();
    Ok(tree)
}
