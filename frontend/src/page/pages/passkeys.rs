//! The person's passkeys, in the settings: added, named, removed.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::detail::millis;
use crate::bridge::{AddPasskey, BeginPasskey, PasskeyRow, ReadFactors, RemovePasskey, RenamePasskey, SecretText};
use crate::page::app::{App, Dialog};
use crate::page::components::dialog::{Width, dialog};
use crate::page::components::field::{Kind, TextField};
use crate::page::components::form::{Form, dialog_footer};
use crate::page::components::icon::icon;
use crate::page::components::menu::{MenuItem, menu};
use crate::page::engine::ask;
use crate::page::language::{moment, tr};
use crate::page::passkey;

/// A passkey in the settings.
pub fn line(app: App, row: PasskeyRow) -> AnyView {
    let when = match row.used {
        Some(used) => tr!(factors.passkey_used, when = moment(millis(used))),
        None => tr!(factors.since, when = moment(millis(row.added))),
    };
    let name = row.name.clone();
    let renamed = row.clone();
    let rename = move || app.open(Dialog::RenamePasskey(renamed.clone()));
    let remove = move || app.open(Dialog::RemovePasskey(row.clone()));
    let items = vec![
        MenuItem::new("pencil", tr!(factors.rename_passkey), rename),
        MenuItem::new("trash-2", tr!(factors.remove_passkey), remove).danger(),
    ];
    let label = tr!(people.more, name = name.clone());
    view! {
        <div class="setting">
            <p><strong>{name}</strong>" "{tr!(factors.passkey)}" · "{when}</p>
            {menu(label, icon("ellipsis"), "icon-button", items)}
        </div>
    }
    .into_any()
}

/// The password, before the first second factor.
pub fn password_field(password: RwSignal<String>) -> AnyView {
    let field = TextField::new(tr!(sign_in.password), password).kind(Kind::Password).required().focus();
    view! { <p>{tr!(factors.first_lead)}</p>{field.autocomplete("current-password").view()} }.into_any()
}

/// Adds a passkey.
pub fn add() -> AnyView {
    let app = App::get();
    let name = RwSignal::new(String::new());
    let form = Form::new();
    let (first, password) = (RwSignal::new(false), RwSignal::new(String::new()));
    spawn_local(async move {
        if let Ok(factors) = ask(ReadFactors).await {
            first.try_set(!factors.held.any());
        }
    });
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let name = name.get_untracked();
        let password = first.get_untracked().then(|| SecretText::new(password.get_untracked()));
        form.run(
            async move {
                let options = ask(BeginPasskey { password }).await?;
                let credential = passkey::create(&options).await?;
                ask(AddPasskey { name, credential }).await
            },
            move |()| {
                app.close();
                app.say(tr!(factors.passkey_added));
            },
        );
    };
    let field = TextField::new(tr!(factors.passkey_name), name).required().focus().limit(64);
    dialog(
        tr!(factors.add_passkey),
        Width::Narrow,
        view! {
            <form class="dialog-form" on:submit=send>
                <div class="dialog-body form">
                    <p>{tr!(factors.passkey_question)}</p>
                    {move || first.get().then(|| password_field(password))}
                    {field.hint(tr!(factors.passkey_name_hint)).view()}
                </div>
                {dialog_footer(form, tr!(factors.add_passkey))}
            </form>
        }
        .into_any(),
    )
}

/// Gives a passkey another name.
pub fn rename(row: &PasskeyRow) -> AnyView {
    let app = App::get();
    let name = RwSignal::new(row.name.clone());
    let form = Form::new();
    let id = row.passkey;
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        form.send(RenamePasskey { passkey: id, name: name.get_untracked() }, move |()| {
            app.close();
            app.say(tr!(toast.saved));
        });
    };
    let field = TextField::new(tr!(factors.passkey_name), name).required().focus().limit(64);
    dialog(
        tr!(factors.rename_passkey),
        Width::Narrow,
        view! {
            <form class="dialog-form" on:submit=send>
                <div class="dialog-body form">{field.view()}</div>
                {dialog_footer(form, tr!(action.save))}
            </form>
        }
        .into_any(),
    )
}

/// Asks before a passkey goes.
pub fn remove(row: &PasskeyRow) -> AnyView {
    let app = App::get();
    let form = Form::new();
    let (id, name) = (row.passkey, row.name.clone());
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        form.send(RemovePasskey { passkey: id }, move |()| {
            app.close();
            app.say(tr!(factors.passkey_removed));
        });
    };
    dialog(
        tr!(factors.remove_passkey),
        Width::Narrow,
        view! {
            <form class="dialog-form" on:submit=send>
                <div class="dialog-body form"><p>{tr!(factors.remove_passkey_question, name = name)}</p></div>
                {dialog_footer(form, tr!(factors.remove_passkey))}
            </form>
        }
        .into_any(),
    )
}
