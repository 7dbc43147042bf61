//! What `boot.js` was told where `sealward web` handed the page out: the address under which the team knows its server, and
//! the key without which that program passes no call on. Elsewhere there is neither.

use super::clock::scope;
use js_sys::Reflect;
use wasm_bindgen::JsValue;

/// The header that carries the key.
pub const KEY: &str = "Sealward-Web";

/// The address of the team's server.
pub fn server() -> Option<String> {
    find("server")
}

/// The key.
pub fn key() -> Option<String> {
    find("key")
}

fn find(name: &str) -> Option<String> {
    let of = |object: &JsValue, name: &str| Reflect::get(object, &JsValue::from_str(name)).ok();
    of(&of(&of(&scope(), "sealward")?, "local")?, name)?.as_string()
}
