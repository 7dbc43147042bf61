//! The worker's side: loads the drawing program once, with its hash checked by `worker-boot.js`, and calls it.

use crate::bridge::Error;
use js_sys::{Promise, Uint8Array};
use wasm_bindgen::prelude::{JsCast, JsValue, wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = sealward, js_name = load, catch)]
    fn load(name: &str) -> Result<Promise, JsValue>;

    type Program;
    #[wasm_bindgen(method, catch)]
    fn open(this: &Program, file: &[u8]) -> Result<Option<Handle>, JsValue>;

    type Handle;
    #[wasm_bindgen(method, catch)]
    fn count(this: &Handle) -> Result<u32, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn draw(this: &Handle, page: u32) -> Result<Option<Uint8Array>, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn free(this: &Handle) -> Result<(), JsValue>;
}

/// A PDF that is being drawn.
pub struct Drawing(Handle);

impl Drawing {
    /// Hands a file over; `None` when it cannot be drawn.
    ///
    /// # Errors
    /// [`Error::Offline`] when the program is not there yet and cannot be fetched.
    pub async fn open(file: &[u8]) -> Result<Option<Self>, Error> {
        let loading = load("viewer").map_err(|_| Error::Offline)?;
        let program: Program = JsFuture::from(loading).await.map_err(|_| Error::Offline)?.unchecked_into();
        // What it throws is its own fault, which the file has caused.
        Ok(program.open(file).ok().flatten().map(Self))
    }

    /// How many pages there are.
    pub fn count(&self) -> u32 {
        self.0.count().unwrap_or(0)
    }

    /// A page as PNG.
    pub fn draw(&self, page: u32) -> Option<Vec<u8>> {
        Some(self.0.draw(page).ok()??.to_vec())
    }
}

impl Drop for Drawing {
    fn drop(&mut self) {
        let _ = self.0.free();
    }
}
