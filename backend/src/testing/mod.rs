//! A server in memory and members who sign, for the tests beside the operations. What is sealed here is padding: the
//! server cannot tell.

mod member;
mod records;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use axum::{Router, body::Body};
use http::{Request, StatusCode};
use http_body_util::BodyExt;
use sealward_contract::{ids::Timestamp, operations::Operation};
use serde_json::Value;
use tower::ServiceExt;

pub use member::{KIT_TAG, Member, public, sign};
pub use records::{Draft, leaf, next, sealed, signed_by};

use crate::{
    Config, Server,
    surroundings::{Clock, Random},
};

pub const ORIGIN: &str = "http://localhost";

/// A clock that stands until it is moved.
pub struct TestClock(AtomicU64);

impl TestClock {
    pub fn forward(&self, millis: u64) {
        self.0.fetch_add(millis, Ordering::SeqCst);
    }

    pub fn back(&self, millis: u64) {
        self.0.fetch_sub(millis, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// Bytes that differ every time.
pub struct TestRandom(AtomicU64);

impl Random for TestRandom {
    fn fill(&self, bytes: &mut [u8]) {
        for chunk in bytes.chunks_mut(32) {
            let count = self.0.fetch_add(1, Ordering::SeqCst);
            chunk.copy_from_slice(&sealward_contract::crypto::hash(&count.to_be_bytes()).0[..chunk.len()]);
        }
    }
}

/// A server in memory.
pub struct World {
    pub server: Server,
    pub router: Router,
    pub clock: Arc<TestClock>,
    pub random: Arc<TestRandom>,
}

/// A refused call.
#[derive(Debug)]
pub struct Refused {
    pub problem: Value,
}

impl Refused {
    pub fn code(&self) -> &str {
        self.problem["code"].as_str().unwrap_or_default()
    }
}

impl World {
    pub fn new() -> Self {
        Self::with(Config::in_memory(ORIGIN))
    }

    pub fn with(config: Config) -> Self {
        let clock = Arc::new(TestClock(AtomicU64::new(1_800_000_000_000)));
        let random = Arc::new(TestRandom(AtomicU64::new(0)));
        let server = Server::open(config, clock.clone(), random.clone()).unwrap();
        let router = server.router();
        Self { server, router, clock, random }
    }

    pub fn now(&self) -> Timestamp {
        self.clock.now()
    }

    pub fn bytes<const N: usize>(&self) -> [u8; N] {
        crate::surroundings::make_bytes(self.random.as_ref())
    }

    /// Sends a request as it is.
    pub async fn send(&self, request: Request<Body>) -> (StatusCode, http::HeaderMap, Vec<u8>) {
        let response = self.router.clone().oneshot(request).await.unwrap();
        let (head, body) = response.into_parts();
        (head.status, head.headers, body.collect().await.unwrap().to_bytes().to_vec())
    }

    /// Calls an operation in JSON.
    pub async fn call<O: Operation>(
        &self,
        token: Option<&str>,
        path: &O::Path,
        query: &O::Query,
        body: &O::Request,
    ) -> Result<O::Response, Refused> {
        let (status, _, bytes) = self.send(request::<O>(token, path, query, Some(body))).await;
        if status.is_success() {
            return Ok(serde_json::from_slice(&bytes).unwrap());
        }
        Err(Refused { problem: serde_json::from_slice(&bytes).unwrap() })
    }
}

/// A request for an operation.
pub fn request<O: Operation>(
    token: Option<&str>,
    path: &O::Path,
    query: &O::Query,
    body: Option<&O::Request>,
) -> Request<Body> {
    let mut uri = O::PATH.to_owned();
    for (name, value) in serde_json::to_value(path).unwrap().as_object().unwrap() {
        uri = uri.replace(&format!("{{{name}}}"), value.as_str().unwrap());
    }
    let query = serde_urlencoded::to_string(query).unwrap();
    if !query.is_empty() {
        uri = format!("{uri}?{query}");
    }
    let mut request = Request::builder().method(O::METHOD.as_str()).uri(uri);
    if let Some(token) = token {
        request = request.header("authorization", format!("Bearer {token}"));
    }
    let sends = matches!(O::METHOD.as_str(), "POST" | "PUT");
    match body.filter(|_| sends) {
        None => request.body(Body::empty()).unwrap(),
        Some(body) => request
            .header("content-type", "application/json")
            .body(Body::from(serde_json::to_vec(body).unwrap()))
            .unwrap(),
    }
}
