//! Key files, certificates and QR images: a program of its own that the worker loads when one is read or made.

use sealward_frontend::keys;
use wasm_bindgen::prelude::{JsError, wasm_bindgen};

/// Does what an encoded task says, and encodes the outcome.
///
/// # Errors
/// When the bytes are no task.
#[wasm_bindgen]
pub fn run(task: Vec<u8>) -> Result<Vec<u8>, JsError> {
    let task = zeroize::Zeroizing::new(task);
    keys::run(&task).map_err(|_| JsError::new("not a task"))
}

fn main() {}
