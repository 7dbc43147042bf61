//! Files that a person picks, drops or pastes.

use js_sys::Reflect;
use leptos::prelude::*;
use sealward_contract::bytes::Bytes;
use wasm_bindgen::{JsCast, JsValue};
use wasm_bindgen_futures::JsFuture;
use web_sys::{Blob, DataTransfer, DragEvent, Event, File, HtmlInputElement};

use super::icon::icon;

/// A button that lets a file be picked.
pub fn file_button(
    icon_name: &'static str,
    label: &'static str,
    accept: &'static str,
    picked: impl Fn(File) + 'static,
) -> AnyView {
    let picked = move |event: Event| {
        let Some(input) = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok()) else { return };
        if let Some(file) = input.files().and_then(|files| files.get(0)) {
            picked(file);
        }
        // The same file can be picked again.
        input.set_value("");
    };
    view! {
        <label class="button small file-button">
            {icon(icon_name)}<span>{label}</span>
            <input type="file" class="visually-hidden" accept=accept on:change=picked />
        </label>
    }
    .into_any()
}

/// The file that was dropped; the browser is kept from opening it.
pub fn dropped_file(event: &DragEvent) -> Option<File> {
    let file = first(&event.data_transfer()?)?;
    event.prevent_default();
    Some(file)
}

/// The file that was pasted, where it is no text.
pub fn pasted_file(event: &JsValue) -> Option<File> {
    let data = Reflect::get(event, &JsValue::from_str("clipboardData")).ok()?;
    first(&data.dyn_into::<DataTransfer>().ok()?)
}

/// Its bytes.
pub async fn read_file(file: &Blob) -> Option<Bytes> {
    let bytes = JsFuture::from(file.array_buffer()).await.ok()?;
    Some(Bytes(js_sys::Uint8Array::new(&bytes).to_vec()))
}

fn first(data: &DataTransfer) -> Option<File> {
    data.files()?.get(0)
}
