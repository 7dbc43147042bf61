//! What is said of the vault that everybody has for themselves, before it matters.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::bridge::{ReadKeptDays, Selection};
use crate::page::app::App;
use crate::page::components::icon::icon;
use crate::page::engine::ask;
use crate::page::language::{number, tr};

/// For how many days a vault is kept after its owner was removed; nothing until the server has said so.
fn kept_days() -> RwSignal<Option<u32>> {
    let days = RwSignal::new(None);
    spawn_local(async move {
        if let Ok(told) = ask(ReadKeptDays).await {
            let _ = days.try_set(told);
        }
    });
    days
}

/// Above the list of one's own vault: whose it is, and what becomes of it.
pub fn hint(app: App, selection: Memo<Selection>) -> AnyView {
    let is_own = Memo::new(move |_| {
        let vault = match selection.get() {
            Selection::Vault(vault) | Selection::ResourceGroup(vault, _) => vault,
            _ => return false,
        };
        app.tree.with(|tree| tree.iter().flat_map(|tree| &tree.vaults).any(|other| other.personal && other.id == vault))
    });
    let hint = move || {
        is_own.get().then(|| {
            let days = kept_days();
            let text = move || match days.get() {
                Some(days) => tr!(vault.personal_hint, days = number(days)),
                None => tr!(vault.personal_hint_untold).to_owned(),
            };
            view! { <p class="own-vault-hint hint with-icon">{icon("circle-user")}<span>{text}</span></p> }
        })
    };
    hint.into_any()
}

/// In the question before somebody is removed: what becomes of theirs.
pub fn of_removed() -> AnyView {
    let days = kept_days();
    let text = move || match days.get() {
        Some(days) => tr!(people.remove_personal, days = number(days)),
        None => tr!(people.remove_personal_untold).to_owned(),
    };
    view! { <p class="muted">{text}</p> }.into_any()
}
