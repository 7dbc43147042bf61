//! What this browser remembers between sessions, in IndexedDB: for each team who signed in, and the Secret Key unless
//! the person said no. No password, no token and no key that opens anything by itself.

use crate::bridge::{Error, KnownTeam, SessionId, TeamId, decode, encode};
use idb::{Database, DatabaseEvent, Factory, ObjectStore, ObjectStoreParams, Query, Transaction, TransactionMode};
use js_sys::Uint8Array;
use sealward_client::{crypto::password::SecretKey, session::Device};
use sealward_contract::{bytes::Bytes, text::LoginName};
use serde::{Deserialize, Serialize};
use wasm_bindgen::{JsCast, JsValue};
use zeroize::Zeroize;

const DATABASE: &str = "sealward";
const TEAMS: &str = "teams";
/// What people keep for themselves, sealed, by team; and Secret Keys that may be in force.
const PERSONAL: &str = "personal";
/// Minutes after which a session locks, unless the person chose otherwise.
const IDLE_MINUTES: u16 = 10;

/// One team that this browser remembers.
#[derive(Clone, Serialize, Deserialize)]
pub struct Remembered {
    /// The team.
    pub team: TeamId,
    /// Its name.
    pub team_name: String,
    /// Who signed in.
    pub login_name: String,
    /// Origin of the server.
    pub origin: String,
    /// The Secret Key.
    pub secret_key: Bytes,
    /// Settings.
    pub standing: Standing,
    /// What the session sealed for its successor.
    pub memory: Option<Bytes>,
    /// The newest session on the server: ended when the next one begins.
    pub session: Option<SessionId>,
    /// Whether the person is signed in here: their password alone goes on.
    pub signed_in: bool,
    /// When it was last signed in to, in milliseconds since 1970.
    pub used: u64,
}

/// What holds for a team in this browser.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Standing {
    /// Whether the Secret Key is remembered.
    pub remembered: bool,
    /// Whether the kit was typed back, or signed in with.
    pub kit_confirmed: bool,
    /// Minutes until the session locks by itself; `None` is never.
    pub idle_minutes: Option<u16>,
}

impl Standing {
    /// Of a team that this browser has just come to know.
    pub const fn new(remembered: bool, kit_confirmed: bool) -> Self {
        Self { remembered, kit_confirmed, idle_minutes: Some(IDLE_MINUTES) }
    }
}

impl Drop for Remembered {
    fn drop(&mut self) {
        self.secret_key.0.zeroize();
    }
}

impl Remembered {
    /// As the page is told of it.
    pub fn known(&self) -> KnownTeam {
        KnownTeam {
            team: self.team,
            name: self.team_name.clone(),
            login_name: self.login_name.clone(),
            remembers_kit: true,
        }
    }

    /// What is needed to sign in besides the password.
    pub fn device(&self) -> Option<Device> {
        Some(Device {
            team: self.team,
            login_name: LoginName::parse(&self.login_name).ok()?,
            origin: self.origin.clone(),
            secret_key: SecretKey::from_slice(&self.secret_key.0)?,
        })
    }
}

/// The store. A browser that gives none (a private window) remembers nothing, and everything else works.
pub struct DeviceStore(Option<Database>);

impl DeviceStore {
    /// Opens it, and makes it where there is none.
    pub async fn open() -> Self {
        Self(open().await.ok())
    }

    /// All teams, the newest first. What cannot be read is left out.
    pub async fn list(&self) -> Vec<Remembered> {
        let mut all = self.read_all().await.unwrap_or_default();
        all.sort_by_key(|remembered| core::cmp::Reverse(remembered.used));
        all
    }

    /// One team.
    pub async fn find(&self, team: TeamId) -> Option<Remembered> {
        let transaction = self.0.as_ref()?.transaction(&[TEAMS], TransactionMode::ReadOnly).ok()?;
        let found = transaction.object_store(TEAMS).ok()?.get(Query::from(key_of(team))).ok()?.await.ok()??;
        read(found)
    }

    /// Remembers a team, in place of what was remembered of it.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub async fn put(&self, remembered: &Remembered) -> Result<(), Error> {
        let database = self.0.as_ref().ok_or(Error::Storage)?;
        let transaction = database.transaction(&[TEAMS], TransactionMode::ReadWrite).map_err(storage)?;
        put(&transaction.object_store(TEAMS).map_err(storage)?, remembered).await?;
        commit(transaction).await
    }

    /// Changes what is remembered of a team; nothing where it is not.
    pub async fn change(&self, team: TeamId, change: impl FnOnce(&mut Remembered)) {
        // What cannot be written is asked for again the next time.
        let _ = self.try_to_change(team, change).await;
    }

    /// Reads and writes in one transaction, so that two windows do not undo each other's changes.
    async fn try_to_change(&self, team: TeamId, change: impl FnOnce(&mut Remembered)) -> Result<(), Error> {
        let database = self.0.as_ref().ok_or(Error::Storage)?;
        let transaction = database.transaction(&[TEAMS], TransactionMode::ReadWrite).map_err(storage)?;
        let store = transaction.object_store(TEAMS).map_err(storage)?;
        let found = store.get(Query::from(key_of(team))).map_err(storage)?.await.map_err(storage)?;
        let Some(mut remembered) = found.and_then(read) else { return Ok(()) };
        change(&mut remembered);
        put(&store, &remembered).await?;
        commit(transaction).await
    }

    /// What a person keeps for themselves in a team, sealed.
    pub async fn personal(&self, team: TeamId) -> Option<Vec<u8>> {
        let transaction = self.0.as_ref()?.transaction(&[PERSONAL], TransactionMode::ReadOnly).ok()?;
        let found = transaction.object_store(PERSONAL).ok()?.get(Query::from(key_of(team))).ok()?.await.ok()??;
        found.dyn_into::<Uint8Array>().ok().map(|bytes| bytes.to_vec())
    }

    /// Keeps that.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub async fn put_personal(&self, team: TeamId, sealed: &[u8]) -> Result<(), Error> {
        let database = self.0.as_ref().ok_or(Error::Storage)?;
        let transaction = database.transaction(&[PERSONAL], TransactionMode::ReadWrite).map_err(storage)?;
        let store = transaction.object_store(PERSONAL).map_err(storage)?;
        store.put(&Uint8Array::from(sealed), Some(&key_of(team))).map_err(storage)?.await.map_err(storage)?;
        transaction.await.map_err(storage).map(drop)
    }

    /// A Secret Key that may have taken the place of the one that is remembered.
    pub async fn pending(&self, team: TeamId) -> Option<Vec<u8>> {
        let transaction = self.0.as_ref()?.transaction(&[PERSONAL], TransactionMode::ReadOnly).ok()?;
        let found =
            transaction.object_store(PERSONAL).ok()?.get(Query::from(pending_key_of(team))).ok()?.await.ok()??;
        found.dyn_into::<Uint8Array>().ok().map(|bytes| bytes.to_vec())
    }

    /// Keeps that, or forgets it.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub async fn put_pending(&self, team: TeamId, key: Option<&[u8]>) -> Result<(), Error> {
        let database = self.0.as_ref().ok_or(Error::Storage)?;
        let transaction = database.transaction(&[PERSONAL], TransactionMode::ReadWrite).map_err(storage)?;
        let (store, place) = (transaction.object_store(PERSONAL).map_err(storage)?, pending_key_of(team));
        match key {
            Some(key) => {
                store.put(&Uint8Array::from(key), Some(&place)).map_err(storage)?.await.map_err(storage)?;
            }
            None => store.delete(Query::from(place)).map_err(storage)?.await.map_err(storage)?,
        }
        commit(transaction).await
    }

    /// Forgets a team.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub async fn forget(&self, team: TeamId) -> Result<(), Error> {
        let Some(database) = &self.0 else { return Ok(()) };
        let transaction = database.transaction(&[TEAMS, PERSONAL], TransactionMode::ReadWrite).map_err(storage)?;
        for store in [TEAMS, PERSONAL] {
            let store = transaction.object_store(store).map_err(storage)?;
            store.delete(Query::from(key_of(team))).map_err(storage)?.await.map_err(storage)?;
        }
        let store = transaction.object_store(PERSONAL).map_err(storage)?;
        store.delete(Query::from(pending_key_of(team))).map_err(storage)?.await.map_err(storage)?;
        commit(transaction).await
    }

    async fn read_all(&self) -> Option<Vec<Remembered>> {
        let transaction = self.0.as_ref()?.transaction(&[TEAMS], TransactionMode::ReadOnly).ok()?;
        let all = transaction.object_store(TEAMS).ok()?.get_all(None, None).ok()?.await.ok()?;
        Some(all.into_iter().filter_map(read).collect())
    }
}

async fn open() -> Result<Database, idb::Error> {
    let mut request = Factory::new()?.open(DATABASE, Some(2))?;
    request.on_upgrade_needed(|event| {
        // Where this fails the store stays missing, and every use of it says so.
        if let Ok(database) = event.database() {
            let there = database.store_names();
            for store in [TEAMS, PERSONAL].into_iter().filter(|store| !there.iter().any(|other| other == store)) {
                let _ = database.create_object_store(store, ObjectStoreParams::new());
            }
        }
    });
    request.await
}

async fn put(store: &ObjectStore, remembered: &Remembered) -> Result<(), Error> {
    let mut bytes = encode(remembered)?;
    let value = Uint8Array::from(bytes.as_slice());
    bytes.zeroize();
    store.put(&value, Some(&key_of(remembered.team))).map_err(storage)?.await.map_err(storage).map(drop)
}

fn key_of(team: TeamId) -> JsValue {
    JsValue::from_str(&team.to_string())
}

/// Beside what a person keeps for themselves: another store of its own would be another version of the database, which waits
/// for every other window.
fn pending_key_of(team: TeamId) -> JsValue {
    JsValue::from_str(&format!("{team}/secret-key"))
}

fn read(value: JsValue) -> Option<Remembered> {
    let mut bytes = value.dyn_into::<Uint8Array>().ok()?.to_vec();
    let remembered = decode(&bytes).ok();
    bytes.zeroize();
    remembered
}

/// Waits until a transaction is written. One that was aborted, for want of room perhaps, has written nothing.
pub async fn commit(transaction: Transaction) -> Result<(), Error> {
    if transaction.await.map_err(storage)?.is_committed() { Ok(()) } else { Err(Error::Storage) }
}

/// Whatever the store says: nothing was stored.
pub fn storage<E>(_: E) -> Error {
    Error::Storage
}
