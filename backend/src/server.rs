//! The server as a library: open it, take its router, close it. Clock and randomness are the caller's.

use std::sync::Arc;

use axum::Router;

use crate::{
    config::{Config, CreateTeam, DataPlace},
    http::{self, decode::Bodies},
    lease_keys::{LEASE_KEYS_FILE, LeaseKeys},
    memory::{
        ceremonies::Ceremonies, challenges::Challenges, chunks::Chunks, forwarders::Forwarders, hub::Hub, noted::Noted,
        presence::Presence, teams::Teams, trees::Trees, turns::Turns,
    },
    metrics::Metrics,
    setup_code::SetupCode,
    store::{DATA_FILE, OpenError, Store, StoreError, tables::TEAM_COUNTER},
    surroundings::{Clock, Random, Resolve, SystemResolver},
};

/// Everything that operations and jobs share.
pub struct App {
    /// The settings.
    pub config: Config,
    /// The store.
    pub store: Store,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// Randomness.
    pub random: Arc<dyn Random>,
    /// Addresses of host names.
    pub names: Arc<dyn Resolve>,
    /// Replayed chains.
    pub teams: Teams,
    /// Hash trees.
    pub trees: Trees,
    /// Encoded parts of syncs.
    pub chunks: Chunks,
    /// Turns of writers.
    pub turns: Turns,
    /// Hints to listeners.
    pub hub: Hub,
    /// Open challenges.
    pub challenges: Challenges,
    /// Ceremonies with passkeys that were begun.
    pub ceremonies: Ceremonies,
    /// Last uses of sessions.
    pub presence: Presence,
    /// Refusals that were written down lately.
    pub noted: Noted,
    /// Peers that were told of in the log.
    pub forwarders: Forwarders,
    /// What is counted.
    pub metrics: Arc<Metrics>,
    /// Room for bodies on their way in.
    pub bodies: Bodies,
    /// Keys under which parts of grants are sealed.
    pub lease_keys: LeaseKeys,
    /// The set-up code, while one is needed.
    pub setup_code: Option<SetupCode>,
}

/// A server that is open.
pub struct Server {
    app: Arc<App>,
}

impl Server {
    /// Opens the data and makes everything ready; nothing listens yet.
    ///
    /// # Errors
    /// The data file cannot be opened, or the set-up code cannot be kept.
    pub fn open(config: Config, clock: Arc<dyn Clock>, random: Arc<dyn Random>) -> Result<Self, OpenError> {
        Self::open_with(config, clock, random, Arc::new(SystemResolver))
    }

    /// The same with another resolver of host names.
    ///
    /// # Errors
    /// As with [`Server::open`].
    pub fn open_with(
        config: Config,
        clock: Arc<dyn Clock>,
        random: Arc<dyn Random>,
        names: Arc<dyn Resolve>,
    ) -> Result<Self, OpenError> {
        let (store, setup_code) = match &config.data {
            DataPlace::Memory => (Store::in_memory()?, None),
            DataPlace::Folder(folder) => {
                let store = Store::open(&folder.join(DATA_FILE), config.cache)?;
                let teams = store.read(|tx| TEAM_COUNTER.get(tx, &()))?.unwrap_or_default();
                let wanted = config.needs_setup_code() && config.create_team == CreateTeam::First && teams == 0;
                let code = wanted.then(|| SetupCode::open(folder, random.as_ref())).transpose();
                (store, code.map_err(|source| OpenError::Io { path: folder.clone(), source })?)
            }
        };
        let lease_keys = match &config.data {
            DataPlace::Memory => LeaseKeys::in_memory(),
            DataPlace::Folder(folder) => {
                LeaseKeys::open(folder).map_err(|source| OpenError::Io { path: folder.join(LEASE_KEYS_FILE), source })?
            }
        };
        let app = App {
            config,
            store,
            clock,
            random,
            names,
            teams: Teams::default(),
            trees: Trees::default(),
            chunks: Chunks::default(),
            turns: Turns::default(),
            hub: Hub::default(),
            challenges: Challenges::default(),
            ceremonies: Ceremonies::default(),
            presence: Presence::default(),
            noted: Noted::default(),
            forwarders: Forwarders::default(),
            metrics: Arc::default(),
            bodies: Bodies::default(),
            lease_keys,
            setup_code,
        };
        Ok(Self { app: Arc::new(app) })
    }

    /// The routes of the API and of the site.
    pub fn router(&self) -> Router {
        http::router(Arc::clone(&self.app))
    }

    /// What operations and jobs share: for measurements and tests.
    #[must_use]
    pub fn app(&self) -> &Arc<App> {
        &self.app
    }

    /// Ends the event streams, so that an orderly end has nothing to wait for.
    pub fn end_streams(&self) {
        self.app.hub.close();
    }

    /// Writes down what is only in memory, and closes the store.
    ///
    /// # Errors
    /// The store failed.
    pub async fn close(&self) -> Result<(), StoreError> {
        let written = crate::jobs::write_presence(&self.app).await;
        let store = self.app.store.clone();
        let closed = tokio::task::spawn_blocking(move || store.close()).await;
        written.and(closed.map_err(|_| StoreError::Closed))
    }
}
