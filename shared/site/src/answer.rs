//! What a browser that asks for a file is given.

use bytes::Bytes;
use http::header::{ACCEPT, ACCEPT_ENCODING, ALLOW, CACHE_CONTROL, CONTENT_TYPE, IF_NONE_MATCH};
use http::{HeaderMap, HeaderValue, Method, Response, StatusCode};

use crate::asset::{Asset, Assets, HASHED};
use crate::{encoding, headers};

/// Answers a request for a path that is no part of the API: with the file that is there, and with the page for whoever
/// wants one, since the page knows its own addresses.
#[must_use]
pub fn answer(assets: &Assets, method: &Method, path: &str, request: &HeaderMap) -> Response<Bytes> {
    let mut response = if method != Method::GET && method != Method::HEAD {
        let mut refused = text(StatusCode::METHOD_NOT_ALLOWED, "Only GET and HEAD are answered here.\n");
        refused.headers_mut().insert(ALLOW, HeaderValue::from_static("GET, HEAD"));
        refused
    } else if let Some(asset) = assets.find(path) {
        file(asset, request)
    } else if !wants_page(request) || path.starts_with(HASHED) {
        text(StatusCode::NOT_FOUND, "There is no such file.\n")
    } else if let Some(page) = assets.find("/") {
        file(page, request)
    } else {
        not_built()
    };
    headers::add_for_page(response.headers_mut());
    if method == Method::HEAD {
        *response.body_mut() = Bytes::new();
    }
    response
}

fn wants_page(request: &HeaderMap) -> bool {
    let accepts = request.get_all(ACCEPT).iter().filter_map(|value| value.to_str().ok());
    accepts.flat_map(|value| value.split(',')).any(|part| part.trim_start().starts_with("text/html"))
}

fn file(asset: &Asset, request: &HeaderMap) -> Response<Bytes> {
    let content = match &asset.brotli {
        Some(brotli) if encoding::takes_brotli(request.get_all(ACCEPT_ENCODING)) => brotli,
        _ => &asset.identity,
    };
    let known = request.get_all(IF_NONE_MATCH).iter().filter_map(|value| value.to_str().ok());
    let unchanged = known.flat_map(|value| value.split(',')).any(|tag| content.is_known(tag.trim()));
    let mut response = Response::new(if unchanged { Bytes::new() } else { content.bytes.clone() });
    if unchanged {
        *response.status_mut() = StatusCode::NOT_MODIFIED;
    }
    response.headers_mut().extend(asset.headers(content));
    response
}

/// The server works, and says what is missing for people.
fn not_built() -> Response<Bytes> {
    const PAGE: &str = "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>Sealward</title></head><body>\n\
        <h1>The site is not built</h1>\n\
        <p>This program was compiled without its web app. <code>cargo xtask serve</code> or \
        <code>cargo xtask dist</code> build both.</p>\n\
        <p lang=\"zh\">此程序编译时未包含网页应用。请运行 <code>cargo xtask serve</code> 或 \
        <code>cargo xtask dist</code> 进行构建。</p>\n</body></html>\n";
    let mut response = text(StatusCode::SERVICE_UNAVAILABLE, PAGE);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/html; charset=utf-8"));
    response
}

fn text(status: StatusCode, sentence: &'static str) -> Response<Bytes> {
    let mut response = Response::new(Bytes::from_static(sentence.as_bytes()));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
