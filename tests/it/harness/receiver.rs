//! A receiver of webhooks: a real server on loopback that notes what it is sent, and answers as it is told.

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use axum_server::tls_rustls::{RustlsAcceptor, RustlsConfig};
use rustls::{ServerConfig, crypto::ring, pki_types::PrivatePkcs8KeyDer};
use std::{
    collections::VecDeque,
    sync::{Arc, Mutex},
};

/// What it was sent, as it came.
#[derive(Clone)]
pub struct Received {
    pub id: String,
    pub timestamp: String,
    pub signature: String,
    pub body: String,
}

impl Received {
    pub fn json(&self) -> serde_json::Value {
        serde_json::from_str(&self.body).unwrap()
    }
}

#[derive(Default)]
struct Noted {
    received: Vec<Received>,
    answers: VecDeque<u16>,
}

/// The receiver, while it is kept.
pub struct Receiver {
    noted: Arc<Mutex<Noted>>,
    port: u16,
    scheme: &'static str,
    serving: tokio::task::JoinHandle<()>,
}

impl Receiver {
    pub async fn open() -> Self {
        let noted = Arc::new(Mutex::new(Noted::default()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let router = router(&noted);
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { noted, port, scheme: "http", serving }
    }

    /// One that speaks TLS, under a certificate for this name that nobody else has signed; and that certificate.
    pub fn open_secure(name: &str) -> (Self, String) {
        let made = rcgen::generate_simple_self_signed([name.to_owned()]).unwrap();
        let key = PrivatePkcs8KeyDer::from(made.signing_key.serialize_der());
        let config = ServerConfig::builder_with_provider(Arc::new(ring::default_provider()))
            .with_safe_default_protocol_versions()
            .unwrap()
            .with_no_client_auth()
            .with_single_cert(vec![made.cert.der().clone()], key.into())
            .unwrap();
        let noted = Arc::new(Mutex::new(Noted::default()));
        let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        let port = listener.local_addr().unwrap().port();
        let acceptor = RustlsAcceptor::new(RustlsConfig::from_config(Arc::new(config)));
        let server = axum_server::from_tcp(listener).unwrap().acceptor(acceptor);
        let service = router(&noted).into_make_service();
        let serving = tokio::spawn(async move { server.serve(service).await.unwrap() });
        (Self { noted, port, scheme: "https", serving }, made.cert.pem())
    }

    /// Its address under a name.
    pub fn url(&self, name: &str) -> String {
        format!("{}://{name}:{}/in", self.scheme, self.port)
    }

    /// What it answers next; after that it takes everything.
    pub fn answer_with(&self, statuses: &[u16]) {
        self.noted.lock().unwrap().answers.extend(statuses);
    }

    /// What came since this was last asked.
    pub fn take(&self) -> Vec<Received> {
        std::mem::take(&mut self.noted.lock().unwrap().received)
    }
}

impl Drop for Receiver {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

fn router(noted: &Arc<Mutex<Noted>>) -> Router {
    let shared = Arc::clone(noted);
    Router::new().fallback(move |headers: HeaderMap, body: Bytes| {
        let shared = Arc::clone(&shared);
        async move { answer(&shared, &headers, &body) }
    })
}

fn answer(noted: &Mutex<Noted>, headers: &HeaderMap, body: &Bytes) -> Response {
    let of = |name: &str| headers.get(name).unwrap().to_str().unwrap().to_owned();
    let mut noted = noted.lock().unwrap();
    noted.received.push(Received {
        id: of("webhook-id"),
        timestamp: of("webhook-timestamp"),
        signature: of("webhook-signature"),
        body: String::from_utf8(body.to_vec()).unwrap(),
    });
    let status = StatusCode::from_u16(noted.answers.pop_front().unwrap_or(200)).unwrap();
    if status.is_redirection() {
        return (status, [(header::LOCATION, "/elsewhere")]).into_response();
    }
    status.into_response()
}
