//! Requests by `fetch`: to this origin only, no cookies, nothing cached, answers as they arrive.

use super::{
    clock::{scope, within},
    local::{self, Watch},
};
use js_sys::{Reflect, Uint8Array};
use sealward_client::{
    local_web::KEY,
    transport::{ByteStream, HttpRequest, HttpResponse, Transport, Unreachable},
};
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{
    AbortController, Headers, ReadableStreamDefaultReader, Request, RequestCache, RequestCredentials, RequestInit,
    RequestMode, RequestRedirect, Response,
};

/// Longest wait for the first byte, or for the next one of a body, in milliseconds.
const PATIENCE: i32 = 60_000;

/// Sends requests to the server that this worker came from.
#[derive(Clone, Copy)]
pub struct Fetch;

/// A body as it arrives. Dropping it ends the request.
pub struct Body {
    reader: Option<ReadableStreamDefaultReader>,
    request: Abort,
    watch: Option<Watch>,
}

/// Ends a request that nobody waits for any more.
struct Abort(Option<AbortController>);

impl Drop for Abort {
    fn drop(&mut self) {
        if let Some(controller) = &self.0 {
            controller.abort();
        }
    }
}

impl Transport for Fetch {
    type Stream = Body;

    async fn send(&self, request: HttpRequest) -> Result<HttpResponse, Unreachable> {
        let (status, mut stream) = self.open(request).await?;
        let mut body = Vec::new();
        while let Some(bytes) = stream.next().await? {
            if body.is_empty() {
                body = bytes;
            } else {
                body.extend_from_slice(&bytes);
            }
        }
        Ok(HttpResponse { status, body })
    }

    async fn open(&self, request: HttpRequest) -> Result<(u16, Body), Unreachable> {
        if !local::may_send().await {
            return Err(Unreachable);
        }
        let streams = request.streams;
        let controller = AbortController::new().map_err(unreachable)?;
        let abort = Abort(Some(controller.clone()));
        let request = prepare(&request, &controller).map_err(unreachable)?;
        let answer = within(PATIENCE, JsFuture::from(scope().fetch_with_request(&request))).await;
        let response: Response = answer.ok_or(Unreachable)?.map_err(unreachable)?.unchecked_into();
        let reader = response.body().map(|stream| stream.get_reader().unchecked_into());
        // Only who proves it while the stream is open is the one that has it.
        let watch = match streams && response.ok() {
            true => Some(local::watch().await.ok_or(Unreachable)?),
            false => None,
        };
        Ok((response.status(), Body { reader, request: abort, watch }))
    }
}

impl ByteStream for Body {
    async fn next(&mut self) -> Result<Option<Vec<u8>>, Unreachable> {
        let Some(reader) = &self.reader else { return Ok(None) };
        let chunk = within(PATIENCE, JsFuture::from(reader.read())).await;
        let chunk = chunk.ok_or(Unreachable)?.map_err(unreachable)?;
        let done = Reflect::get(&chunk, &JsValue::from_str("done")).map_err(unreachable)?;
        if done.is_truthy() {
            self.reader = None;
            self.request.0 = None;
            self.watch = None;
            return Ok(None);
        }
        let value = Reflect::get(&chunk, &JsValue::from_str("value")).map_err(unreachable)?;
        Ok(Some(value.dyn_into::<Uint8Array>().map_err(unreachable)?.to_vec()))
    }
}

fn prepare(request: &HttpRequest, controller: &AbortController) -> Result<Request, JsValue> {
    let headers = Headers::new()?;
    // Hints come as an event stream whatever form is asked for; all else in the form asked for.
    let accept = if request.streams {
        format!("{}, text/event-stream", request.format.sequence_media_type())
    } else {
        request.format.media_type().to_owned()
    };
    headers.set("Accept", &accept)?;
    if let Some(token) = &request.token {
        headers.set("Authorization", &format!("Bearer {}", token.expose()))?;
    }
    if let Some(key) = local::key() {
        headers.set(KEY, &key)?;
    }
    if let Some(key) = &request.key {
        headers.set("Idempotency-Key", key)?;
    }
    let init = RequestInit::new();
    init.set_method(request.method.as_str());
    init.set_mode(RequestMode::SameOrigin);
    init.set_credentials(RequestCredentials::Omit);
    init.set_cache(RequestCache::NoStore);
    init.set_redirect(RequestRedirect::Error);
    init.set_signal(Some(&controller.signal()));
    if !request.body.is_empty() {
        headers.set("Content-Type", request.format.media_type())?;
        init.set_body(&Uint8Array::from(request.body.as_slice()));
    }
    init.set_headers(&headers);
    Request::new_with_str_and_init(&request.target, &init)
}

fn unreachable(_: JsValue) -> Unreachable {
    local::doubt();
    Unreachable
}
