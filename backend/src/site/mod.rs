//! The web app as this server hands it out: files of the built site, with every header that keeps the page to itself.
//! It knows nothing of teams; what belongs to the API never falls through to a page.

mod asset;
mod encoding;
pub mod headers;
#[cfg(test)]
mod tests;

use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::State;
use axum::http::header::{ACCEPT, ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_TYPE, IF_NONE_MATCH};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::Response;

use self::asset::{Asset, Assets};

/// The site that was built into this server. Use it as the fallback of the API's router:
/// `api.fallback_service(site::router())`.
pub fn router() -> Router {
    serve(Assets::built())
}

fn serve(assets: Assets) -> Router {
    Router::new().fallback(answer).with_state(Arc::new(assets))
}

/// What belongs to programs, not to people: never answered with a page.
const API: [&str; 3] = ["/v1", "/healthz", "/readyz"];

async fn answer(State(assets): State<Arc<Assets>>, method: Method, uri: Uri, request: HeaderMap) -> Response {
    let path = uri.path();
    if API.iter().any(|root| path.strip_prefix(root).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))) {
        return unknown_operation();
    }
    let mut response = if method != Method::GET && method != Method::HEAD {
        let mut refused = text(StatusCode::METHOD_NOT_ALLOWED, "Only GET and HEAD are answered here.\n");
        refused.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        refused
    } else if let Some(asset) = assets.find(path) {
        file(asset, &request)
    } else if !wants_page(&request) || path.starts_with(asset::HASHED) {
        text(StatusCode::NOT_FOUND, "There is no such file.\n")
    } else if let Some(page) = assets.find("/") {
        file(page, &request)
    } else {
        not_built()
    };
    headers::add_for_page(response.headers_mut());
    if method == Method::HEAD {
        *response.body_mut() = Body::empty();
    }
    response
}

fn wants_page(request: &HeaderMap) -> bool {
    let accepts = request.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepts.flat_map(|value| value.split(',')).any(|part| part.trim_start().starts_with("text/html"))
}

fn file(asset: &Asset, request: &HeaderMap) -> Response {
    let content = match &asset.brotli {
        Some(brotli) if encoding::takes_brotli(request.get_all(ACCEPT_ENCODING)) => brotli,
        _ => &asset.identity,
    };
    let known = request.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let unchanged = known
        .flat_map(|value| value.split(','))
        .any(|tag| matches!(tag.trim(), "*") || tag.trim().trim_start_matches("W/") == content.tag);
    let mut response = Response::new(if unchanged { Body::empty() } else { Body::from(content.bytes.clone()) });
    if unchanged {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    response.headers_mut().extend(asset.headers(content));
    response
}

/// The server works, and says what is missing for people.
fn not_built() -> Response {
    const PAGE: &str = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Sealward</title></head><body>\n\
        <h1>The site is not built</h1>\n\
        <p>This server was compiled without its web app. Its API works. <code>cargo xtask serve</code> or \
        <code>cargo xtask dist</code> build both.</p>\n\
        <p lang=\"zh\">此服务器编译时未包含网页应用,API 可正常使用。请运行 <code>cargo xtask serve</code> 或 \
        <code>cargo xtask dist</code> 进行构建。</p>\n</body></html>\n";
    let mut response = text(StatusCode::SERVICE_UNAVAILABLE, PAGE);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}

fn unknown_operation() -> Response {
    let mut response = text(
        StatusCode::NOT_FOUND,
        r#"{"type":"about:blank","title":"Not Found","status":404,"detail":"There is no such operation."}"#,
    );
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/problem+json"));
    headers::add_for_api(response.headers_mut());
    response
}

fn text(status: StatusCode, sentence: &'static str) -> Response {
    let mut response = Response::new(Body::from(sentence));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
