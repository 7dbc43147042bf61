//! What this browser keeps of a team's catalog, in an IndexedDB of its own: losing it loses nothing. Everything in it is
//! sealed before it comes here; what is not kept any more is deleted in the transaction that writes the rest.

use super::device_store::{commit, storage};
use crate::bridge::{Error, TeamId};
use futures_util::future::join;
use idb::{Database, DatabaseEvent, Factory, KeyRange, ObjectStore, ObjectStoreParams, Query, TransactionMode};
use js_sys::Uint8Array;
use sealward_client::session::ChunkName;
use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};
use wasm_bindgen::{JsCast, JsValue};

const DATABASE: &str = "sealward-catalog";
const KEPT: &str = "kept";
/// The identity bundle, sealed as the server has it.
const IDENTITY: &str = "identity";
const MANIFEST: &str = "manifest";
/// There where the person does not want anything kept.
const OFF: &str = "off";

/// The store; clones are the same one. A browser that gives none keeps nothing, and everything else works.
#[derive(Clone)]
pub struct CatalogStore(Option<Rc<Database>>);

/// What is kept of a team.
#[derive(Default)]
pub struct Kept {
    /// Whether the person does not want anything kept.
    pub off: bool,
    /// The sealed identity bundle.
    pub identity: Option<Vec<u8>>,
    /// The sealed manifest.
    pub manifest: Option<Vec<u8>>,
    /// The sealed chunks, not yet copied into the worker's own memory.
    pub chunks: BTreeMap<String, Uint8Array>,
}

/// What is to be written at once.
pub struct Writing {
    /// The manifest that this goes on from.
    pub before: Option<Vec<u8>>,
    pub manifest: Vec<u8>,
    pub identity: Vec<u8>,
    pub chunks: Vec<(ChunkName, Uint8Array)>,
    /// Chunks that are there in the end.
    pub all: BTreeSet<ChunkName>,
}

/// What became of it.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Written {
    /// It is there.
    Done,
    /// Another window was faster.
    Overtaken,
    /// The person does not want anything kept.
    Unwanted,
}

impl CatalogStore {
    /// Opens it, and makes it where there is none.
    pub async fn open() -> Self {
        Self(open().await.ok().map(Rc::new))
    }

    /// Everything that is kept of a team.
    pub async fn read(&self, team: TeamId) -> Kept {
        self.read_all(team).await.unwrap_or_default()
    }

    async fn read_all(&self, team: TeamId) -> Option<Kept> {
        let transaction = self.0.as_ref()?.transaction(&[KEPT], TransactionMode::ReadOnly).ok()?;
        let store = transaction.object_store(KEPT).ok()?;
        // Both are asked for, and listened to, before the stretching of a password takes the worker for itself.
        let keys = store.get_all_keys(Some(all_of(team)?), None).ok()?.into_future();
        let values = store.get_all(Some(all_of(team)?), None).ok()?.into_future();
        let (keys, values) = join(keys, values).await;
        let (keys, values) = (keys.ok()?, values.ok()?);
        let mut kept = Kept::default();
        for (key, value) in keys.into_iter().zip(values) {
            let Some((_, name)) = key.as_string().and_then(|key| key.split_once('/').map(owned)) else {
                continue;
            };
            let Ok(bytes) = value.dyn_into::<Uint8Array>() else { continue };
            match name.as_str() {
                OFF => kept.off = true,
                IDENTITY => kept.identity = Some(bytes.to_vec()),
                MANIFEST => kept.manifest = Some(bytes.to_vec()),
                _ => drop(kept.chunks.insert(name, bytes)),
            }
        }
        Some(kept)
    }

    /// The manifest, the identity bundle, and whether the person wants anything kept.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub async fn read_manifest(&self, team: TeamId) -> Result<(Option<Vec<u8>>, Option<Vec<u8>>, bool), Error> {
        let database = self.0.as_ref().ok_or(Error::Storage)?;
        let transaction = database.transaction(&[KEPT], TransactionMode::ReadOnly).map_err(storage)?;
        let store = transaction.object_store(KEPT).map_err(storage)?;
        let (manifest, identity) = (get(&store, team, MANIFEST).await?, get(&store, team, IDENTITY).await?);
        Ok((manifest, identity, get(&store, team, OFF).await?.is_none()))
    }

    /// Writes all of it or nothing.
    ///
    /// # Errors
    /// [`Error::Storage`], also when there is no room.
    pub async fn write(&self, team: TeamId, writing: Writing) -> Result<Written, Error> {
        let database = self.0.as_ref().ok_or(Error::Storage)?;
        let transaction = database.transaction(&[KEPT], TransactionMode::ReadWrite).map_err(storage)?;
        let store = transaction.object_store(KEPT).map_err(storage)?;
        if get(&store, team, OFF).await?.is_some() {
            return Ok(Written::Unwanted);
        }
        if get(&store, team, MANIFEST).await? != writing.before {
            return Ok(Written::Overtaken);
        }
        let stay: BTreeSet<String> = writing.all.iter().map(name_of).collect();
        for key in store
            .get_all_keys(Some(all_of(team).ok_or(Error::Storage)?), None)
            .map_err(storage)?
            .await
            .map_err(storage)?
        {
            let name = key.as_string().and_then(|key| key.split_once('/').map(owned)).map(|(_, name)| name);
            let is_chunk = name.as_ref().is_some_and(|name| name.contains('/'));
            if is_chunk && !name.is_some_and(|name| stay.contains(&name)) {
                store.delete(Query::from(key)).map_err(storage)?.await.map_err(storage)?;
            }
        }
        for (name, bytes) in &writing.chunks {
            put(&store, team, &name_of(name), bytes).await?;
        }
        put(&store, team, IDENTITY, &Uint8Array::from(writing.identity.as_slice())).await?;
        put(&store, team, MANIFEST, &Uint8Array::from(writing.manifest.as_slice())).await?;
        commit(transaction).await?;
        Ok(Written::Done)
    }

    /// Deletes everything of a team; `off` says that nothing is to be kept from now on.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub async fn forget(&self, team: TeamId, off: bool) -> Result<(), Error> {
        let Some(database) = &self.0 else { return Ok(()) };
        let transaction = database.transaction(&[KEPT], TransactionMode::ReadWrite).map_err(storage)?;
        let store = transaction.object_store(KEPT).map_err(storage)?;
        store.delete(all_of(team).ok_or(Error::Storage)?).map_err(storage)?.await.map_err(storage)?;
        if off {
            put(&store, team, OFF, &Uint8Array::new_with_length(0)).await?;
        }
        commit(transaction).await
    }
}

impl Kept {
    /// Whether it can be opened without the server.
    pub fn opens_alone(&self) -> bool {
        !self.off && self.identity.is_some() && self.manifest.is_some()
    }

    /// A chunk.
    pub fn chunk(&self, name: &ChunkName) -> Option<&Uint8Array> {
        self.chunks.get(&name_of(name))
    }
}

async fn open() -> Result<Database, idb::Error> {
    let mut request = Factory::new()?.open(DATABASE, Some(1))?;
    request.on_upgrade_needed(|event| {
        // Where this fails the store stays missing, and every use of it says so.
        if let Ok(database) = event.database() {
            let _ = database.create_object_store(KEPT, ObjectStoreParams::new());
        }
    });
    request.await
}

async fn get(store: &ObjectStore, team: TeamId, name: &str) -> Result<Option<Vec<u8>>, Error> {
    let found = store.get(Query::from(key_of(team, name))).map_err(storage)?.await.map_err(storage)?;
    Ok(found.and_then(|value| value.dyn_into::<Uint8Array>().ok()).map(|bytes| bytes.to_vec()))
}

async fn put(store: &ObjectStore, team: TeamId, name: &str, bytes: &Uint8Array) -> Result<(), Error> {
    store.put(bytes, Some(&key_of(team, name))).map_err(storage)?.await.map_err(storage).map(drop)
}

fn key_of(team: TeamId, name: &str) -> JsValue {
    JsValue::from_str(&format!("{team}/{name}"))
}

fn name_of(name: &ChunkName) -> String {
    format!("{}/{:03}", name.vault, name.chunk)
}

/// All keys that begin with the team and a stroke: `0` is the sign after it.
fn all_of(team: TeamId) -> Option<Query> {
    let (from, to) = (JsValue::from_str(&format!("{team}/")), JsValue::from_str(&format!("{team}0")));
    KeyRange::bound(&from, &to, Some(false), Some(true)).ok().map(Query::from)
}

fn owned((left, right): (&str, &str)) -> (String, String) {
    (left.to_owned(), right.to_owned())
}
