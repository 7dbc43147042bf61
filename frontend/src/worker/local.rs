//! What `boot.js` was told where `sealward web` handed the page out: the address under which the team knows its server, and
//! the key without which that program passes no call on. Elsewhere there is neither.

use super::clock::{scope, within};
use js_sys::{Reflect, Uint8Array};
use sealward_client::{
    crypto::{SecretBytes, randomness::OsRandom},
    local_web::{LENGTH, PROOF, prove},
};
use std::cell::Cell;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Request, RequestCache, RequestCredentials, RequestInit, RequestMode, RequestRedirect, Response};

/// Longest wait for a proof, in milliseconds.
const PATIENCE: i32 = 10_000;

/// Who listens where this page came from.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Listener {
    /// Nobody can tell: the program that gave the key may have ended, and somebody else may listen there by now.
    Doubtful,
    /// The program that gave the key: it has a stream of its own open, which breaks when it ends. Between that and the moment
    /// at which it is noticed here nothing helps: what is sent then was sent.
    Watched,
    /// Somebody else.
    Other,
}

thread_local! {
    static LISTENER: Cell<Listener> = const { Cell::new(Listener::Doubtful) };
}

/// For as long as it is kept, whoever listens is the one that it was made for.
pub struct Watch(());

impl Drop for Watch {
    fn drop(&mut self) {
        doubt();
    }
}

/// Watches whoever listens by a stream that is open now; `None` where they are somebody else.
pub async fn watch() -> Option<Watch> {
    // A proof from before it was opened could be that of somebody who has ended since.
    if !is_proved().await {
        return None;
    }
    change(Listener::Doubtful, Listener::Watched);
    Some(Watch(()))
}

/// Notes that a request failed.
pub fn doubt() {
    change(Listener::Watched, Listener::Doubtful);
}

fn change(from: Listener, to: Listener) {
    LISTENER.with(|listener| {
        if listener.get() == from {
            listener.set(to);
        }
    });
}

/// The address of the team's server.
pub fn server() -> Option<String> {
    find("server")
}

/// The key.
pub fn key() -> Option<String> {
    find("key")
}

/// Whether requests may be sent: always where a server handed the page out, which TLS tells from others; otherwise to whoever
/// proves to know the key.
pub async fn may_send() -> bool {
    LISTENER.with(Cell::get) == Listener::Watched || is_proved().await
}

/// Whether whoever listens proves now to know the key. Who failed to do so once is not asked again.
async fn is_proved() -> bool {
    let Some(key) = key() else { return true };
    if LISTENER.with(Cell::get) == Listener::Other {
        return false;
    }
    let nonce = SecretBytes::<LENGTH>::make(&mut OsRandom::new());
    let Some(proof) = ask(nonce.expose()).await else { return false };
    let is_known = prove(&key, nonce.expose()).is_some_and(|own| own == proof);
    if !is_known {
        LISTENER.with(|listener| listener.set(Listener::Other));
    }
    is_known
}

/// What whoever listens says of a nonce; `None` where nobody answers. Nothing else is told to them.
async fn ask(nonce: &[u8]) -> Option<String> {
    let init = RequestInit::new();
    init.set_method("POST");
    init.set_mode(RequestMode::SameOrigin);
    init.set_credentials(RequestCredentials::Omit);
    init.set_cache(RequestCache::NoStore);
    init.set_redirect(RequestRedirect::Error);
    init.set_body(&Uint8Array::from(nonce));
    let request = Request::new_with_str_and_init(PROOF, &init).ok()?;
    let answer = within(PATIENCE, JsFuture::from(scope().fetch_with_request(&request))).await?.ok()?;
    let text = answer.unchecked_into::<Response>().text().ok()?;
    within(PATIENCE, JsFuture::from(text)).await?.ok()?.as_string()
}

fn find(name: &str) -> Option<String> {
    let of = |object: &JsValue, name: &str| Reflect::get(object, &JsValue::from_str(name)).ok();
    of(&of(&of(&scope(), "sealward")?, "local")?, name)?.as_string()
}
