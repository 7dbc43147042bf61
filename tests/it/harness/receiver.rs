//! A receiver of webhooks: a real server on loopback that notes what it is sent, and answers as it is told.

use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
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
    serving: tokio::task::JoinHandle<()>,
}

impl Receiver {
    pub async fn open() -> Self {
        let noted = Arc::new(Mutex::new(Noted::default()));
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let shared = Arc::clone(&noted);
        let router = Router::new().fallback(move |headers: HeaderMap, body: Bytes| {
            let shared = Arc::clone(&shared);
            async move { answer(&shared, &headers, &body) }
        });
        let serving = tokio::spawn(async move { axum::serve(listener, router).await.unwrap() });
        Self { noted, port, serving }
    }

    /// Its address under a name.
    pub fn url(&self, name: &str) -> String {
        format!("http://{name}:{}/in", self.port)
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
