//! Reads the files of other programs: zips, sheets and exports. A program of its own that the worker loads when somebody
//! imports something.

use js_sys::Uint8Array;
use sealward_client::import::Import;
use sealward_frontend::reader;
use wasm_bindgen::prelude::{JsValue, wasm_bindgen};

/// A file that is being read.
#[wasm_bindgen]
pub struct Reading(Import);

/// Opens a file. Throws the bytes of an error.
#[wasm_bindgen]
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "milliseconds since 1970 fit for ever")]
pub fn open(file: Vec<u8>, options: &[u8], now: f64) -> Result<Reading, JsValue> {
    reader::open(file, options, now as u64).map(Reading).map_err(thrown)
}

#[wasm_bindgen]
impl Reading {
    /// What the file is, in bytes.
    pub fn describe(&mut self) -> Vec<u8> {
        reader::describe(&mut self.0)
    }

    /// Reads on; says whether all is read.
    pub fn read(&mut self, rows: u32) -> Result<bool, JsValue> {
        let rows = usize::try_from(rows).unwrap_or(usize::MAX);
        self.0
            .next_chunk(rows)
            .map(sealward_client::import::Progress::is_finished)
            .map_err(|error| thrown(reader::refuse(&error)))
    }

    /// The plan, in bytes. What this program knows of it is wiped.
    pub fn finish(self) -> Uint8Array {
        Uint8Array::from(self.0.finish().to_bytes().as_slice())
    }
}

fn thrown(bytes: Vec<u8>) -> JsValue {
    Uint8Array::from(bytes.as_slice()).into()
}

fn main() {}
