//! The worker's side: loads the strength program once, with its hash checked by `worker-boot.js`, and calls it.

use js_sys::{Array, Function, Promise, Reflect};
use wasm_bindgen::prelude::{JsCast, JsValue, wasm_bindgen};
use wasm_bindgen_futures::JsFuture;

#[wasm_bindgen]
extern "C" {
    #[wasm_bindgen(js_namespace = sealward, js_name = load, catch)]
    fn load(name: &str) -> Result<Promise, JsValue>;
}

/// The decimal logarithm of the guesses that `password` would take, asked of the separately loaded program.
///
/// # Errors
/// When the program cannot be fetched or is not the one that the page expects.
pub async fn estimate(password: &str, inputs: &[String]) -> Result<f64, JsValue> {
    let program = JsFuture::from(load("strength")?).await?;
    let estimate: Function = Reflect::get(&program, &JsValue::from_str("estimate"))?.dyn_into()?;
    let inputs: Array = inputs.iter().map(|input| JsValue::from_str(input)).collect();
    let guesses = estimate.call2(&JsValue::UNDEFINED, &JsValue::from_str(password), &inputs)?;
    guesses.as_f64().ok_or(guesses)
}
