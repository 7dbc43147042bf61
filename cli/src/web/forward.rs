//! A call on its way to the team's server, and the answer on its way back. Of both only what the API knows goes through:
//! what the server answers is data for the page's program, and never a page, a script, a cookie or another address.

use crate::connection::Http;
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Request, Response, StatusCode, header};
use http_body_util::{BodyExt, Either, Full, LengthLimitError, Limited};
use hyper::body::{Body, Incoming};
use sealward_contract::{
    operations::wire::{Format, write_problem},
    problem::{PROBLEM_JSON, Rejection},
};
use sealward_site::headers;
use std::time::Duration;
use tokio::time::timeout;

/// An answer: made here, or passed on as it arrives.
pub(super) type Answer = Response<Either<Full<Bytes>, Incoming>>;

/// Time for a browser to send a request's body.
const BODY_TIME: Duration = Duration::from_secs(60);

/// What a call carries besides its path and body.
const ASKED: [HeaderName; 4] =
    [header::ACCEPT, header::AUTHORIZATION, header::CONTENT_TYPE, HeaderName::from_static("idempotency-key")];

/// What the API answers in.
const ANSWERED: [&str; 6] = [
    PROBLEM_JSON,
    "text/event-stream",
    Format::Json.media_type(),
    Format::Cbor.media_type(),
    Format::Json.sequence_media_type(),
    Format::Cbor.sequence_media_type(),
];

/// Passes a call on.
pub(super) async fn forward(server: &Http, request: Request<Incoming>, limit: usize) -> Answer {
    let (parts, body) = request.into_parts();
    let body = match read(body, limit).await {
        Ok(body) => body,
        Err(rejection) => return refuse(&rejection),
    };
    let target = parts.uri.path_and_query().map_or("/", |target| target.as_str());
    let asked = only(&parts.headers, &ASKED);
    match server.pass_on(parts.method, target, asked, body).await {
        Ok(answer) => judge(answer),
        Err(_) => refuse(&Rejection::Unavailable),
    }
}

/// A body, whole and within its limit.
pub(super) async fn read(body: Incoming, limit: usize) -> Result<Bytes, Rejection> {
    let broken = || Rejection::Malformed { at: "body".to_owned() };
    let read = timeout(BODY_TIME, Limited::new(body, limit).collect()).await.map_err(|_| broken())?;
    read.map(http_body_util::Collected::to_bytes).map_err(|error| match error.is::<LengthLimitError>() {
        true => Rejection::TooLarge { limit: u64::try_from(limit).unwrap_or(u64::MAX) },
        false => broken(),
    })
}

/// The answer as the page is given it; one that no Sealward server gives is a failure of the server.
fn judge(answer: Response<Incoming>) -> Answer {
    let (parts, body) = answer.into_parts();
    let Some(kind) = kind_of(parts.status, &parts.headers, body.is_end_stream()) else {
        return refuse(&Rejection::Internal);
    };
    let mut passed = Response::new(Either::Right(body));
    *passed.status_mut() = parts.status;
    *passed.headers_mut() = only(&parts.headers, &[header::RETRY_AFTER]);
    if let Some(kind) = kind {
        passed.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(kind));
    }
    headers::add_for_api(passed.headers_mut());
    passed
}

/// In which form an answer is, where it has a body. `None` for what is no answer of the API.
fn kind_of(status: StatusCode, headers: &HeaderMap, is_empty: bool) -> Option<Option<&'static str>> {
    // Nothing here is sent elsewhere, and nothing is compressed: other lengths would tell of what is inside.
    if status.is_redirection() || status.is_informational() || headers.contains_key(header::CONTENT_ENCODING) {
        return None;
    }
    let mut named = headers.get_all(header::CONTENT_TYPE).iter();
    let (Some(named), None) = (named.next(), named.next()) else {
        return is_empty.then_some(None);
    };
    let named = named.to_str().ok()?.split(';').next()?.trim();
    ANSWERED.into_iter().find(|kind| named.eq_ignore_ascii_case(kind)).map(Some)
}

fn only(headers: &HeaderMap, names: &[HeaderName]) -> HeaderMap {
    names.iter().filter_map(|name| Some((name.clone(), headers.get(name)?.clone()))).collect()
}

/// A refusal, as the API words it.
pub(super) fn refuse(rejection: &Rejection) -> Answer {
    let (status, body) = write_problem(rejection, None);
    let mut refused = Response::new(Either::Left(Full::from(body)));
    *refused.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    refused.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(PROBLEM_JSON));
    headers::add_for_api(refused.headers_mut());
    refused
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(status: u16, pairs: &[(&'static str, &'static str)], is_empty: bool) -> Option<Option<&'static str>> {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, HeaderValue::from_static(value));
        }
        kind_of(StatusCode::from_u16(status).unwrap(), &headers, is_empty)
    }

    #[test]
    fn answers_are_data_and_never_pages() {
        for (named, passed) in [
            ("application/json", Some("application/json")),
            ("Application/CBOR; q=1", Some("application/cbor")),
            ("application/problem+json", Some("application/problem+json")),
            ("text/event-stream", Some("text/event-stream")),
            ("application/cbor-seq", Some("application/cbor-seq")),
            ("application/x-ndjson", Some("application/x-ndjson")),
            ("text/html", None),
            ("text/html; application/json", None),
            ("image/svg+xml", None),
            ("text/javascript", None),
            ("application/wasm", None),
        ] {
            assert_eq!(kind(200, &[("content-type", named)], false).flatten(), passed, "{named}");
        }
        assert_eq!(kind(200, &[], false), None);
        assert_eq!(kind(200, &[], true), Some(None));
        assert_eq!(kind(200, &[("content-type", "application/json"), ("content-type", "text/html")], false), None);
        for status in [301, 302, 304, 307, 308] {
            assert_eq!(kind(status, &[("content-type", "application/json")], false), None, "{status}");
        }
        let compressed = [("content-type", "application/json"), ("content-encoding", "br")];
        assert_eq!(kind(200, &compressed, false), None);
    }
}
