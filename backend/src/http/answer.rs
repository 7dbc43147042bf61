//! Writing answers: JSON, or CBOR for those who ask for it; problems after RFC 9457 with their code and the current
//! state.

use axum::body::Body;
use http::{
    HeaderMap, HeaderValue, Response, StatusCode,
    header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, WWW_AUTHENTICATE},
};
use sealward_contract::{
    operations::wire::{Format, write_problem},
    problem::{PROBLEM_JSON, Rejection, TABLE},
};
use serde::Serialize;

/// Which operation an answer is of; goes along for the counters.
#[derive(Clone, Copy)]
pub(super) struct Answers(pub(super) &'static str);

/// With which code a request was refused; goes along for the counters.
#[derive(Clone, Copy)]
pub(super) struct Refused(pub(super) &'static str);

/// The form that a request asks for.
pub(super) fn format(headers: &HeaderMap, streams: bool) -> Result<Format, Rejection> {
    let mut ranges = headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|range| range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
        .peekable();
    if ranges.peek().is_none() {
        return Ok(Format::Json);
    }
    let mut json = false;
    for range in ranges {
        match range.as_str() {
            "application/cbor" => return Ok(Format::Cbor),
            "application/cbor-seq" if streams => return Ok(Format::Cbor),
            "application/json" | "application/*" | "*/*" | PROBLEM_JSON => json = true,
            "application/x-ndjson" | "text/event-stream" if streams => json = true,
            _ => {}
        }
    }
    if json { Ok(Format::Json) } else { Err(Rejection::NotAcceptable) }
}

/// An answer with a value.
pub(super) fn value<T: Serialize>(value: &T, format: Format) -> Response<Body> {
    let mut response = Response::new(Body::from(format.write(value)));
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(format.media_type()));
    response
}

/// An answer that is a stream.
pub(super) fn stream(media: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // Proxies that collect an answer before they pass it on would hold hints back.
    response.headers_mut().insert("x-accel-buffering", HeaderValue::from_static("no"));
    response
}

/// A problem: the error's own fields, with type, title and status from the one table.
pub(super) fn problem<E: Serialize>(error: &E, wait: Option<u64>) -> Response<Body> {
    let (status, body) = write_problem(error, None);
    let code = code(&body);
    let mut response = Response::new(Body::from(body));
    response.extensions_mut().insert(Refused(code));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    if let Some(millis) = wait.or((status == 503).then_some(1_000)) {
        headers.insert(RETRY_AFTER, HeaderValue::from(millis.div_ceil(1_000)));
    }
    if status == 401 {
        headers.insert(WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}

/// The code of a problem, one of the table's.
fn code(problem: &[u8]) -> &'static str {
    let read: Option<serde_json::Value> = serde_json::from_slice(problem).ok();
    let found = read.as_ref().and_then(|problem| problem.get("code")?.as_str());
    TABLE.iter().find(|(known, ..)| Some(*known) == found).map_or("internal", |(known, ..)| known)
}

/// A refusal that any operation can give.
pub(super) fn rejected(rejection: &Rejection) -> Response<Body> {
    let wait = match rejection {
        Rejection::RateLimited { retry_after } => Some(*retry_after),
        _ => None,
    };
    problem(rejection, wait)
}
