//! Whether the server lives, and whether it can do its work.

use std::sync::Arc;

use axum::{extract::State, response::IntoResponse};
use http::StatusCode;

use crate::{server::App, store::tables::TEAM_COUNTER};

/// The process answers.
pub(super) async fn alive() -> &'static str {
    "ok\n"
}

/// The store reads and writes.
pub(super) async fn ready(State(app): State<Arc<App>>) -> impl IntoResponse {
    let reads = app.store.read(|tx| TEAM_COUNTER.get(tx, &()));
    match (reads, app.store.broken()) {
        (Ok(_), None) => (StatusCode::OK, "ready\n".to_owned()),
        (Ok(_), Some(reason)) => (StatusCode::SERVICE_UNAVAILABLE, format!("read-only: {reason}\n")),
        (Err(reason), _) => (StatusCode::SERVICE_UNAVAILABLE, format!("unreadable: {reason}\n")),
    }
}
