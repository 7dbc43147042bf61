//! One click after use: a new password by the rules in force, saved at once, and shown to whoever has to set it where it
//! is used.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::bridge::{ObjectId, RenewPassword, SecretText, VaultId};
use crate::page::app::{App, Dialog};
use crate::page::clipboard;
use crate::page::components::dialog::{Width, dialog};
use crate::page::components::icon::icon;
use crate::page::components::reveal::coloured;
use crate::page::engine::ask;
use crate::page::language::tr;

/// The button.
pub fn button(app: App, vault: VaultId, account: ObjectId, name: String) -> AnyView {
    let busy = RwSignal::new(false);
    let renew = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let name = name.clone();
        spawn_local(async move {
            let answer = ask(RenewPassword { vault, account }).await;
            let _ = busy.try_set(false);
            match answer {
                Ok(secret) => app.open(Dialog::Renewed(name, Arc::new(secret))),
                Err(error) => app.fail(&error),
            }
        });
    };
    view! {
        <button type="button" class="button small" aria-disabled=move || busy.get().to_string() on:click=renew>
            {icon("refresh-cw")}<span>{tr!(requests.change_now)}</span>
        </button>
    }
    .into_any()
}

/// The new password.
pub fn renewed(name: &str, secret: &Arc<SecretText>) -> AnyView {
    let app = App::get();
    let kept = Arc::clone(secret);
    let copy = move |_| {
        let secret = Arc::clone(&kept);
        spawn_local(async move { clipboard::copy_secret(app, secret.expose()).await });
    };
    let content = view! {
        <div class="dialog-form">
            <div class="dialog-body form">
                <div class="note">{icon("info")}<p>{tr!(requests.renewed_hint)}</p></div>
                <output class="generated" aria-label=tr!(requests.renewed_label)>{coloured(secret.expose())}</output>
            </div>
            <footer>
                <div class="buttons end">
                    <button type="button" class="button" on:click=copy>{icon("copy")}<span>{tr!(requests.renewed_copy)}</span></button>
                    <button type="button" class="button primary" autofocus on:click=move |_| app.close()>{tr!(action.close)}</button>
                </div>
            </footer>
        </div>
    };
    dialog(tr!(requests.renewed, name = name), Width::Narrow, content.into_any())
}
