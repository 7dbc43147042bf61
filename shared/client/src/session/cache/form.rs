//! The bytes of manifest and chunks. Both are sealed under the member's personal key for team, member and place, and a
//! chunk for what it must contain, so that none opens in the place of another.

use minicbor::{Decode, Encode};
use sealward_contract::{
    bytes::Bytes,
    crypto::{Hash, context::Label, hash_parts},
    ids::{Epoch, MemberId, ObjectId, TeamId, Timestamp, VaultId},
    record::{BUCKETS, Leaf, Tree},
};
use std::ops::Range;

/// Number of this form of the cache; what has another one is dropped.
pub(super) const FORM: u8 = 1;
/// Chunks are made to be about so long before they are sealed.
const CHUNK_BYTES: usize = 1024 * 1024;
/// What a catalog record takes, on average: header, signature and what it says.
const RECORD_BYTES: usize = 640;

/// What the team was.
#[derive(Encode, Decode)]
pub(super) struct Manifest {
    /// [`FORM`].
    #[n(0)]
    pub(super) form: u8,
    /// When the server was heard last.
    #[n(1)]
    pub(super) time: Timestamp,
    /// The team chain.
    #[n(2)]
    pub(super) statements: Vec<Bytes>,
    /// Envelopes to the member.
    #[n(3)]
    pub(super) envelopes: Vec<KeptEnvelope>,
    /// Records of the directory.
    #[n(4)]
    pub(super) directory: Vec<Bytes>,
    /// The vaults kept.
    #[n(5)]
    pub(super) vaults: Vec<ListedVault>,
    /// What the envelopes held, sealed again: opening one takes a hundred times as long. `None` in what was kept before
    /// there was this.
    #[n(6)]
    pub(super) keys: Option<Vec<KeptKeys>>,
}

/// The keys of a vault that were held, each as the chain commits to it, sealed under the member's personal key.
#[derive(Encode, Decode)]
pub(super) struct KeptKeys {
    #[n(0)]
    pub(super) vault: VaultId,
    #[n(1)]
    pub(super) sealed: Bytes,
}

/// An envelope with keys, as it was given.
#[derive(Encode, Decode)]
pub(super) struct KeptEnvelope {
    #[n(0)]
    pub(super) vault: Option<VaultId>,
    #[n(1)]
    pub(super) epoch: Epoch,
    #[n(2)]
    pub(super) sealed: Bytes,
}

/// A vault of the manifest.
#[derive(Clone, PartialEq, Eq, Encode, Decode)]
pub(super) struct ListedVault {
    #[n(0)]
    pub(super) vault: VaultId,
    /// Its signed head.
    #[n(1)]
    pub(super) head: Bytes,
    /// What each of its chunks must contain.
    #[n(2)]
    pub(super) chunks: Vec<Hash>,
}

/// The records of some of a vault's 256 buckets.
#[derive(Encode, Decode)]
pub(super) struct Chunk {
    #[n(0)]
    pub(super) records: Vec<KeptRecord>,
    /// Secrets, facts and files.
    #[n(1)]
    pub(super) leaves: Vec<Leaf>,
    /// Facts that were known.
    #[n(2)]
    pub(super) facts: Vec<KeptFacts>,
}

/// Facts of an account's secret: what they said, and which record said it.
#[derive(Encode, Decode)]
pub(super) struct KeptFacts {
    #[n(0)]
    pub(super) account: ObjectId,
    #[n(1)]
    pub(super) record: Hash,
    #[n(2)]
    pub(super) facts: Bytes,
}

/// A catalog record: header and signature as they were given, and what it says.
#[derive(Encode, Decode)]
pub(super) struct KeptRecord {
    #[n(0)]
    pub(super) record: Bytes,
    #[n(1)]
    pub(super) details: Bytes,
}

/// Which chunk of which vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ChunkName {
    /// The vault.
    pub vault: VaultId,
    /// The chunk.
    pub chunk: u16,
}

/// Into how many chunks a vault is divided: a power of two, so that one more record seldom moves the others.
pub(super) fn divide(tree: &Tree) -> usize {
    let bytes = tree.leaves().map(|leaf| if leaf.key.kind.is_catalog() { RECORD_BYTES } else { 64 }).sum::<usize>();
    bytes.div_ceil(CHUNK_BYTES).next_power_of_two().min(BUCKETS)
}

/// The buckets of one of so many chunks.
pub(super) fn buckets_of(chunk: usize, chunks: usize) -> Range<usize> {
    let each = BUCKETS / chunks.clamp(1, BUCKETS);
    chunk * each..(chunk + 1) * each
}

/// What a chunk must contain: the hashes of its buckets, and how many facts.
pub(super) fn digest(tree: &Tree, buckets: Range<usize>, facts: u64) -> Hash {
    let mut parts: Vec<&[u8]> = tree.buckets().get(buckets).unwrap_or_default().iter().map(AsRef::as_ref).collect();
    let facts = facts.to_be_bytes();
    parts.push(&facts);
    hash_parts(&parts)
}

/// The leaves of some buckets.
pub(super) fn leaves_of(tree: &Tree, buckets: Range<usize>) -> impl Iterator<Item = &Leaf> {
    buckets.filter_map(|bucket| u8::try_from(bucket).ok()).flat_map(|first| tree.bucket(first))
}

/// Context of the manifest.
pub(super) fn of_manifest(team: &TeamId, member: &MemberId) -> Vec<u8> {
    Label::CatalogCache.join(&[&team.0, &member.0])
}

/// Context of a vault's keys.
pub(super) fn of_keys(team: &TeamId, member: &MemberId, vault: &VaultId) -> Vec<u8> {
    Label::CatalogCache.join(&[&team.0, &member.0, &vault.0])
}

/// Context of a chunk.
pub(super) fn of_chunk(team: &TeamId, member: &MemberId, name: &ChunkName, digest: &Hash) -> Vec<u8> {
    Label::CatalogCache.join(&[&team.0, &member.0, &name.vault.0, &name.chunk.to_be_bytes(), &digest.0])
}
