//! The gateway as its callers see it: real sockets, a real server behind it, and services' tokens.

mod at_once;
mod attempts;
mod boundary;
mod documents;
mod jumpserver;
mod migrate;
mod page;
mod pmp;
mod pmp_people;
mod pmp_requests;
mod rancher;
mod remote;

use crate::harness::{Founder, InProcess, TestServer, service, terms};
use sealward_cli::{
    connection::{PlainHttp, ServerAddress, Trust},
    connectors::HostKeys,
    engine::{Engine, Settings},
    gateway::{Places, Running, Setup, start},
};
use sealward_client::{
    model::VaultDetails,
    session::{NewVault, Session},
};
use sealward_contract::{
    chain::{FactorDemand, ServiceTerms, TeamPolicy, VaultKind, VaultRole},
    ids::VaultId,
};
use serde_json::Value;
use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    num::NonZeroUsize,
    sync::Arc,
    time::Duration,
};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    sync::watch,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{
        ClientConfig, RootCertStore,
        crypto::ring,
        pki_types::{CertificateDer, ServerName, pem::PemObject},
    },
};

/// A server, a gateway to it that speaks all dialects, and a session of the team's founder, who has a vault.
pub struct Scene {
    pub server: TestServer,
    /// Where the server answers.
    pub origin: String,
    pub ada: Session<InProcess>,
    pub vault: VaultId,
    pub running: Running,
    trusts: TlsConnector,
    stop: watch::Sender<bool>,
}

/// What came back.
pub struct Got {
    pub status: u16,
    pub head: String,
    pub body: Vec<u8>,
}

impl Got {
    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&self.body)))
    }
}

impl Scene {
    /// What the command line speaks to the server with, by the server's clock.
    pub fn engine(&self) -> Engine {
        let clock = self.server.clock.clone();
        let settings = Settings {
            server: ServerAddress::read(&self.origin, PlainHttp::LoopbackOnly).unwrap(),
            trust: Trust::of_system().unwrap(),
            threads: NonZeroUsize::MIN,
            idle: Duration::from_secs(600),
            fresh_for: Duration::ZERO,
            state: None,
            device_name: "a test".to_owned(),
            clock: Arc::new(move || clock.now()),
        };
        Engine::start(&settings).unwrap()
    }

    /// With the vault `Operations`, which is empty, and without a second factor: that is another story.
    pub async fn new() -> Self {
        Self::begin(true).await
    }

    /// The same, of which JumpServer's dialect gives secrets where no second factor is needed.
    pub async fn begin(secrets_need_mfa: bool) -> Self {
        Self::with(secrets_need_mfa, HostKeys::default(), &[]).await
    }

    /// The same, of which passwords are changed on machines with these keys, and in databases that are spoken to without TLS.
    pub async fn with(secrets_need_mfa: bool, host_keys: HostKeys, plain: &[SocketAddr]) -> Self {
        let (server, address) = TestServer::on_a_socket().await;
        let founder = Founder::found(&server, "ada.lovelace").await;
        let ada = founder.session(&server, &server.connect()).await;
        ada.sync(|_| {}).await.unwrap();
        let never = TeamPolicy { factor: FactorDemand::Never, ..TeamPolicy::DEFAULT };
        ada.set_team_policy(never).await.unwrap();
        let details = VaultDetails { name: "Operations".into(), ..Default::default() };
        let vault = ada.create_vault(&NewVault { details, kind: VaultKind::Shared }).await.unwrap();
        let any = Some(SocketAddr::new(IpAddr::V4(Ipv4Addr::LOCALHOST), 0));
        let (stop, stopped) = watch::channel(false);
        let clock = server.clock.clone();
        let setup = Setup {
            server: ServerAddress::read(&format!("http://{address}"), PlainHttp::LoopbackOnly).unwrap(),
            trust: Trust::of_system().unwrap(),
            places: Places { pmp: any, jumpserver: any, boundary: any, rancher: any },
            certificate: None,
            threads: NonZeroUsize::new(2).unwrap(),
            state: None,
            secrets_need_mfa,
            host_keys,
            plain_postgresql: plain.to_vec(),
            clock: Arc::new(move || clock.now()),
        };
        let running = start(setup, stopped).await.unwrap();
        let mut roots = RootCertStore::empty();
        let pem = running.certificate.clone().unwrap();
        roots.add(CertificateDer::from_pem_slice(pem.as_bytes()).unwrap()).unwrap();
        let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()));
        let config = config.with_safe_default_protocol_versions().unwrap();
        let config = config.with_root_certificates(roots).with_no_client_auth();
        let trusts = TlsConnector::from(Arc::new(config));
        let origin = format!("http://{address}");
        Self { server, origin, ada, vault, running, trusts, stop }
    }

    pub fn address(&self, dialect: &str) -> SocketAddr {
        self.running.spoken.iter().find(|spoken| spoken.dialect == dialect).unwrap().address
    }

    /// The token of a service with a role in the vault, which is its default.
    pub async fn token(&self, name: &str, role: VaultRole) -> String {
        let terms = ServiceTerms { vault: Some(self.vault), ..terms(&[]) };
        self.admit(name, role, terms).await
    }

    pub async fn admit(&self, name: &str, role: VaultRole, terms: ServiceTerms) -> String {
        self.ada.sync(|_| {}).await.unwrap();
        let token = self.ada.admit_service(&service(name, &[(self.vault, role)], terms)).await.unwrap();
        token.expose().to_string()
    }

    /// Asks a dialect, byte for byte: what is given need not be a request that a library would send.
    pub async fn ask(&self, dialect: &str, method: &str, target: &str, headers: &str, body: &str) -> Got {
        let stream = TcpStream::connect(self.address(dialect)).await.unwrap();
        self.ask_over(stream, dialect, method, target, headers, body).await
    }

    /// The same over a connection that was made elsewhere.
    pub async fn ask_over(
        &self,
        stream: TcpStream,
        dialect: &str,
        method: &str,
        target: &str,
        headers: &str,
        body: &str,
    ) -> Got {
        let spoken = self.running.spoken.iter().find(|spoken| spoken.dialect == dialect).unwrap();
        let length = body.len();
        let request = format!(
            "{method} {target} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {length}\r\n{headers}\r\n{body}",
            spoken.address
        );
        let mut answer = Vec::new();
        if spoken.protected {
            let name = ServerName::try_from("localhost").unwrap();
            let mut stream = self.trusts.connect(name, stream).await.unwrap();
            stream.write_all(request.as_bytes()).await.unwrap();
            // Whoever closes a connection need not say so over TLS first.
            drop(stream.read_to_end(&mut answer).await);
        } else {
            let mut stream = stream;
            stream.write_all(request.as_bytes()).await.unwrap();
            stream.read_to_end(&mut answer).await.unwrap();
        }
        let end = answer.windows(4).position(|bytes| bytes == b"\r\n\r\n").unwrap();
        let head = String::from_utf8(answer[..end].to_vec()).unwrap();
        let status = head.split(' ').nth(1).unwrap().parse().unwrap();
        Got { status, head: head.to_ascii_lowercase(), body: answer[end + 4..].to_vec() }
    }
}

/// Bearer's header.
pub fn bearer(token: &str) -> String {
    format!("Authorization: Bearer {token}\r\n")
}

/// Waits until something is so: as often as it takes, and not for ever.
pub async fn eventually<R>(mut so: impl AsyncFnMut() -> Option<R>) -> R {
    for _ in 0..200 {
        if let Some(result) = so().await {
            return result;
        }
        tokio::time::sleep(std::time::Duration::from_millis(25)).await;
    }
    panic!("it never came to be");
}
