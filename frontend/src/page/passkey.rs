//! Passkeys in this browser: only the page can ask for one, the worker has no such interface. What is asked and answered
//! is JSON as the standard has it; the server makes and checks it.

use js_sys::{Function, JSON, Object, Promise, Reflect};
use leptos::prelude::window;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;

use crate::bridge::{Error, SecretText};

/// Whether this browser can be asked for passkeys.
pub fn is_supported() -> bool {
    let host = window().location().hostname().unwrap_or_default();
    // A passkey belongs to a name: an address in numbers has none.
    let is_number = host.starts_with('[') || host.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.');
    !is_number && interface().is_some()
}

/// Has the browser make a passkey; gives its answer.
pub async fn create(options: &SecretText) -> Result<SecretText, Error> {
    ask("parseCreationOptionsFromJSON", "create", options).await
}

/// Has the browser answer a challenge with a passkey.
pub async fn get(options: &SecretText) -> Result<SecretText, Error> {
    ask("parseRequestOptionsFromJSON", "get", options).await
}

async fn ask(parse: &str, verb: &str, options: &SecretText) -> Result<SecretText, Error> {
    let missing = |_| Error::PasskeysUnavailable;
    let interface = interface().ok_or(Error::PasskeysUnavailable)?;
    let options = JSON::parse(options.expose()).map_err(missing)?;
    let options = Reflect::get(&options, &"publicKey".into()).map_err(missing)?;
    let parsed = method(&interface, parse)?.call1(&interface, &options).map_err(missing)?;
    let wanted = Object::new();
    Reflect::set(&wanted, &"publicKey".into(), &parsed).map_err(missing)?;
    let credentials: JsValue = window().navigator().credentials().into();
    let asked: Promise =
        method(&credentials, verb)?.call1(&credentials, &wanted).and_then(JsCast::dyn_into).map_err(missing)?;
    let answer = JsFuture::from(asked).await.map_err(|error| fault_of(&error))?;
    let answer = method(&answer, "toJSON")?.call0(&answer).map_err(missing)?;
    JSON::stringify(&answer).map(|text| SecretText::new(text.into())).map_err(missing)
}

fn fault_of(error: &JsValue) -> Error {
    let name = Reflect::get(error, &"name".into()).ok().and_then(|name| name.as_string()).unwrap_or_default();
    match name.as_str() {
        "InvalidStateError" => Error::FactorExists,
        "SecurityError" | "NotSupportedError" => Error::PasskeysUnavailable,
        _ => Error::PasskeyStopped,
    }
}

fn interface() -> Option<JsValue> {
    let interface = Reflect::get(&window(), &"PublicKeyCredential".into()).ok()?;
    let reads = Reflect::get(&interface, &"parseCreationOptionsFromJSON".into()).ok()?;
    reads.is_function().then_some(interface)
}

fn method(of: &JsValue, name: &str) -> Result<Function, Error> {
    Reflect::get(of, &name.into()).and_then(JsCast::dyn_into).map_err(|_| Error::PasskeysUnavailable)
}
