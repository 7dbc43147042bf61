//! Writing the catalog down: what is there already and has not changed stays as it is.

use super::form::{self, Chunk, ChunkName, KeptEnvelope, KeptFacts, KeptKeys, KeptRecord, ListedVault, Manifest};
use crate::{
    crypto::sealing::{self, Sealed, Sealing},
    error::Fault,
    model::{Facts, Payload},
    session::Session,
    transport::Transport,
    vault::{Entry, VaultView, encode_keyring},
};
use sealward_contract::{
    bytes::Bytes,
    codec,
    crypto::{Hash, hash_parts},
    ids::{ObjectId, VaultId},
    record::{LeafKey, RecordKind, SignedHead},
};
use std::collections::{BTreeMap, BTreeSet};

/// That the server was heard is written down so often, in milliseconds, if nothing else is.
const HEARD_EVERY: u64 = 60_000;

/// Facts that are known, and none that may be outdated.
pub type KnownFacts<'a> = &'a dyn Fn(&VaultId, &ObjectId) -> Option<Facts>;

/// What is to be written so that what is kept becomes what is known.
pub struct CachePlan {
    vaults: Vec<ListedVault>,
    missing: Vec<ChunkName>,
    changed: bool,
}

impl CachePlan {
    /// Whether anything is to be written at all.
    #[must_use]
    pub fn is_needed(&self) -> bool {
        self.changed
    }

    /// Chunks that are to be made.
    #[must_use]
    pub fn missing(&self) -> &[ChunkName] {
        &self.missing
    }

    /// Chunks that are to be there in the end; all others of the team go.
    pub fn chunks(&self) -> impl Iterator<Item = ChunkName> + '_ {
        self.vaults.iter().flat_map(|listed| names(listed.vault, listed.chunks.len()))
    }
}

/// Why a chunk was not made.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Unkeepable {
    /// Something changed meanwhile: the plan is to be made again.
    #[error("changed meanwhile")]
    Changed,
    /// An entry is damaged. The vault is not kept, so that it is fetched whole the next time.
    #[error("an entry is damaged: {0:?}")]
    Damaged(Fault),
}

fn names(vault: VaultId, chunks: usize) -> impl Iterator<Item = ChunkName> {
    (0..u16::try_from(chunks).unwrap_or(0)).map(move |chunk| ChunkName { vault, chunk })
}

impl<T: Transport> Session<T> {
    /// Compares what is known with what is kept: `stored` is the manifest in the device's store. Vaults in `without` are
    /// not kept, and neither are those that were refused. `None` before anything was synchronised.
    #[must_use]
    pub fn plan_cache(
        &self,
        stored: Option<&[u8]>,
        without: &BTreeSet<VaultId>,
        facts: KnownFacts<'_>,
    ) -> Option<CachePlan> {
        self.chain.borrow().as_ref()?;
        let stored = stored.and_then(|bytes| self.open_manifest(bytes));
        let before: BTreeMap<VaultId, &ListedVault> =
            stored.iter().flat_map(|manifest| &manifest.vaults).map(|listed| (listed.vault, listed)).collect();
        let refused = self.refused.borrow();
        let (mut vaults, mut missing) = (Vec::new(), Vec::new());
        for (vault, view) in self.vaults.borrow().iter() {
            if without.contains(vault) || refused.contains_key(vault) || self.role(vault).is_none() {
                continue;
            }
            let Some(listed) = list(*vault, view, facts) else { continue };
            let old = before.get(vault).filter(|old| old.chunks.len() == listed.chunks.len());
            for (at, (name, digest)) in names(*vault, listed.chunks.len()).zip(&listed.chunks).enumerate() {
                if old.and_then(|old| old.chunks.get(at)) != Some(digest) {
                    missing.push(name);
                }
            }
            vaults.push(listed);
        }
        let given = self.given.borrow();
        let changed = stored.is_none_or(|stored| {
            stored.vaults != vaults
                || stored.statements.len() != given.statements.len()
                || stored.envelopes.len() != given.envelopes.len()
                || stored.keys.is_none()
                || !stored.directory.iter().eq(given.directory.values())
                || self.heard.get().since(stored.time) >= HEARD_EVERY
        });
        Some(CachePlan { vaults, missing, changed })
    }

    /// Makes a chunk: what is left to do is the encryption.
    ///
    /// # Errors
    /// [`Unkeepable`].
    pub fn make_chunk(&self, plan: &CachePlan, name: &ChunkName, facts: KnownFacts<'_>) -> Result<Sealing, Unkeepable> {
        let vaults = self.vaults.borrow();
        let view = vaults.get(&name.vault).ok_or(Unkeepable::Changed)?;
        let listed = plan.vaults.iter().find(|listed| listed.vault == name.vault).ok_or(Unkeepable::Changed)?;
        let buckets = form::buckets_of(usize::from(name.chunk), listed.chunks.len());
        let mut chunk = Chunk { records: Vec::new(), leaves: Vec::new(), facts: Vec::new() };
        for leaf in form::leaves_of(view.tree(), buckets.clone()) {
            if leaf.key.kind.is_catalog() {
                chunk.records.push(keep(view, &leaf.key)?);
                continue;
            }
            chunk.leaves.push(*leaf);
            let known = (leaf.key.kind == RecordKind::Facts).then(|| facts(&name.vault, &leaf.key.id)).flatten();
            if let Some(known) = known {
                let facts = Bytes(known.to_kept_bytes().to_vec());
                chunk.facts.push(KeptFacts { account: leaf.key.id, record: leaf.hash, facts });
            }
        }
        let digest = digest(view, buckets, chunk.facts.len() as u64);
        if listed.chunks.get(usize::from(name.chunk)) != Some(&digest) {
            return Err(Unkeepable::Changed);
        }
        let payload = zeroize::Zeroizing::new(codec::encode(&chunk));
        let context = form::of_chunk(&self.team, &self.identity.member, name, &digest);
        self.surroundings
            .with_randomness(|randomness| sealing::begin(&self.identity.personal, context, &payload, randomness))
            .map_err(|_| Unkeepable::Damaged(Fault::Malformed))
    }

    /// The manifest that goes with the chunks, to be written in one transaction with them. `None` when a vault has moved
    /// on since the plan was made.
    #[must_use]
    pub fn seal_manifest(&self, plan: &CachePlan) -> Option<Vec<u8>> {
        {
            let vaults = self.vaults.borrow();
            let head = |vault| vaults.get(vault).and_then(VaultView::signed_head).map(SignedHead::to_wire);
            if plan.vaults.iter().any(|listed| head(&listed.vault).as_ref() != Some(&listed.head)) {
                return None;
            }
        }
        let given = self.given.borrow();
        let manifest = Manifest {
            form: form::FORM,
            time: self.heard.get(),
            statements: given.statements.clone(),
            envelopes: given
                .envelopes
                .iter()
                .map(|kept| KeptEnvelope { vault: kept.vault, epoch: kept.epoch, sealed: kept.envelope.sealed.clone() })
                .collect(),
            directory: given.directory.values().cloned().collect(),
            vaults: plan.vaults.clone(),
            keys: Some(self.keep_keys()?),
        };
        let context = form::of_manifest(&self.team, &self.identity.member);
        let sealed: Result<Sealed, _> = self.surroundings.with_randomness(|randomness| {
            sealing::seal(&self.identity.personal, &context, &codec::encode(&manifest), randomness)
        });
        Some(sealed.ok()?.to_wire().0)
    }

    fn keep_keys(&self) -> Option<Vec<KeptKeys>> {
        let vaults = self.vaults.borrow();
        let held = vaults.iter().filter(|(_, view)| !view.keys.is_empty());
        let keep = |(vault, view): (&VaultId, &VaultView)| {
            let keys: Vec<_> = view.keys.iter().map(|(epoch, keys)| (*epoch, &**keys)).collect();
            let plain = encode_keyring(&keys)?;
            let context = form::of_keys(&self.team, &self.identity.member, vault);
            let sealed = self
                .surroundings
                .with_randomness(|randomness| sealing::seal(&self.identity.personal, &context, &plain, randomness));
            Some(KeptKeys { vault: *vault, sealed: sealed.ok()?.to_wire() })
        };
        held.map(keep).collect()
    }

    pub(super) fn open_manifest(&self, bytes: &[u8]) -> Option<Manifest> {
        let sealed = Sealed::from_wire(bytes).ok()?;
        let context = form::of_manifest(&self.team, &self.identity.member);
        let opened = sealing::open_owned(&self.identity.personal, &context, sealed).ok()?;
        codec::decode(&opened).ok().filter(|manifest: &Manifest| manifest.form == form::FORM)
    }
}

fn list(vault: VaultId, view: &VaultView, facts: KnownFacts<'_>) -> Option<ListedVault> {
    let head = view.signed_head()?.to_wire();
    let count = form::divide(view.tree());
    let digest_of = |chunk| {
        let buckets = form::buckets_of(chunk, count);
        let leaves = form::leaves_of(view.tree(), buckets.clone());
        let known = leaves.filter(|leaf| leaf.key.kind == RecordKind::Facts && facts(&vault, &leaf.key.id).is_some());
        digest(view, buckets, known.count() as u64)
    };
    let chunks: Vec<Hash> = (0..count).map(digest_of).collect();
    Some(ListedVault { vault, head, chunks })
}

/// What tells whether a chunk is still right. Purging changes no leaf, and what was purged must go from here too.
fn digest(view: &VaultView, buckets: std::ops::Range<usize>, facts: u64) -> Hash {
    let digest = form::digest(view.tree(), buckets.clone(), facts);
    let leaves = form::leaves_of(view.tree(), buckets);
    let purged = leaves.filter(|leaf| view.entry(&leaf.key).is_some_and(Entry::is_purged));
    purged.fold(digest, |digest, leaf| hash_parts(&[&digest.0, &leaf.bytes()]))
}

fn keep(view: &VaultView, key: &LeafKey) -> Result<KeptRecord, Unkeepable> {
    let entry = view.entry(key).ok_or(Unkeepable::Damaged(Fault::NotInHead))?;
    if entry.is_purged() {
        // A payload that is missing within reach was not purged: somebody holds it back.
        if view.is_reachable(key) {
            return Err(Unkeepable::Damaged(Fault::Unopenable));
        }
        return Ok(KeptRecord { record: entry.record().to_bare_wire(), details: Bytes(Vec::new()) });
    }
    let details = entry.details().map_err(Unkeepable::Damaged)?;
    Ok(KeptRecord { record: entry.record().to_bare_wire(), details: Bytes(details.to_kept_bytes().to_vec()) })
}
