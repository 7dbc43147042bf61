//! What a message between page and worker is made of: bytes, and where a file goes along, the browser's handle on it.

use js_sys::{Array, Uint8Array};
use wasm_bindgen::{JsCast, JsValue};
use web_sys::Blob;

/// The message, and what is handed over with it rather than copied.
pub fn pack(bytes: &Uint8Array, file: Option<&Blob>) -> (JsValue, Array) {
    let message = match file {
        Some(file) => Array::of2(bytes, file).into(),
        None => bytes.clone().into(),
    };
    (message, Array::of1(&bytes.buffer()))
}

/// What was packed; `None` when it is something else.
pub fn unpack(message: JsValue) -> Option<(Uint8Array, Option<Blob>)> {
    match message.dyn_into::<Uint8Array>() {
        Ok(bytes) => Some((bytes, None)),
        Err(message) => {
            let both: Array = message.dyn_into().ok()?;
            Some((both.get(0).dyn_into().ok()?, Some(both.get(1).dyn_into().ok()?)))
        }
    }
}
