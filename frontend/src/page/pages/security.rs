//! Dialogs about the password and the kit; each asks for the password first.

use std::sync::Arc;

use leptos::prelude::*;

use super::kit::{confirm, sheet};
use crate::bridge::*;
use crate::page::app::App;
use crate::page::components::dialog::{Width, dialog};
use crate::page::components::field::{Kind, TextField};
use crate::page::components::form::{Form, dialog_footer};
use crate::page::components::icon::icon;
use crate::page::components::new_password::NewPassword;
use crate::page::language::tr;

/// The kit once more.
pub fn show_kit() -> AnyView {
    kit_dialog(tr!(notice.show_kit), tr!(security.show_kit_hint), tr!(security.show), false, |form, password, done| {
        form.send(ShowKit { password }, done);
    })
}

/// A new Secret Key and a new kit.
pub fn replace_kit() -> AnyView {
    kit_dialog(
        tr!(security.replace_kit),
        tr!(security.replace_hint),
        tr!(security.replace),
        true,
        |form, password, done| {
            form.send(ReplaceKit { password }, done);
        },
    )
}

type Done = Box<dyn FnOnce(KitView)>;

fn kit_dialog(
    title: &'static str,
    hint: &'static str,
    submit: &'static str,
    replaces: bool,
    ask: fn(Form, SecretText, Done),
) -> AnyView {
    let app = App::get();
    let password = RwSignal::new(String::new());
    let kit = RwSignal::new(None::<Arc<KitView>>);
    let form = Form::new();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let done: Done = Box::new(move |view: KitView| {
            password.set(String::new());
            kit.set(Some(Arc::new(view)));
        });
        ask(form, SecretText::new(password.get_untracked()), done);
    };
    let unconfirmed = app.view().is_some_and(|view| !view.kit_confirmed);
    let body = move || {
        match kit.get() {
        None => view! {
            <form class="dialog-form" on:submit=send>
                <div class="dialog-body form">
                    <p>{hint}</p>
                    {TextField::new(tr!(sign_in.password), password).kind(Kind::Password).required().focus().autocomplete("current-password").view()}
                </div>
                {dialog_footer(form, submit)}
            </form>
        }
        .into_any(),
        Some(kit) => {
            let goes_on = move || {
                app.close();
                app.say(tr!(security.kit_confirmed));
                leptos::task::spawn_local(app.read_status());
            };
            let part = if replaces || unconfirmed {
                confirm(Arc::clone(&kit), goes_on)
            } else {
                view! { <div class="buttons end"><button type="button" class="button primary" on:click=move |_| app.close()>{tr!(action.close)}</button></div> }.into_any()
            };
            view! { <div class="dialog-body kit-page">{sheet(&kit)}{part}</div> }.into_any()
        }
    }
    };
    dialog(title, Width::Wide, view! { {body} }.into_any())
}

/// A new password.
pub fn change_password() -> AnyView {
    let app = App::get();
    let typed = NewPassword::own(app);
    let form = Form::new();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some((current, new)) = typed.read(form) else { return };
        form.send(ChangePassword { current, new }, move |()| {
            app.close();
            app.say(tr!(security.password_changed));
        });
    };
    dialog(
        tr!(security.change_password),
        Width::Narrow,
        view! {
            <form class="dialog-form" on:submit=send>
                <div class="dialog-body form">
                    {typed.fields(tr!(security.current_password))}
                    <p class="hint with-icon">{icon("info")}<span>{tr!(security.change_hint)}</span></p>
                </div>
                {dialog_footer(form, tr!(security.change_password))}
            </form>
        }
        .into_any(),
    )
}
