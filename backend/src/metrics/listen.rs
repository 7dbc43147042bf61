//! A listener of its own, for whoever watches the server: it belongs on loopback or a network of operators.

use std::{net::TcpListener, sync::Arc};

use axum::{
    Router,
    extract::State,
    response::{IntoResponse, Response},
    routing::get,
};
use http::{StatusCode, header::CONTENT_TYPE};

use super::exposition;
use crate::server::App;

/// The one route.
pub fn router(app: Arc<App>) -> Router {
    Router::new().route("/metrics", get(show)).with_state(app)
}

async fn show(State(app): State<Arc<App>>) -> Response {
    // Sessions are counted one by one.
    match tokio::task::spawn_blocking(move || exposition::write(&app)).await {
        Ok(Ok(text)) => ([(CONTENT_TYPE, exposition::TEXT)], text).into_response(),
        Ok(Err(error)) => (StatusCode::SERVICE_UNAVAILABLE, format!("{error}\n")).into_response(),
        Err(_) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
    }
}

/// Serves until the task is dropped.
///
/// # Errors
/// The socket failed.
pub async fn serve(app: Arc<App>, listener: TcpListener) -> std::io::Result<()> {
    if !listener.local_addr()?.ip().is_loopback() {
        tracing::warn!("the metrics can be read by everyone who reaches their port");
    }
    listener.set_nonblocking(true)?;
    let listener = tokio::net::TcpListener::from_std(listener)?;
    axum::serve(listener, router(app)).await
}
