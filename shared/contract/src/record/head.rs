//! A vault's signed head: one hash over everything in it, and a link to the head before.

use crate::{
    codec,
    crypto::{Hash, Signed, SignedKind, context::Label, hash, hash_parts},
    ids::{MemberId, TeamId, Timestamp, VaultId},
    record::ChainPosition,
};
use minicbor::{Decode, Encode};

/// Hash of a head: SHA-256(hash of the head before ‖ SHA-256 of the rest). A client that was away follows a run of
/// heads by the hashes of their rests alone.
pub type HeadHash = Hash;

/// What is signed of a head.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Head {
    /// Number of the head, from 1.
    #[n(0)]
    pub sequence: u64,
    /// Hash of the head before; zero for the first.
    #[n(1)]
    pub previous: HeadHash,
    /// All the rest.
    #[n(2)]
    pub rest: HeadRest,
}

/// A head without its link.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct HeadRest {
    /// [`crate::suite::SUITE`].
    #[n(0)]
    pub suite: u8,
    /// The team.
    #[n(1)]
    pub team: TeamId,
    /// The vault.
    #[n(2)]
    pub vault: VaultId,
    /// Number of the head once more, so that the rest's hash binds it.
    #[n(3)]
    pub sequence: u64,
    /// Root over the vault's records.
    #[n(4)]
    pub root: Hash,
    /// Who signs it.
    #[n(5)]
    pub author: MemberId,
    /// The newest place of the chain that the author knew.
    #[n(6)]
    pub position: ChainPosition,
    /// When, by the author's clock.
    #[n(7)]
    pub time: Timestamp,
}

/// A head and its author's signature.
pub type SignedHead = Signed<Head>;

impl SignedKind for Head {
    const LABEL: Label = Label::Head;
}

impl Head {
    /// Puts a head together.
    #[must_use]
    pub fn new(previous: HeadHash, rest: HeadRest) -> Self {
        Self { sequence: rest.sequence, previous, rest }
    }

    /// Hash of everything but the link.
    #[must_use]
    pub fn rest_hash(&self) -> Hash {
        hash(&codec::encode(&self.rest))
    }

    /// The head's hash.
    #[must_use]
    pub fn hash(&self) -> HeadHash {
        follow(&self.previous, &self.rest_hash())
    }
}

/// Hash of the head that follows `previous` and whose rest has this hash.
#[must_use]
pub fn follow(previous: &HeadHash, rest: &Hash) -> HeadHash {
    hash_parts(&[&previous.0, &rest.0])
}
