//! The worker's side: loads the writing program once, with its hash checked by `worker-boot.js`, and calls it.

use js_sys::{Array, Promise, Uint8Array};
use sealward_client::model::SecretText;
use sealward_contract::release::ExportFormat;
use wasm_bindgen::prelude::{JsCast, JsValue, wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use web_sys::Blob;
use zeroize::Zeroizing;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = sealward, js_name = load, catch)]
    fn load(name: &str) -> Result<Promise, JsValue>;

    type Program;
    #[wasm_bindgen(method, catch, js_name = write)]
    fn write(this: &Program, items: &Uint8Array, format: u8, password: Option<&str>) -> Result<Uint8Array, JsValue>;
}

/// A file was not written: the program cannot be fetched, or has not the memory.
pub struct Unwritten;

/// Has the items of an archive written to a file. It stays with the browser, which keeps large ones on the disk.
///
/// # Errors
/// [`Unwritten`].
pub async fn write(
    items: Zeroizing<Vec<u8>>,
    format: ExportFormat,
    password: Option<&SecretText>,
) -> Result<Blob, Unwritten> {
    let loading = load("writer").map_err(|_| Unwritten)?;
    let program: Program = JsFuture::from(loading).await.map_err(|_| Unwritten)?.unchecked_into();
    let bytes = Uint8Array::from(items.as_slice());
    drop(items);
    let written = program.write(&bytes, format as u8, password.map(SecretText::expose));
    bytes.fill(0, 0, bytes.length());
    let written = written.map_err(|_| Unwritten)?;
    let file = Blob::new_with_u8_array_sequence(&Array::of1(&written)).map_err(|_| Unwritten);
    written.fill(0, 0, written.length());
    file
}
