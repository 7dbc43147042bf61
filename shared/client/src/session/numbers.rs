//! Which live objects have which number, over all vaults: two with one number are both refused, so that a server cannot
//! point a script at another secret.

use foldhash::HashMap;
use sealward_contract::{
    ids::{Number, VaultId},
    record::LeafKey,
};
use std::ops::Range;

/// Holders of numbers, and the numbers that this session may give.
#[derive(Default)]
pub(super) struct Numbers {
    holders: HashMap<Number, Vec<(VaultId, LeafKey)>>,
    /// Handed out by the server and not yet used.
    pub(super) reserved: Range<u32>,
}

impl Numbers {
    /// Notes that a live object has a number, or that it has it no more.
    pub(super) fn note(&mut self, number: Number, vault: VaultId, key: LeafKey, live: bool) {
        let holders = self.holders.entry(number).or_default();
        holders.retain(|holder| *holder != (vault, key));
        if live {
            holders.push((vault, key));
        }
    }

    /// The only live object with a number.
    pub(super) fn holder(&self, number: Number) -> Option<(VaultId, LeafKey)> {
        match self.holders.get(&number).map(Vec::as_slice) {
            Some([only]) => Some(*only),
            _ => None,
        }
    }

    /// Whether a live object has a number.
    pub(super) fn is_held(&self, number: Number) -> bool {
        self.holders.get(&number).is_some_and(|holders| !holders.is_empty())
    }

    /// Whether more than one live object has a number.
    pub(super) fn is_ambiguous(&self, number: Number) -> bool {
        self.holders.get(&number).is_some_and(|holders| holders.len() > 1)
    }
}
