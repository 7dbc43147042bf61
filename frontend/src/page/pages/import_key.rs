//! The password, and perhaps the key file, of a file that is encrypted.

use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::{File, HtmlInputElement};

use crate::bridge::FileKey;
use crate::page::components::field::{Kind, TextField, fresh_id};
use crate::page::components::form::Form;
use crate::page::language::tr;

/// Asks for them; `open` tries to open the file.
pub fn step(form: Form, back: impl Fn() + 'static, open: impl Fn(FileKey) + Copy + 'static) -> AnyView {
    let password = RwSignal::new(String::new());
    let key_file = StoredValue::new_local(None::<File>);
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        leptos::task::spawn_local(async move {
            let key_file = match key_file.get_value() {
                Some(file) => JsFuture::from(file.array_buffer()).await.ok(),
                None => None,
            };
            let key_file = key_file.map(|bytes| js_sys::Uint8Array::new(&bytes).to_vec());
            let password = Some(password.get_untracked()).filter(|password| !password.is_empty());
            open(FileKey { password, key_file });
        });
    };
    let picked = move |event: leptos::ev::Event| {
        let input = event.target().and_then(|target| target.dyn_into::<HtmlInputElement>().ok());
        key_file.set_value(input.and_then(|input| input.files()).and_then(|files| files.get(0)));
    };
    let id = fresh_id("key-file");
    view! {
        <form class="dialog-form" on:submit=send>
            <div class="dialog-body form">
                <p>{tr!(import_key.lead)}</p>
                {TextField::new(tr!(import_key.password), password).kind(Kind::Password).focus().view()}
                <div class="field">
                    <label for=id.clone()>{tr!(import_key.key_file)}</label>
                    <input id=id class="input" type="file" on:change=picked />
                    <p class="hint">{tr!(import_key.key_file_hint)}</p>
                </div>
                <p class="muted" role="status">{move || form.busy.get().then(|| tr!(import_key.opening))}</p>
            </div>
            <footer>
                {form.alert()}
                <div class="buttons">
                    <button type="button" class="button" on:click=move |_| back()>{tr!(action.back)}</button>
                    {form.submit(tr!(import_key.open))}
                </div>
            </footer>
        </form>
    }
    .into_any()
}
