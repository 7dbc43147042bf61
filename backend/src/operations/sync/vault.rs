//! Says what changed in a vault: a stream of frames from one snapshot, built part by part as the client takes them.
//! Parts are kept encoded, so that the next client of the same head is given the same bytes.

use std::{ops::ControlFlow, sync::Arc, time::Duration};

use axum::body::Body;
use bytes::Bytes as Chunked;
use futures_util::stream;
use sealward_contract::{
    codec,
    crypto::Hash,
    ids::{ObjectId, VaultId},
    limits,
    operations::{
        sync::{SyncFrame, SyncVault},
        wire::Format,
    },
    policy,
    problem::Rejection,
    record::{Leaf, LeafKey, RecordKind},
};

use crate::{
    memory::chunks::{Chunk, ChunkKey, Place},
    operations::{Call, Handler, Outcome, Refusal, Reply},
    server::App,
    store::{
        Key, ReadTx, StoreError,
        tables::{CHANGES, ENTRIES, HEADS, HeadRow, RECORDS, RESTS},
    },
};

/// Records and leaves in one part.
const PART: u32 = 512;
/// Bytes after which a part ends.
const PART_BYTES: usize = 256 * 1024;
/// Hashes of rests in one frame.
const RESTS_FRAME: usize = 4_096;
/// Most hashes of rests in one answer; who is further behind begins anew.
const RESTS_LIMIT: u64 = 200_000;
/// Longest life of a stream: a snapshot holds on to old pages for as long.
const LONGEST: Duration = Duration::from_secs(120);

impl Handler for SyncVault {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let vault = call.path.vault;
        let role = call.caller()?.role(&vault)?;
        if !policy::may_read_catalog(role) {
            return Err(Rejection::NotFound.into());
        }
        let malformed = |at: &str| Refusal::Rejected(Rejection::Malformed { at: at.to_owned() });
        let left = call.query.limit.unwrap_or(limits::SYNC_RECORDS);
        if !(1..=limits::SYNC_RECORDS).contains(&left) {
            return Err(malformed("limit"));
        }
        let after = call.query.after;
        let from = match &call.query.cursor {
            None => Spot { sequence: after, last: None },
            Some(cursor) => {
                parse_cursor(cursor).filter(|spot| spot.sequence >= after).ok_or_else(|| malformed("cursor"))?
            }
        };
        let snapshot = app.store.snapshot()?;
        let head = HEADS.get(&snapshot, &vault)?.ok_or(Rejection::NotFound)?;
        let format = call.format;
        let opening = opening(&snapshot, &vault, &head, call.query.known.unwrap_or(after), format)?;
        let walk = Walk {
            app: Arc::clone(app),
            snapshot: Arc::new(snapshot),
            vault,
            head: head.hash,
            format,
            left,
            stage: Stage::Opening(opening, from),
        };
        let deadline = tokio::time::Instant::now() + LONGEST;
        let parts = stream::try_unfold(walk, move |walk| async move {
            tokio::time::timeout_at(deadline, walk.step()).await.unwrap_or(Err(StoreError::Closed))
        });
        Ok(Reply::Stream(format.sequence_media_type(), Body::from_stream(parts)))
    }
}

/// The change after which a part begins: all of a head, or one record under it.
#[derive(Clone, Copy)]
struct Spot {
    sequence: u64,
    last: Option<(RecordKind, ObjectId)>,
}

enum Stage {
    Opening(Chunked, Spot),
    Parts(Spot),
    Ending(Option<Place>),
    Done,
}

struct Walk {
    app: Arc<App>,
    snapshot: Arc<ReadTx>,
    vault: VaultId,
    head: Hash,
    format: Format,
    left: u32,
    stage: Stage,
}

impl Walk {
    async fn step(mut self) -> Result<Option<(Chunked, Self)>, StoreError> {
        match std::mem::replace(&mut self.stage, Stage::Done) {
            Stage::Opening(bytes, spot) => {
                self.stage = Stage::Parts(spot);
                Ok(Some((bytes, self)))
            }
            Stage::Parts(spot) => {
                let part = self.part(spot).await?;
                self.left = self.left.saturating_sub(part.count);
                self.stage = match part.next {
                    Some((sequence, kind, id)) if self.left > 0 => {
                        Stage::Parts(Spot { sequence, last: Some((kind, id)) })
                    }
                    next => Stage::Ending(next),
                };
                // The kept bytes themselves go out: none are copied.
                Ok(Some((part.bytes, self)))
            }
            Stage::Ending(next) => {
                let mut bytes = Vec::new();
                write(&mut bytes, &SyncFrame::End { next: next.map(make_cursor) }, self.format)?;
                Ok(Some((bytes.into(), self)))
            }
            Stage::Done => Ok(None),
        }
    }

    async fn part(&self, spot: Spot) -> Result<Chunk, StoreError> {
        let key =
            ChunkKey { vault: self.vault, head: self.head, from: (spot.sequence, spot.last), format: self.format };
        // A part that the limit cuts short is nobody else's.
        let whole = self.left >= PART;
        if whole && let Some(chunk) = self.app.chunks.get(&key) {
            return Ok(chunk);
        }
        let (snapshot, vault, format, most) =
            (Arc::clone(&self.snapshot), self.vault, self.format, self.left.min(PART));
        let building = tokio::task::spawn_blocking(move || build(&snapshot, &vault, spot, most, format));
        let chunk = building.await.map_err(|_| StoreError::Panicked)??;
        if whole {
            self.app.chunks.put(key, chunk.clone());
        }
        Ok(chunk)
    }
}

/// Head, and the rests of the heads after the one that the caller knows.
fn opening(
    rows: &ReadTx,
    vault: &VaultId,
    head: &HeadRow,
    known: u64,
    format: Format,
) -> Result<Chunked, Refusal<sealward_contract::problem::Never>> {
    let mut bytes = Vec::new();
    write(&mut bytes, &SyncFrame::Head { head: head.head.clone() }, format)?;
    if known == 0 || known >= head.sequence {
        return Ok(bytes.into());
    }
    if head.sequence - known > RESTS_LIMIT {
        return Err(Rejection::TooLarge { limit: RESTS_LIMIT }.into());
    }
    let mut rests = Vec::new();
    RESTS.scan_after(rows, vault, &(*vault, known), |_, rest| {
        rests.push(rest);
        if rests.len() == RESTS_FRAME {
            write(&mut bytes, &SyncFrame::Rests { rests: std::mem::take(&mut rests) }, format)?;
        }
        Ok(ControlFlow::Continue(()))
    })?;
    if !rests.is_empty() {
        write(&mut bytes, &SyncFrame::Rests { rests }, format)?;
    }
    Ok(bytes.into())
}

/// The next part after a change.
fn build(rows: &ReadTx, vault: &VaultId, spot: Spot, most: u32, format: Format) -> Result<Chunk, StoreError> {
    let mut places: Vec<Place> = Vec::new();
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let take = |(_, sequence, kind, id): (VaultId, u64, RecordKind, ObjectId), ()| {
        places.push((sequence, kind, id));
        Ok(if places.len() > most { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    };
    match spot.last {
        None => {
            let first = (*vault, spot.sequence.saturating_add(1));
            CHANGES.scan_from(rows, vault, &first, take)?;
        }
        Some((kind, id)) => CHANGES.scan_after(rows, vault, &(*vault, spot.sequence, kind, id), take)?,
    }
    let (mut records, mut leaves, mut size, mut count) = (Vec::new(), Vec::new(), 0, 0);
    let mut last = None;
    for (sequence, kind, id) in places.iter().take(most).copied() {
        let entry = ENTRIES.get(rows, &(*vault, kind, id))?.ok_or(StoreError::Damaged { table: "entries" })?;
        if kind.is_catalog() {
            let record = RECORDS.get(rows, &(*vault, kind, id, entry.version.0))?;
            let record = record.ok_or(StoreError::Damaged { table: "records" })?;
            size += record.len();
            records.push(record);
        } else {
            size += 64;
            leaves.push(Leaf { key: LeafKey { id, kind }, version: entry.version, hash: entry.hash });
        }
        count += 1;
        last = Some((sequence, kind, id));
        if size >= PART_BYTES {
            break;
        }
    }
    let mut bytes = Vec::with_capacity(size + size / 16 + 256);
    if !records.is_empty() {
        write(&mut bytes, &SyncFrame::Records { records }, format)?;
    }
    if !leaves.is_empty() {
        write(&mut bytes, &SyncFrame::Leaves { leaves }, format)?;
    }
    let more = places.len() > usize::try_from(count).unwrap_or(usize::MAX);
    Ok(Chunk { bytes: bytes.into(), count, next: last.filter(|_| more) })
}

fn write(to: &mut Vec<u8>, frame: &SyncFrame, format: Format) -> Result<(), StoreError> {
    match format {
        Format::Cbor => to.extend_from_slice(&codec::encode(frame)),
        Format::Json => {
            serde_json::to_writer(&mut *to, frame).map_err(|error| StoreError::Engine(error.to_string()))?;
            to.push(b'\n');
        }
    }
    Ok(())
}

fn make_cursor((sequence, kind, id): Place) -> String {
    format!("{sequence}.{}.{id}", kind as u8)
}

fn parse_cursor(cursor: &str) -> Option<Spot> {
    let mut fields = cursor.split('.');
    let sequence = fields.next()?.parse().ok()?;
    let kind = RecordKind::read(&mut [fields.next()?.parse::<u8>().ok()?].as_slice())?;
    let id = fields.next()?.parse().ok()?;
    fields.next().is_none().then_some(Spot { sequence, last: Some((kind, id)) })
}
