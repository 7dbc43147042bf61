//! Draws PDFs: a program of its own that the worker loads when somebody looks at one.

use js_sys::Uint8Array;
use sealward_frontend::viewer;
use wasm_bindgen::prelude::wasm_bindgen;

/// A PDF that is looked at.
#[wasm_bindgen]
pub struct Document(viewer::Document);

/// Reads a file; nothing when it cannot be drawn.
#[wasm_bindgen]
pub fn open(file: Vec<u8>) -> Option<Document> {
    viewer::Document::open(file).map(Document)
}

#[wasm_bindgen]
impl Document {
    /// How many pages there are.
    pub fn count(&self) -> u32 {
        u32::try_from(self.0.count()).unwrap_or(u32::MAX)
    }

    /// A page as PNG; nothing when it cannot be drawn.
    pub fn draw(&self, page: u32) -> Option<Uint8Array> {
        self.0.draw(usize::try_from(page).ok()?).map(|png| Uint8Array::from(png.as_slice()))
    }
}

fn main() {}
