//! Whose call it is: the service of the token, from where it may be used.

use super::{attempts::Attempts, remote::Remote, turns::Turns};
use crate::{
    clock::Clock,
    engine::{Credential, Engine, Open},
    failure::Failure,
};
use sealward_client::{error::Error, model::SecretText, session::Device};
use sealward_contract::{
    host::{Host, HostKind},
    ids::VaultId,
};
use std::{net::IpAddr, sync::Arc};

/// What every dialect asks.
pub struct Gateway {
    engine: Engine,
    attempts: Attempts,
    clock: Clock,
    secrets_need_mfa: bool,
    remote: Arc<Remote>,
    turns: Arc<Turns<VaultId>>,
}

impl Gateway {
    /// Over an engine, with what changes passwords on resources.
    #[must_use]
    pub fn new(engine: Engine, clock: Clock, secrets_need_mfa: bool, remote: Remote) -> Self {
        Self {
            engine,
            attempts: Attempts::default(),
            clock,
            secrets_need_mfa,
            remote: Arc::new(remote),
            turns: Arc::default(),
        }
    }

    /// What changes passwords on resources.
    #[must_use]
    pub fn remote(&self) -> Arc<Remote> {
        Arc::clone(&self.remote)
    }

    /// Turns at vaults, of all dialects: names are looked for and written in one, so that no two things get the same.
    #[must_use]
    pub fn turns(&self) -> Arc<Turns<VaultId>> {
        Arc::clone(&self.turns)
    }

    /// Whether secrets are refused to callers of JumpServer's dialect, who have no second factor to give.
    #[must_use]
    pub fn secrets_need_mfa(&self) -> bool {
        self.secrets_need_mfa
    }

    /// Does something as the service of a token. A caller on another machine is held against the hosts of the service
    /// here, since the server sees this machine alone.
    ///
    /// # Errors
    /// [`Failure::Credential`] when the token is not good, or not from there; what `act` fails with; others.
    pub async fn with_service<R, F>(&self, token: &str, peer: IpAddr, act: F) -> Result<R, Failure>
    where
        R: Send + 'static,
        F: AsyncFnOnce(&Open) -> Result<R, Failure> + Send + 'static,
    {
        let credential = Credential::of_token(token)?;
        let tried = (credential.key(), peer);
        let room = self.attempts.begin(tried, (self.clock)()).await?;
        let opened = match room {
            None => Ok(()),
            Some(_) => self.engine.with_credential(Credential::of_token(token)?, async |_: &Open| Ok(())).await,
        };
        self.attempts.end(tried, &opened, (self.clock)());
        drop(room);
        opened?;
        let done = self
            .engine
            .with_credential(credential, async move |session: &Open| {
                check_caller(session, peer).await?;
                act(session).await
            })
            .await;
        self.attempts.end(tried, &done, (self.clock)());
        done
    }

    /// Does something as a person, in a session of its own that ends with it: of two calls at the same time each proves
    /// its own password.
    ///
    /// # Errors
    /// [`Failure::Credential`] when kit or password are not theirs; what `act` fails with; others.
    pub async fn with_person<R, F>(&self, kit: Device, password: SecretText, act: F) -> Result<R, Failure>
    where
        R: Send + 'static,
        F: AsyncFnOnce(&Open) -> Result<R, Failure> + Send + 'static,
    {
        // What the gateway stands on it has from its services' sessions.
        let credential = Credential::Person { device: kit, password, code: None, compared: true };
        self.engine.alone(credential, act).await
    }

    /// Ends all sessions.
    pub async fn close(self) {
        self.engine.close().await;
    }
}

async fn check_caller(session: &Open, peer: IpAddr) -> Result<(), Failure> {
    let peer = peer.to_canonical();
    if peer.is_loopback() {
        return Ok(());
    }
    let own = session.member();
    let terms = session.chain().and_then(|chain| chain.member(&own)?.service().cloned());
    let hosts = terms.map(|terms| terms.hosts).unwrap_or_default();
    if hosts.is_empty() {
        return Ok(());
    }
    for host in &hosts {
        if is_at(host, peer).await {
            return Ok(());
        }
    }
    Err(Error::AddressRefused.into())
}

async fn is_at(host: &Host, peer: IpAddr) -> bool {
    match host.kind() {
        HostKind::Network(_) => host.contains(peer),
        // A name that leads nowhere lets nobody in.
        HostKind::Name(name) => {
            let found = tokio::net::lookup_host((name, 0)).await;
            found.is_ok_and(|mut found| found.any(|address| address.ip().to_canonical() == peer))
        }
    }
}
