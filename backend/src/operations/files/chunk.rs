//! Takes one sealed chunk of an upload, and gives one of a file that was released.

use std::sync::Arc;

use sealward_contract::{
    crypto::hash,
    file::Layout,
    operations::files::{Chunk, ChunkError, ChunkStored, FetchError, GetChunk, PutChunk},
    policy,
    problem::Rejection,
    record::{RecordKind, RecordState},
};

use super::upload::find;
use crate::{
    operations::{
        Call, Handler, Outcome, Refusal, Reply,
        records::{holder, is_deleted},
    },
    server::App,
    store::{
        StoreError,
        tables::{ENTRIES, FILE_CHUNKS, FILE_RELEASES, FILES},
    },
};

impl Handler for PutChunk {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let caller = call.caller()?.clone();
        let (vault, id, index) = (call.path.vault, call.path.id, call.path.index.0);
        if !policy::may_upload(caller.role(&vault)?) {
            return Err(Refusal::Own(ChunkError::Forbidden));
        }
        let sealed = call.body.sealed;
        let digest = hash(&sealed);
        let stored = app.store.write(move |tx| {
            let mut row = find(tx, &caller.member, vault, id)?.ok_or(Rejection::NotFound)?;
            let shape = Layout::of_sealed(row.sealed_length).and_then(|layout| layout.chunk(index));
            if shape.is_none_or(|shape| shape.sealed() != sealed.len()) {
                return Err(Refusal::Own(ChunkError::ChunkRefused));
            }
            match row.chunks.get(&index) {
                Some(known) if *known == digest => {}
                // A chunk is sealed once under a key: two of them under one nonce would betray both.
                Some(_) => return Err(Refusal::Own(ChunkError::ChunkDiffers)),
                None => {
                    row.chunks.insert(index, digest);
                    FILE_CHUNKS.put(tx, &(vault, id, index), &sealed)?;
                    FILES.put(tx, &(vault, id), &row)?;
                }
            }
            Ok(ChunkStored { present: u32::try_from(row.chunks.len()).unwrap_or(u32::MAX) })
        });
        stored.await.map(Reply::Value)
    }
}

impl Handler for GetChunk {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let caller = call.caller()?;
        let (vault, id) = (call.path.vault, call.path.id);
        let role = caller.role(&vault)?;
        let snapshot = app.store.snapshot()?;
        let entry = ENTRIES.get(&snapshot, &(vault, RecordKind::File, id))?.ok_or(Rejection::NotFound)?;
        let holder = holder(&snapshot, vault, entry.parent)?.ok_or(Rejection::NotFound)?;
        let known = caller.state.vault(&vault).ok_or(Rejection::NotFound)?;
        let now = caller.state.position().sequence;
        // The right is asked for again with every chunk: it may have been taken since the release.
        let tier = entry.tier.max(known.tier_at(&entry.parent, Some(&holder.resource), now));
        let until = FILE_RELEASES.get(&snapshot, &(vault, id, caller.member))?;
        if !policy::may_release(role, tier) || until.is_none_or(|until| until <= call.now) {
            return Err(Refusal::Own(FetchError::NotReleased));
        }
        if entry.state == RecordState::Deleted || is_deleted(&snapshot, vault, &holder)? {
            return Err(Refusal::Own(FetchError::Deleted));
        }
        let file = FILES.get(&snapshot, &(vault, id))?.ok_or(StoreError::Damaged { table: "files" })?;
        if !file.chunks.contains_key(&call.path.index.0) {
            return Err(Rejection::NotFound.into());
        }
        let sealed = FILE_CHUNKS.get(&snapshot, &(vault, id, call.path.index.0))?;
        Ok(Reply::Value(Chunk { sealed: sealed.ok_or(StoreError::Damaged { table: "file_chunks" })? }))
    }
}
