//! What a device remembers between sessions: the newest places of the chain, the audit and the heads that it has
//! verified, so that nobody can take it back behind them. Sealed under the member's personal key.

use crate::{
    crypto::{
        randomness::CryptoRng,
        sealing::{self, Sealed, SealingKey},
    },
    vault::KnownHead,
};
use minicbor::{Decode, Encode};
use sealward_contract::{
    codec,
    crypto::{Hash, context::Label},
    ids::{TeamId, VaultId},
    record::ChainPosition,
};
use std::collections::BTreeMap;

/// The newest verified places.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub(super) struct Memory {
    /// Of the chain.
    #[n(0)]
    pub(super) chain: Option<ChainPosition>,
    /// Of the audit chain.
    #[n(1)]
    pub(super) audit: Option<ChainPosition>,
    /// Of each vault: number and hash of its head.
    #[n(2)]
    heads: Vec<RememberedHead>,
}

#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
struct RememberedHead {
    #[n(0)]
    vault: VaultId,
    #[n(1)]
    sequence: u64,
    #[n(2)]
    hash: Hash,
}

impl Memory {
    pub(super) fn new(
        chain: Option<ChainPosition>,
        audit: Option<ChainPosition>,
        heads: &BTreeMap<VaultId, KnownHead>,
    ) -> Self {
        let heads = heads
            .iter()
            .map(|(vault, head)| RememberedHead { vault: *vault, sequence: head.sequence, hash: head.hash })
            .collect();
        Self { chain, audit, heads }
    }

    pub(super) fn head(&self, vault: &VaultId) -> KnownHead {
        let remembered = self.heads.iter().find(|head| head.vault == *vault);
        remembered.map_or(KnownHead::NONE, |head| KnownHead { sequence: head.sequence, hash: head.hash })
    }

    pub(super) fn heads(&self) -> BTreeMap<VaultId, KnownHead> {
        let known = |head: &RememberedHead| KnownHead { sequence: head.sequence, hash: head.hash };
        self.heads.iter().map(|head| (head.vault, known(head))).collect()
    }

    pub(super) fn seal(&self, key: &SealingKey, team: &TeamId, randomness: &mut dyn CryptoRng) -> Option<Vec<u8>> {
        let sealed = sealing::seal(key, &context(team), &codec::encode(self), randomness).ok()?;
        Some(sealed.to_wire().0)
    }

    /// What was remembered; nothing when the bytes are another member's or damaged: the device then starts as a new one.
    pub(super) fn open(key: &SealingKey, team: &TeamId, bytes: &[u8]) -> Option<Self> {
        let sealed = Sealed::from_wire(bytes).ok()?;
        let opened = sealing::open(key, &context(team), &sealed).ok()?;
        codec::decode(&opened).ok()
    }
}

fn context(team: &TeamId) -> Vec<u8> {
    Label::DeviceMemory.join(&[&team.0])
}
