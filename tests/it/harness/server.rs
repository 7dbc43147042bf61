//! A server in this process: its data in memory or in a folder, its router called without a socket.

use super::{InProcess, TestClock, TestNames, transport::Recorded};
use axum::{Router, body::Body, extract::Request, middleware, middleware::Next, response::Response};
use http_body_util::BodyExt;
use sealward_client::{crypto::randomness::OsRandom, surroundings::Surroundings};
use sealward_server::{
    config::{Config, DataPlace},
    server::Server,
    surroundings::SystemRandom,
};
use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
    sync::Arc,
};

/// The one origin that the server answers under.
pub const ORIGIN: &str = "https://vault.example";

/// A server and everything that went over its wire.
pub struct TestServer {
    pub server: Server,
    pub clock: TestClock,
    pub names: TestNames,
    pub recorded: Recorded,
    router: Router,
}

impl TestServer {
    /// With its data in memory.
    pub fn in_memory() -> Self {
        Self::with(Config::in_memory(ORIGIN), TestClock::new())
    }

    /// With its data in a folder.
    pub fn in_folder(folder: &Path, clock: TestClock) -> Self {
        Self::with(Config { data: DataPlace::Folder(folder.to_owned()), ..Config::in_memory(ORIGIN) }, clock)
    }

    pub fn with(config: Config, clock: TestClock) -> Self {
        let names = TestNames::default();
        let (time, leads) = (Arc::new(clock.clone()), Arc::new(names.clone()));
        let server = Server::open_with(config, time, Arc::new(SystemRandom), leads).unwrap();
        let router = server.router();
        Self { server, clock, names, recorded: Recorded::default(), router }
    }

    /// A server that also answers on a socket of this machine, under that origin too.
    pub async fn on_a_socket() -> (Self, SocketAddr) {
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let origins = vec![ORIGIN.to_owned(), format!("http://{address}")];
        let server = Self::with(Config { origins, ..Config::in_memory(ORIGIN) }, TestClock::new());
        let recorded = server.recorded.clone();
        let record = middleware::from_fn(move |request, next| record(recorded.clone(), request, next));
        let service = server.router.clone().layer(record).into_make_service_with_connect_info::<SocketAddr>();
        tokio::spawn(async move { axum::serve(listener, service).await });
        (server, address)
    }

    /// A way to the server, from an address of documentation (RFC 5737).
    pub fn connect(&self) -> InProcess {
        self.connect_from("192.0.2.1:50000")
    }

    pub fn connect_from(&self, address: &str) -> InProcess {
        let address: SocketAddr = address.parse().unwrap();
        InProcess::new(self.router.clone(), self.recorded.clone(), address)
    }

    /// A way to the server whose traffic is noted apart from everyone else's.
    pub fn connect_apart(&self) -> (InProcess, Recorded) {
        let recorded = Recorded::default();
        let address: SocketAddr = "192.0.2.1:50000".parse().unwrap();
        (InProcess::new(self.router.clone(), recorded.clone(), address), recorded)
    }

    /// The clock of the server and the system's randomness, for a client.
    pub fn surroundings(&self) -> Surroundings {
        let clock = self.clock.clone();
        Surroundings::new(move || clock.now(), OsRandom::new())
    }
}

/// Writes down what comes over a socket.
async fn record(recorded: Recorded, request: Request, next: Next) -> Response {
    let (parts, body) = request.into_parts();
    let body = body.collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    recorded.note(parts.uri.to_string().as_bytes());
    recorded.note(&body);
    next.run(Request::from_parts(parts, Body::from(body))).await
}

/// An empty folder for this test alone.
pub fn empty_folder(name: &str) -> PathBuf {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{name}-{}", std::process::id()));
    drop(std::fs::remove_dir_all(&folder));
    std::fs::create_dir_all(&folder).unwrap();
    folder
}
