//! One session: opened once, brought up to date before it is used.

use super::{Credential, Open, Settings, memory::MemoryFile};
use crate::{connection::Http, failure::Failure};
use sealward_client::{
    api::Api,
    crypto::randomness::OsRandom,
    error::Error,
    session::{FactorProof, sign_in, sign_in_service},
    surroundings::Surroundings,
};
use sealward_contract::{operations::factors::FactorText, text::LoginName};
use std::{cell::Cell, sync::Arc, time::Duration};
use tokio::{
    sync::{Mutex, OnceCell},
    time::Instant,
};

/// What is remembered is written down again after so long a time of use.
const WRITTEN_EVERY: Duration = Duration::from_secs(60);

/// A session, or the place of one that is being opened.
pub(super) struct Slot {
    open: OnceCell<Open>,
    /// When somebody asked for it last.
    used: Cell<Instant>,
    /// How many use it now.
    users: Cell<usize>,
    /// When its last synchronisation began.
    synced: Mutex<Option<Instant>>,
    /// When what it has seen was written down.
    written: Cell<Option<Instant>>,
}

/// Somebody uses a session for as long as this lives.
pub(super) struct Using<'s>(&'s Slot);

impl Drop for Using<'_> {
    fn drop(&mut self) {
        self.0.users.set(self.0.users.get().saturating_sub(1));
        self.0.used.set(Instant::now());
    }
}

impl Slot {
    pub(super) fn new() -> Self {
        Self {
            open: OnceCell::new(),
            used: Cell::new(Instant::now()),
            users: Cell::new(0),
            synced: Mutex::new(None),
            written: Cell::new(None),
        }
    }

    /// Notes that somebody uses it.
    pub(super) fn begin(&self) -> Using<'_> {
        self.users.set(self.users.get() + 1);
        Using(self)
    }

    /// Whether nobody has used it for so long.
    pub(super) fn is_idle(&self, idle: Duration) -> bool {
        self.users.get() == 0 && self.used.get().elapsed() >= idle
    }

    /// The session, if it was opened.
    pub(super) fn opened(&self) -> Option<&Open> {
        self.open.get()
    }

    /// The session: opened by whoever comes first, and waited for by the others.
    pub(super) async fn open(
        &self,
        settings: &Settings,
        http: &Http,
        credential: &Credential,
    ) -> Result<&Open, Failure> {
        self.open.get_or_try_init(|| open(settings, http, credential)).await
    }

    /// Brings the session up to date: with everything that was written before this was called, unless a shortly earlier
    /// synchronisation is good enough.
    pub(super) async fn freshen(&self, settings: &Settings, session: &Open) -> Result<(), Failure> {
        let asked = Instant::now();
        let mut synced = self.synced.lock().await;
        if synced.is_some_and(|began| began + settings.fresh_for > asked || began > asked) {
            return Ok(());
        }
        let began = Instant::now();
        // A vault that fails its checks is refused by itself, and so is whatever asks for it.
        session.sync(|_| {}).await?;
        *synced = Some(began);
        if self.written.get().is_none_or(|written| written.elapsed() >= WRITTEN_EVERY) {
            self.remember(settings, session);
        }
        Ok(())
    }

    /// Writes down what the session has seen. Where that cannot be done the session is as good as without.
    pub(super) fn remember(&self, settings: &Settings, session: &Open) {
        let Some(folder) = &settings.state else { return };
        let file = MemoryFile::of(folder, session.team(), &session.device().login_name);
        if session.memory().is_some_and(|memory| file.write(&memory).is_ok()) {
            self.written.set(Some(Instant::now()));
        }
    }
}

async fn open(settings: &Settings, http: &Http, credential: &Credential) -> Result<Open, Failure> {
    let clock = Arc::clone(&settings.clock);
    let surroundings = Surroundings::new(move || clock(), OsRandom::new());
    let (api, origin, device_name) = (Api::new(http.clone()), settings.server.origin(), &settings.device_name);
    let remembered = |team, name: &LoginName| MemoryFile::of(settings.state.as_ref()?, team, name).read();
    match credential {
        Credential::Service(token) => {
            let memory = remembered(token.team(), &LoginName::of_service(&token.member()));
            Ok(sign_in_service(api, surroundings, token, origin, device_name, memory.as_deref()).await?)
        }
        Credential::Person { device, password, code, compared } => {
            let memory = remembered(device.team, &device.login_name);
            let device = device.duplicate().ok_or(Error::WrongKit)?;
            let session = sign_in(api, surroundings, device, password, device_name, memory.as_deref()).await?;
            session.hold_where_doubtful();
            if *compared {
                session.begun_here();
            }
            if let Some(code) = code {
                let proof = FactorProof::Codes(FactorText::new(code.expose().to_owned()));
                session.confirm_session(proof).await?;
            }
            Ok(session)
        }
    }
}
