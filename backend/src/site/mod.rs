//! The web app as this server hands it out. What belongs to the API never falls through to a page.

#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_TYPE, HeaderValue};
use axum::http::{HeaderMap, Method, StatusCode, Uri};
use axum::middleware::Next;
use axum::response::Response;
use sealward_site::{Assets, answer, headers};

/// The site that was built into this server. Use it as the fallback of the API's router:
/// `api.fallback_service(site::router())`.
pub fn router() -> Router {
    serve(Assets::built())
}

fn serve(assets: Assets) -> Router {
    Router::new().fallback(hand_out).with_state(Arc::new(assets))
}

/// What belongs to programs, not to people: never answered with a page.
const API: [&str; 3] = ["/v1", "/healthz", "/readyz"];

async fn hand_out(State(assets): State<Arc<Assets>>, method: Method, uri: Uri, request: HeaderMap) -> Response {
    let path = uri.path();
    if API.iter().any(|root| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))) {
        return unknown_operation();
    }
    answer(&assets, &method, path, &request).map(Body::from)
}

fn unknown_operation() -> Response {
    let mut response = Response::new(Body::from(
        r#"{"type":"about:blank","title":"Not Found","status":404,"detail":"There is no such operation."}"#,
    ));
    *response.status_mut() = StatusCode::NOT_FOUND;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers::add_for_api(response.headers_mut());
    response
}

/// A layer for the API's routes: `axum::middleware::from_fn(site::on_api)`.
pub async fn on_api(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    headers::add_for_api(response.headers_mut());
    response
}
