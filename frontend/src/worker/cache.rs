//! The catalog that this browser keeps: restored when a session opens, written down when it has settled.

use super::{
    catalog_store::{Kept, Writing, Written},
    cipher,
    clock::{make_way, sleep},
    device_store::Standing,
    engine::{Engine, Open},
    message::tell,
    transport::Fetch,
};
use crate::bridge::{Error, Notice, ObjectId, TeamId, VaultId};
use futures_channel::{mpsc, oneshot};
use futures_util::{StreamExt, stream::FuturesOrdered};
use js_sys::Uint8Array;
use sealward_client::session::{ChunkName, Session, Unkeepable};
use sealward_contract::{bytes::Bytes, ids::Timestamp};
use std::{
    cell::{Cell, RefCell},
    collections::BTreeSet,
    rc::{Rc, Weak},
};
use wasm_bindgen_futures::spawn_local;

/// How long nothing must change before it is written down, in milliseconds.
const SETTLED: i32 = 1_000;
/// How often it is looked whether the facts have come, before it is written down without them.
const FACTS_PATIENCE: u32 = 40;
/// How often it is tried when other windows, or changes, come between.
const TRIES: usize = 4;
/// Chunks that are decrypted at the same time.
const AT_ONCE: usize = 4;

/// What an open session keeps.
pub struct Keeping {
    /// Whether the catalog is kept.
    pub on: Cell<bool>,
    /// Vaults in which something is damaged.
    without: RefCell<BTreeSet<VaultId>>,
}

impl Keeping {
    /// For a session that opens.
    pub fn new(standing: Standing, kept: &Kept) -> Self {
        Self { on: Cell::new(standing.remembered && !kept.off), without: RefCell::default() }
    }
}

impl Engine {
    /// Begins to read what is kept, while the password is being stretched.
    pub fn begin_reading(&self, team: TeamId) -> oneshot::Receiver<Kept> {
        let (read, reading) = oneshot::channel();
        let store = self.catalogs.clone();
        spawn_local(async move {
            let _ = read.send(store.read(team).await);
        });
        reading
    }

    /// Opens what is kept; says when the server was heard last. What is damaged, another's or outdated is left out: the
    /// server is then asked for it.
    pub async fn restore(&self, session: &Session<Fetch>, kept: &Kept, opening: impl Fn(usize)) -> Option<Timestamp> {
        let mut restoring = session.begin_restoring(kept.manifest.as_ref()?).ok()?;
        let names: Vec<ChunkName> = restoring.wanted().collect();
        let mut names = names.into_iter();
        let mut waiting = FuturesOrdered::new();
        loop {
            while waiting.len() < AT_ONCE
                && let Some(name) = names.next()
            {
                let bytes = kept.chunk(&name).map(Uint8Array::to_vec);
                if let Some(begun) = bytes.and_then(|bytes| session.begin_chunk(&restoring, &name, &bytes)) {
                    waiting.push_back(async move { (name, cipher::decrypt(begun).await) });
                }
            }
            let Some((name, decrypted)) = waiting.next().await else { break };
            if let Ok(chunk) = decrypted {
                let _ = session.take_chunk(&mut restoring, &name, &chunk);
                opening(session.vaults().values().map(|view| view.tree().leaves().len()).sum());
            }
        }
        Some(restoring.time())
    }

    /// Writes down what changed, in one transaction, and then what is remembered of the newest places.
    pub async fn keep(&self, open: &Rc<Open>) {
        if !open.keeping.on.get() || open.unlocking.borrow().is_some() {
            return;
        }
        for _ in 0..TRIES {
            match self.try_to_keep(open).await {
                Ok(Some((Written::Done, memory))) => {
                    self.save_memory(open, memory).await;
                    return;
                }
                Ok(Some((Written::Unwanted, _))) => {
                    open.keeping.on.set(false);
                    break;
                }
                Ok(Some((Written::Overtaken, _)) | None) => {}
                // No room, or no store: everything goes, so that nothing outdated stays behind.
                Err(_) => {
                    open.keeping.on.set(false);
                    let _ = self.catalogs.forget(open.team(), false).await;
                    break;
                }
            }
        }
        if !open.keeping.on.get() {
            self.save_memory(open, open.session.memory()).await;
        }
    }

    /// With it what is to be remembered of the newest places: not newer than what was kept. `None` when something changed
    /// meanwhile.
    async fn try_to_keep(&self, open: &Rc<Open>) -> Result<Option<(Written, Option<Vec<u8>>)>, Error> {
        let (before, identity, wanted) = self.catalogs.read_manifest(open.team()).await?;
        if !wanted {
            return Ok(Some((Written::Unwanted, None)));
        }
        let known = |vault: &VaultId, account: &ObjectId| open.facts.borrow().known(vault, account);
        let memory = open.session.memory();
        let plan = {
            let without = open.keeping.without.borrow();
            open.session.plan_cache(before.as_deref(), &without, &known)
        };
        // A new password seals the bundle anew: the old one must not open it here any longer.
        let renewed = identity != Some(open.session.kept_identity());
        let Some(plan) = plan.filter(|plan| renewed || plan.is_needed()) else {
            return Ok(Some((Written::Done, memory)));
        };
        let mut chunks = Vec::with_capacity(plan.missing().len());
        for name in plan.missing() {
            // What people wait for comes first.
            make_way().await;
            let sealing = match open.session.make_chunk(&plan, name, &known) {
                Ok(sealing) => sealing,
                Err(Unkeepable::Changed) => return Ok(None),
                Err(Unkeepable::Damaged(_)) => {
                    open.keeping.without.borrow_mut().insert(name.vault);
                    return Ok(None);
                }
            };
            let sealed = cipher::encrypt(sealing).await.map_err(|_| Error::Storage)?;
            chunks.push((*name, Uint8Array::from(sealed.to_wire().as_ref())));
        }
        let memory = open.session.memory();
        let Some(manifest) = open.session.seal_manifest(&plan) else { return Ok(None) };
        let writing =
            Writing { before, manifest, identity: open.session.kept_identity(), chunks, all: plan.chunks().collect() };
        self.catalogs.write(open.team(), writing).await.map(|written| Some((written, memory)))
    }

    /// Writes down what is remembered of the newest places.
    pub async fn save_memory(&self, open: &Open, memory: Option<Vec<u8>>) {
        if !open.standing.get().remembered || open.unlocking.borrow().is_some() {
            return;
        }
        let Some(memory) = memory else { return };
        let id = open.session.id();
        self.store
            .change(open.team(), |remembered| {
                remembered.memory = Some(Bytes(memory));
                remembered.session = Some(id);
            })
            .await;
    }

    /// Whether the catalog is kept in this browser, in every window.
    ///
    /// # Errors
    /// [`Error::Storage`].
    pub async fn set_keeping(&self, keep: bool) -> Result<(), Error> {
        let open = self.open()?;
        open.keeping.on.set(false);
        self.catalogs.forget(open.team(), !keep).await?;
        if keep && open.standing.get().remembered {
            open.keeping.on.set(true);
            let _ = open.settled.unbounded_send(());
        } else {
            self.save_memory(&open, open.session.memory()).await;
        }
        tell(Notice::Session(self.state()));
        Ok(())
    }
}

/// Writes the catalog down whenever it has settled.
pub async fn keep_always(engine: Engine, open: Weak<Open>, mut settled: mpsc::UnboundedReceiver<()>) {
    while settled.next().await.is_some() {
        let mut waited = 0;
        loop {
            sleep(SETTLED).await;
            let mut more = false;
            while settled.try_recv().is_ok() {
                more = true;
            }
            let Some(open) = open.upgrade() else { return };
            // Facts are kept too: without them everything would be written a second time.
            waited += 1;
            let facts = !open.facts.borrow().is_busy() || waited > FACTS_PATIENCE;
            if !more && open.writing.get() == 0 && open.index.borrow().is_complete() && facts {
                break;
            }
        }
        let Some(open) = open.upgrade() else { return };
        engine.keep(&open).await;
    }
}
