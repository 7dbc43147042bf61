//! Writes what is taken out: encrypted backups, KDBX, CSV and JSON. A program of its own that the worker loads when
//! somebody exports something.

use js_sys::Uint8Array;
use sealward_client::model::SecretText;
use sealward_contract::release::ExportFormat;
use sealward_frontend::writer;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};
use zeroize::Zeroizing;

/// Writes the items of an archive. Throws nothing when it cannot.
#[wasm_bindgen]
pub fn write(items: Vec<u8>, format: u8, password: Option<String>) -> Result<Uint8Array, JsValue> {
    let items = Zeroizing::new(items);
    let formats = [ExportFormat::Backup, ExportFormat::Kdbx, ExportFormat::Csv, ExportFormat::Json];
    let format = formats.into_iter().find(|known| *known as u8 == format).ok_or(JsValue::UNDEFINED)?;
    let password = password.map(SecretText::new);
    let file = writer::write(&items, format, password.as_ref()).ok_or(JsValue::UNDEFINED)?;
    Ok(Uint8Array::from(file.as_slice()))
}

fn main() {}
