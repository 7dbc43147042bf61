//! Encoded parts of vault syncs, so that the same bytes are not built again for every client. A part belongs to one
//! head, so it is never out of date; the least recently used go when the memory is used up.

use std::{
    collections::{BTreeMap, HashMap},
    sync::Mutex,
};

use bytes::Bytes;
use sealward_contract::{
    crypto::Hash,
    ids::{ObjectId, VaultId},
    operations::wire::Format,
    record::RecordKind,
};

use super::lock;

/// Most bytes kept.
const KEPT: usize = 40 << 20;

/// Where a sync stands: the last change that was given.
pub type Place = (u64, RecordKind, ObjectId);

/// Which part of which sync.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct ChunkKey {
    /// The vault.
    pub vault: VaultId,
    /// Hash of the head that it shows.
    pub head: Hash,
    /// After which change it begins.
    pub from: (u64, Option<(RecordKind, ObjectId)>),
    /// In which form.
    pub format: Format,
}

/// One encoded part.
#[derive(Clone, Debug)]
pub struct Chunk {
    /// The frames.
    pub bytes: Bytes,
    /// How many records and leaves are in it.
    pub count: u32,
    /// The last change in it, when more follow.
    pub next: Option<Place>,
}

/// The kept parts.
#[derive(Default)]
pub struct Chunks {
    inner: Mutex<Inner>,
}

#[derive(Default)]
struct Inner {
    chunks: HashMap<ChunkKey, (u64, Chunk)>,
    by_age: BTreeMap<u64, ChunkKey>,
    clock: u64,
    bytes: usize,
}

impl Chunks {
    /// A part that is kept.
    #[must_use]
    pub fn get(&self, key: &ChunkKey) -> Option<Chunk> {
        let mut inner = lock(&self.inner);
        inner.clock += 1;
        let clock = inner.clock;
        let (age, chunk) = inner.chunks.get_mut(key)?;
        let old = std::mem::replace(age, clock);
        let chunk = chunk.clone();
        inner.by_age.remove(&old);
        inner.by_age.insert(clock, *key);
        Some(chunk)
    }

    /// Forgets all parts of a vault: what they tell is no longer stored.
    pub fn forget(&self, vault: &VaultId) {
        let mut inner = lock(&self.inner);
        let Inner { chunks, by_age, bytes, .. } = &mut *inner;
        chunks.retain(|key, (age, chunk)| {
            if key.vault != *vault {
                return true;
            }
            by_age.remove(age);
            *bytes -= chunk.bytes.len();
            false
        });
    }

    /// Keeps a part.
    pub fn put(&self, key: ChunkKey, chunk: Chunk) {
        let mut inner = lock(&self.inner);
        if chunk.bytes.len() > KEPT || inner.chunks.contains_key(&key) {
            return;
        }
        inner.clock += 1;
        let clock = inner.clock;
        inner.bytes += chunk.bytes.len();
        inner.by_age.insert(clock, key);
        inner.chunks.insert(key, (clock, chunk));
        while inner.bytes > KEPT {
            let Some((_, oldest)) = inner.by_age.pop_first() else { break };
            if let Some((_, chunk)) = inner.chunks.remove(&oldest) {
                inner.bytes -= chunk.bytes.len();
            }
        }
    }
}
