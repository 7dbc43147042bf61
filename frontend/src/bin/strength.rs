//! The strength estimate with its word lists, about 1 MB: a program of its own that the worker loads when it is needed.

use sealward_frontend::strength;
use wasm_bindgen::prelude::wasm_bindgen;

/// The decimal logarithm of the guesses that `password` would take from someone who knows `inputs` (names, the team).
#[wasm_bindgen]
pub fn estimate(password: &str, inputs: Vec<String>) -> f64 {
    strength::estimate(password, &inputs)
}

fn main() {}
