//! The worker's side: loads the program once, with its hash checked by `worker-boot.js`, and calls it.

use js_sys::{Function, Promise, Reflect, Uint8Array};
use wasm_bindgen::prelude::{JsCast, JsValue, wasm_bindgen};
use wasm_bindgen_futures::JsFuture;
use zeroize::Zeroizing;

use super::{Outcome, Task};
use crate::bridge::{Error, decode, encode};

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = sealward, js_name = load, catch)]
    fn load(name: &str) -> Result<Promise, JsValue>;
}

/// What the program makes of a task.
///
/// # Errors
/// [`Error::Offline`] when the program is not there yet and cannot be fetched.
pub async fn run(task: &Task) -> Result<Outcome, Error> {
    let task = Zeroizing::new(encode(task)?);
    let answer = call(&task).await.map_err(|_| Error::Offline)?;
    let answer = Zeroizing::new(answer.to_vec());
    decode(&answer)
}

async fn call(task: &[u8]) -> Result<Uint8Array, JsValue> {
    let program = JsFuture::from(load("keys")?).await?;
    let run: Function = Reflect::get(&program, &JsValue::from_str("run"))?.dyn_into()?;
    run.call1(&JsValue::UNDEFINED, &Uint8Array::from(task))?.dyn_into()
}
