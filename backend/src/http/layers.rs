//! What every request goes through: an id, a line in the log, and an answer even after a panic.

use std::{panic::AssertUnwindSafe, sync::Arc};

use axum::{
    extract::{MatchedPath, Request, State},
    middleware::Next,
    response::Response,
};
use futures_util::FutureExt;
use http::{HeaderName, HeaderValue};
use sealward_contract::problem::Rejection;

use super::answer;
use crate::{server::App, surroundings::make_bytes};

const REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// What is no operation of the contract, under a name for the counters.
fn operation_of(route: &str) -> &'static str {
    match route {
        "/healthz" | "/readyz" => "health",
        "/v1/openapi.json" => "openapi",
        _ => "site",
    }
}

/// Gives a request its id and logs how it went: method, route, status, time. Never a path with ids, a query, a header
/// or a body.
pub(super) async fn observe(State(app): State<Arc<App>>, request: Request, next: Next) -> Response {
    let id = format!("{:016x}", u64::from_be_bytes(make_bytes(app.random.as_ref())));
    let method = request.method().clone();
    let route = request.extensions().get::<MatchedPath>().map_or("-", |path| path.as_str()).to_owned();
    let began = tokio::time::Instant::now();
    let ran = AssertUnwindSafe(next.run(request)).catch_unwind().await;
    let mut response = ran.unwrap_or_else(|_| {
        tracing::error!(request = id, "a request's handler panicked");
        answer::rejected(&Rejection::Internal)
    });
    let status = response.status().as_u16();
    let took = began.elapsed();
    let operation = response.extensions().get::<answer::Answers>().map_or(operation_of(&route), |answers| answers.0);
    app.metrics.answered(operation, status, took);
    if let Some(refused) = response.extensions().get::<answer::Refused>() {
        app.metrics.refused(refused.0);
    }
    let millis = u64::try_from(took.as_millis()).unwrap_or(u64::MAX);
    if status >= 500 {
        tracing::warn!(request = id, %method, route, status, millis, "answered");
    } else {
        tracing::debug!(request = id, %method, route, status, millis, "answered");
    }
    if let Ok(value) = HeaderValue::from_str(&id) {
        response.headers_mut().insert(REQUEST_ID, value);
    }
    response
}
