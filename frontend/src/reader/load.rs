//! The worker's side: loads the reading program once, with its hash checked by `worker-boot.js`, and calls it.

use super::Seen;
use js_sys::{Promise, Uint8Array};
use sealward_client::import::{ImportError, ImportPlan, Options};
use sealward_contract::ids::Timestamp;
use wasm_bindgen::prelude::{JsCast, JsValue, wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use zeroize::Zeroizing;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = sealward, js_name = load, catch)]
    fn load(name: &str) -> Result<Promise, JsValue>;

    type Program;
    #[wasm_bindgen(method, catch, js_name = open)]
    fn open(this: &Program, file: &Uint8Array, options: &[u8], now: f64) -> Result<Handle, JsValue>;

    type Handle;
    #[wasm_bindgen(method, catch)]
    fn describe(this: &Handle) -> Result<Vec<u8>, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn read(this: &Handle, rows: u32) -> Result<bool, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn finish(this: &Handle) -> Result<Uint8Array, JsValue>;
    #[wasm_bindgen(method, catch)]
    fn free(this: &Handle) -> Result<(), JsValue>;
}

/// Why a file was not read.
pub enum Unread {
    /// The program cannot be fetched, or is not the one that the page expects.
    NotLoaded,
    /// Nothing can be taken from the file.
    Refused(ImportError),
}

/// A file that is being read.
pub struct Reader(Option<Handle>);

impl Reader {
    /// Hands a file over.
    ///
    /// # Errors
    /// [`Unread`].
    #[expect(clippy::cast_precision_loss, reason = "milliseconds since 1970 fit")]
    pub async fn open(file: Zeroizing<Vec<u8>>, options: &Options, now: Timestamp) -> Result<Self, Unread> {
        let loading = load("reader").map_err(|_| Unread::NotLoaded)?;
        let program: Program = JsFuture::from(loading).await.map_err(|_| Unread::NotLoaded)?.unchecked_into();
        let bytes = Uint8Array::from(file.as_slice());
        drop(file);
        let options = postcard::to_allocvec(options).unwrap_or_default();
        let opened = program.open(&bytes, &options, now.0 as f64);
        wipe(&bytes);
        opened.map(|handle| Self(Some(handle))).map_err(refused)
    }

    /// What it turned out to be.
    ///
    /// # Errors
    /// [`Unread`].
    pub fn describe(&self) -> Result<Seen, Unread> {
        let bytes = self.handle()?.describe().map_err(refused)?;
        postcard::from_bytes(&bytes).map_err(|_| Unread::NotLoaded)
    }

    /// Reads on; says whether all is read.
    ///
    /// # Errors
    /// [`Unread`].
    pub fn read(&self, rows: u32) -> Result<bool, Unread> {
        self.handle()?.read(rows).map_err(refused)
    }

    /// The plan of what was read.
    ///
    /// # Errors
    /// [`Unread`].
    pub fn finish(mut self) -> Result<ImportPlan, Unread> {
        let handle = self.0.take().ok_or(Unread::NotLoaded)?;
        // Finishing frees it.
        let bytes = handle.finish().map_err(refused)?;
        let plan = Zeroizing::new(bytes.to_vec());
        wipe(&bytes);
        ImportPlan::from_bytes(&plan).ok_or(Unread::Refused(ImportError::Damaged))
    }

    fn handle(&self) -> Result<&Handle, Unread> {
        self.0.as_ref().ok_or(Unread::NotLoaded)
    }
}

impl Drop for Reader {
    fn drop(&mut self) {
        if let Some(handle) = self.0.take() {
            let _ = handle.free();
        }
    }
}

fn wipe(bytes: &Uint8Array) {
    bytes.fill(0, 0, bytes.length());
}

/// The program throws the bytes of an error. Anything else is its own fault, which the file has caused.
fn refused(thrown: JsValue) -> Unread {
    let bytes = thrown.dyn_into::<Uint8Array>().map(|bytes| bytes.to_vec()).unwrap_or_default();
    Unread::Refused(postcard::from_bytes(&bytes).unwrap_or(ImportError::Damaged))
}
