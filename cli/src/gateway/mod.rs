//! The gateway: programs written for other password managers ask it in their own dialects, and it asks the team's server.
//! It has no account of its own: the credential of each call is a service's token, and what that may do is the team's to
//! say. Secrets are sealed and opened here, on the caller's side of the wire.

pub mod boundary;
mod certificate;
mod command;
pub mod exchange;
pub mod jumpserver;
mod kits;
mod listen;
mod members;
pub mod pmp;
pub mod rancher;
mod reading;
mod request_line;
pub mod shared;

pub use certificate::Certificate;
pub use command::{GatewayArguments, Way};
pub use listen::{Stop, status_of};

use crate::{
    clock::Clock,
    connection::{ServerAddress, Trust},
    connectors::{Connectors, HostKeys},
    engine::{Engine, Settings},
    failure::Failure,
};
use exchange::Dialect;
use shared::{Gateway, remote::Remote};
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    num::NonZeroUsize,
    path::PathBuf,
    sync::Arc,
    time::Duration,
};
use tokio::{net::TcpListener, task::JoinSet};

/// Which dialects are spoken, and where.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Places {
    /// Password Manager Pro's, over TLS.
    pub pmp: Option<SocketAddr>,
    /// JumpServer's, over TLS.
    pub jumpserver: Option<SocketAddr>,
    /// Boundary's.
    pub boundary: Option<SocketAddr>,
    /// Rancher's.
    pub rancher: Option<SocketAddr>,
}

impl Places {
    /// All four on loopback, at the ports of their products.
    #[must_use]
    pub fn usual() -> Self {
        let on = |port| Some(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), port));
        Self { pmp: on(7272), jumpserver: on(7443), boundary: on(9200), rancher: on(8080) }
    }

    fn over_tls(&self) -> impl Iterator<Item = SocketAddr> {
        self.pmp.into_iter().chain(self.jumpserver)
    }
}

/// How a gateway works.
pub struct Setup {
    /// The team's server.
    pub server: ServerAddress,
    /// Whom TLS to it trusts.
    pub trust: Trust,
    /// Which dialects are spoken, and where.
    pub places: Places,
    /// Certificate and key in PEM; one is made where there are none.
    pub certificate: Option<(PathBuf, PathBuf)>,
    /// Threads that hold sessions.
    pub threads: NonZeroUsize,
    /// Folder of what this machine has seen of the team.
    pub state: Option<PathBuf>,
    /// Whether secrets are refused to callers of JumpServer's dialect, who have no second factor to give.
    pub secrets_need_mfa: bool,
    /// Databases that are spoken to without TLS.
    pub plain_postgresql: Vec<SocketAddr>,
    /// The keys by which machines are known on which passwords are changed.
    pub host_keys: HostKeys,
    /// Tells the time.
    pub clock: Clock,
}

/// A dialect that is spoken somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Spoken {
    /// Which.
    pub dialect: &'static str,
    /// Whether over TLS.
    pub protected: bool,
    /// Where.
    pub address: SocketAddr,
}

impl std::fmt::Display for Spoken {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scheme = if self.protected { "https" } else { "http" };
        write!(formatter, "{}: {scheme}://{}", self.dialect, self.address)
    }
}

/// A gateway that is listening.
pub struct Running {
    /// What it speaks, and where.
    pub spoken: Vec<Spoken>,
    /// The certificate in PEM, where one was made.
    pub certificate: Option<String>,
    gateway: Arc<Gateway>,
    listeners: JoinSet<()>,
}

impl Running {
    /// Waits until every listener has ended, and every change of a password on a target, then ends the sessions.
    pub async fn finished(mut self) {
        while self.listeners.join_next().await.is_some() {}
        self.gateway.remote().finished().await;
        if let Some(gateway) = Arc::into_inner(self.gateway) {
            gateway.close().await;
        }
    }
}

/// Sessions that nobody asks for are ended after this.
const IDLE: Duration = Duration::from_secs(15 * 60);
/// One script reads at once what another wrote: each call sees all that was written before it. Calls at the same time share
/// a synchronisation.
const FRESH_FOR: Duration = Duration::ZERO;

/// Begins to listen.
///
/// # Errors
/// [`Failure::Local`] when an address cannot be had; [`Failure::Usage`] when the certificate cannot be used.
pub async fn start(setup: Setup, stop: Stop) -> Result<Running, Failure> {
    let engine = Engine::start(&Settings {
        server: setup.server,
        trust: setup.trust,
        threads: setup.threads,
        idle: IDLE,
        fresh_for: FRESH_FOR,
        state: setup.state,
        device_name: "sealward gateway".to_owned(),
        clock: Arc::clone(&setup.clock),
    })?;
    let remote = Remote::new(Connectors::new(setup.host_keys, setup.plain_postgresql));
    let gateway = Arc::new(Gateway::new(engine, setup.clock, setup.secrets_need_mfa, remote));
    let tls = match setup.places.over_tls().next() {
        None => None,
        Some(_) => {
            let made = || Certificate::SelfSigned(setup.places.over_tls().map(|address| address.ip()).collect());
            let given = setup.certificate.clone().map(|(chain, key)| Certificate::Files { chain, key });
            Some(given.unwrap_or_else(made).load()?)
        }
    };
    let acceptor = tls.as_ref().map(|tls| tls.acceptor.clone());
    let certificate = tls.and_then(|tls| tls.pem);
    let mut running = Running { spoken: Vec::new(), certificate, gateway, listeners: JoinSet::new() };
    if let Some(address) = setup.places.pmp {
        let dialect = pmp::Pmp::new(Arc::clone(&running.gateway));
        running.listen(("pmp", address), acceptor.clone(), dialect, stop.clone()).await?;
    }
    if let Some(address) = setup.places.jumpserver {
        let dialect = jumpserver::JumpServer::new(Arc::clone(&running.gateway));
        running.listen(("jumpserver", address), acceptor, dialect, stop.clone()).await?;
    }
    if let Some(address) = setup.places.boundary {
        let dialect = boundary::Boundary::new(Arc::clone(&running.gateway));
        running.listen(("boundary", address), None, dialect, stop.clone()).await?;
    }
    if let Some(address) = setup.places.rancher {
        let dialect = rancher::Rancher::new(Arc::clone(&running.gateway));
        running.listen(("rancher", address), None, dialect, stop).await?;
    }
    Ok(running)
}

impl Running {
    async fn listen<D: Dialect>(
        &mut self,
        (name, address): (&'static str, SocketAddr),
        tls: Option<tokio_rustls::TlsAcceptor>,
        dialect: D,
        stop: Stop,
    ) -> Result<(), Failure> {
        let named = || format!("{name}: {address}");
        let listener = TcpListener::bind(address).await.map_err(Failure::local(named()))?;
        let address = listener.local_addr().map_err(Failure::local(named()))?;
        self.spoken.push(Spoken { dialect: name, protected: tls.is_some(), address });
        self.listeners.spawn(listen::serve(listener, tls, Arc::new(dialect), stop, self.gateway.remote()));
        Ok(())
    }
}
