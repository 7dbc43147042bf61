//! Writing answers: JSON, or CBOR for those who ask for it; problems after RFC 9457 with their code and the current
//! state.

use axum::body::Body;
use http::{
    HeaderMap, HeaderValue, Response, StatusCode,
    header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER},
};
use sealward_contract::problem::{PROBLEM_JSON, Rejection, TYPE_PREFIX, look_up};
use serde::Serialize;
use serde_json::{Map, Value};

/// Form of an answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Form {
    Json,
    Cbor,
}

/// The form that a request asks for.
pub(super) fn form(headers: &HeaderMap, streams: bool) -> Result<Form, Rejection> {
    let mut ranges = headers
        .get_all(ACCEPT)
        .iter()
        .filter_map(|value| value.to_str().ok())
        .flat_map(|value| value.split(','))
        .map(|range| range.split(';').next().unwrap_or_default().trim().to_ascii_lowercase())
        .peekable();
    if ranges.peek().is_none() {
        return Ok(Form::Json);
    }
    let mut json = false;
    for range in ranges {
        match range.as_str() {
            "application/cbor" => return Ok(Form::Cbor),
            "application/cbor-seq" if streams => return Ok(Form::Cbor),
            "application/json" | "application/*" | "*/*" | PROBLEM_JSON => json = true,
            "application/x-ndjson" | "text/event-stream" if streams => json = true,
            _ => {}
        }
    }
    if json { Ok(Form::Json) } else { Err(Rejection::NotAcceptable) }
}

/// An answer with a value.
pub(super) fn value<T: Serialize>(value: &T, form: Form) -> Response<Body> {
    let (bytes, media) = match form {
        Form::Json => (serde_json::to_vec(value).ok(), "application/json"),
        Form::Cbor => (minicbor_serde::to_vec(value).ok(), "application/cbor"),
    };
    match bytes {
        Some(bytes) => {
            let mut response = Response::new(Body::from(bytes));
            response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(media));
            response
        }
        None => {
            tracing::error!("an answer could not be encoded");
            problem(&Rejection::Internal)
        }
    }
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
pub(super) fn problem<E: Serialize>(error: &E) -> Response<Body> {
    let mut fields = match serde_json::to_value(error) {
        Ok(Value::Object(fields)) => fields,
        _ => Map::from_iter([("code".to_owned(), Value::from("internal"))]),
    };
    let code = fields.get("code").and_then(Value::as_str).unwrap_or("internal").to_owned();
    let (status, title) = look_up(&code).unwrap_or((500, "The server failed"));
    fields.insert("type".to_owned(), format!("{TYPE_PREFIX}{code}").into());
    fields.insert("title".to_owned(), title.into());
    fields.insert("status".to_owned(), status.into());
    let wait = fields.get("retry_after").and_then(Value::as_u64).map(|millis| millis.div_ceil(1_000));
    let wait = wait.or((status == 503).then_some(1));
    let mut response = Response::new(Body::from(Value::Object(fields).to_string()));
    *response.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    if let Some(seconds) = wait {
        headers.insert(RETRY_AFTER, HeaderValue::from(seconds));
    }
    if status == 401 {
        headers.insert(http::header::WWW_AUTHENTICATE, HeaderValue::from_static("Bearer"));
    }
    response
}
