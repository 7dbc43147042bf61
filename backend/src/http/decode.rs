//! Parsing path, query and body. Unknown fields, wrong types and trailing bytes are refused; a refusal names the place
//! and never a value.

use std::{sync::Arc, time::Duration};

use axum::extract::{RawPathParams, Request};
use bytes::Bytes;
use http::{
    HeaderMap,
    header::{CONTENT_LENGTH, CONTENT_TYPE},
};
use http_body_util::{BodyExt, LengthLimitError, Limited};
use sealward_contract::{
    operations::{Access, wire::Format},
    problem::Rejection,
};
use serde::{de::DeserializeOwned, de::value::MapDeserializer};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// Time for a client to send its body.
const BODY_TIME: Duration = Duration::from_secs(60);

/// Time that a body waits for room.
const ROOM_TIME: Duration = Duration::from_secs(10);

/// Longest place that a refusal names.
const PLACE: usize = 100;

fn malformed(at: &str) -> Rejection {
    Rejection::Malformed { at: at.chars().filter(|c| !c.is_control()).take(PLACE).collect() }
}

/// Reads what the path names.
pub(super) fn path<T: DeserializeOwned>(params: &RawPathParams) -> Result<T, Rejection> {
    let fields = MapDeserializer::<_, serde::de::value::Error>::new(params.iter());
    T::deserialize(fields).map_err(|_| malformed("path"))
}

/// Reads query parameters.
pub(super) fn query<T: DeserializeOwned>(query: Option<&str>) -> Result<T, Rejection> {
    serde_urlencoded::from_str(query.unwrap_or_default()).map_err(|_| malformed("query"))
}

/// What the request says of its body's form.
pub(super) fn format(headers: &HeaderMap) -> Option<Format> {
    Format::of_media_type(headers.get(CONTENT_TYPE)?.to_str().ok()?)
}

/// Memory for bodies on their way in, in KiB: strangers cannot take that of members.
pub struct Bodies {
    anyone: Arc<Semaphore>,
    members: Arc<Semaphore>,
}

impl Default for Bodies {
    fn default() -> Self {
        Self { anyone: Arc::new(Semaphore::new(64 * 1024)), members: Arc::new(Semaphore::new(192 * 1024)) }
    }
}

/// Waits for room for a body; it is given back when the operation is done.
pub(super) async fn make_room(
    bodies: &Bodies,
    access: Access,
    headers: &HeaderMap,
    limit: usize,
) -> Result<OwnedSemaphorePermit, Rejection> {
    let length = announced_length(headers).map_or(limit, |length| usize::try_from(length).unwrap_or(limit).min(limit));
    let room = match access {
        Access::Anyone => &bodies.anyone,
        Access::Member | Access::Session => &bodies.members,
    };
    let wanted = u32::try_from(length.div_ceil(1024)).unwrap_or(u32::MAX);
    let waiting = tokio::time::timeout(ROOM_TIME, Arc::clone(room).acquire_many_owned(wanted));
    waiting.await.ok().and_then(Result::ok).ok_or(Rejection::Unavailable)
}

/// Length of the body, as the client announces it.
fn announced_length(headers: &HeaderMap) -> Option<u64> {
    headers.get(CONTENT_LENGTH)?.to_str().ok()?.parse().ok()
}

/// Takes the whole body in, up to its limit.
pub(super) async fn collect(request: Request, limit: usize) -> Result<Bytes, Rejection> {
    let too_large = || Rejection::TooLarge { limit: limit as u64 };
    if announced_length(request.headers()).is_some_and(|length| length > limit as u64) {
        return Err(too_large());
    }
    let whole = Limited::new(request.into_body(), limit).collect();
    match tokio::time::timeout(BODY_TIME, whole).await {
        Ok(Ok(body)) => Ok(body.to_bytes()),
        Ok(Err(error)) if is_too_large(error.as_ref()) => Err(too_large()),
        Ok(Err(_)) | Err(_) => Err(malformed("body")),
    }
}

fn is_too_large(error: &(dyn std::error::Error + 'static)) -> bool {
    error.is::<LengthLimitError>() || error.source().is_some_and(is_too_large)
}

/// Reads a body.
pub(super) fn body<T: DeserializeOwned>(bytes: &[u8], format: Option<Format>) -> Result<T, Rejection> {
    // Every body is an object; serde would also take a list of its fields' values.
    let is_object = match format {
        Some(Format::Json) => bytes.trim_ascii_start().starts_with(b"{"),
        Some(Format::Cbor) => bytes.first().is_some_and(|first| first >> 5 == 5),
        None => return Err(Rejection::UnsupportedMediaType),
    };
    if !is_object {
        return Err(malformed("body"));
    }
    match format {
        Some(Format::Json) => {
            let mut json = serde_json::Deserializer::from_slice(bytes);
            let value = serde_path_to_error::deserialize(&mut json).map_err(|error| at(&error.path().to_string()))?;
            json.end().map_err(|_| malformed("body"))?;
            Ok(value)
        }
        Some(Format::Cbor) => {
            let mut cbor = minicbor_serde::Deserializer::new(bytes);
            let value = serde_path_to_error::deserialize(&mut cbor).map_err(|error| at(&error.path().to_string()))?;
            if cbor.decoder().position() == bytes.len() { Ok(value) } else { Err(malformed("body")) }
        }
        None => Err(Rejection::UnsupportedMediaType),
    }
}

fn at(path: &str) -> Rejection {
    malformed(if path.is_empty() || path == "." { "body" } else { path })
}

/// The body of an operation that has none: nothing at all, or an empty object.
pub(super) fn nothing<T: DeserializeOwned>(bytes: &[u8], format: Option<Format>) -> Result<T, Rejection> {
    if bytes.is_empty() { body(b"{}", Some(Format::Json)) } else { body(bytes, format) }
}
