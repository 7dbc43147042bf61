//! Asks for a second factor whenever the server refused something for lack of it. Whatever was asked for waits, in the worker
//! or here, and goes on by itself once the session is confirmed: a reveal, a copy, an export, a download, a sign-in.

use std::cell::{Cell, RefCell};

use futures_channel::oneshot;
use leptos::prelude::*;
use leptos::task::spawn_local;

use super::address::Spot;
use super::app::{App, Dialog};
use super::components::dialog::{Width, dialog_closing};
use super::components::field::TextField;
use super::components::form::Form;
use super::components::icon::icon;
use super::engine::ask;
use super::language::tr;
use super::passkey;
use crate::bridge::{BeginConfirmation, ConfirmFactor, FactorKind, FactorsHeld, GiveUpFactor, Reconnect, SecretText};

thread_local! {
    static WAITING: RefCell<Vec<oneshot::Sender<bool>>> = const { RefCell::new(Vec::new()) };
    static SHOWN: Cell<Option<RwSignal<Option<FactorsHeld>>>> = const { Cell::new(None) };
}

/// What is asked for, while it is. Call once.
pub fn provide() -> RwSignal<Option<FactorsHeld>> {
    let shown = RwSignal::new(None);
    SHOWN.set(Some(shown));
    shown
}

/// Asks the person; whether they confirmed.
pub async fn ask_for(held: FactorsHeld) -> bool {
    let (answer, answered) = oneshot::channel();
    WAITING.with_borrow_mut(|waiting| waiting.push(answer));
    show(held);
    answered.await.unwrap_or(false)
}

/// Asks the person for what nobody on the page waits for.
pub fn show(held: FactorsHeld) {
    if let Some(shown) = SHOWN.get()
        && shown.with_untracked(Option::is_none)
    {
        shown.set(Some(held));
    }
}

/// Ends the asking: those who wait go on, or are refused.
pub fn end(confirmed: bool) {
    if let Some(shown) = SHOWN.get() {
        if shown.with_untracked(Option::is_none) {
            return;
        }
        shown.set(None);
    }
    for waiting in WAITING.take() {
        let _ = waiting.send(confirmed);
    }
    spawn_local(async move {
        // Without a session there is nothing to try again, or to give up.
        let _ = if confirmed { ask(Reconnect).await } else { ask(GiveUpFactor).await };
    });
}

/// The question, above whatever dialog is open.
pub fn dialog_for(held: FactorsHeld) -> AnyView {
    let body = if held.any() { confirm(held) } else { lead_to_settings() };
    dialog_closing(tr!(factors.needed), Width::Narrow, None, || end(false), body)
}

fn confirm(held: FactorsHeld) -> AnyView {
    // With nothing but passkeys there is nothing to type.
    let types = held.codes || held.recovery_codes > 0;
    let has_passkey = held.passkeys > 0 && passkey::is_supported();
    let by_recovery = RwSignal::new(!held.codes);
    let typed = RwSignal::new(String::new());
    let form = Form::new();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let kind = if by_recovery.get_untracked() { FactorKind::RecoveryCodes } else { FactorKind::Codes };
        let code = SecretText::new(typed.get_untracked());
        form.send(ConfirmFactor { kind, code }, |()| end(true));
    };
    let by_passkey = move |_| {
        form.run(
            async {
                let options = ask(BeginConfirmation).await?;
                let code = passkey::get(&options).await?;
                ask(ConfirmFactor { kind: FactorKind::Passkey, code }).await
            },
            |()| end(true),
        );
    };
    let passkey_button = has_passkey.then(|| {
        view! {
            <button type="button" class="button" class:primary=!types autofocus=!types on:click=by_passkey>
                {icon("key-round")}<span>{tr!(factors.use_passkey)}</span>
            </button>
        }
    });
    // Passkeys alone, and under an address where none can be asked for.
    let stranded = (!types && !has_passkey).then(|| view! { <p class="fault">{tr!(factors.error_unavailable)}</p> });
    let field = move || {
        if !types {
            return ().into_any();
        }
        if by_recovery.get() {
            let hint = tr!(factors.recovery_field_hint);
            TextField::new(tr!(factors.recovery_code), typed).required().focus().hint(hint).view()
        } else {
            let hint = tr!(factors.code_hint);
            TextField::new(tr!(factors.code), typed).required().focus().autocomplete("one-time-code").hint(hint).view()
        }
    };
    let other = move || {
        let label = match (by_recovery.get(), held.codes, held.recovery_codes > 0) {
            (false, _, true) => tr!(factors.use_recovery),
            (true, true, _) => tr!(factors.use_codes),
            _ => return None,
        };
        let change = move |_| {
            typed.set(String::new());
            form.fault.set(None);
            by_recovery.update(|by| *by = !*by);
        };
        Some(view! { <button type="button" class="link" on:click=change>{label}</button> })
    };
    view! {
        <form class="dialog-form" on:submit=send>
            <div class="dialog-body form">
                <p>{tr!(factors.needed_hint)}</p>
                {stranded}
                {passkey_button}
                {field}
                <p>{other}</p>
            </div>
            <footer>
                {form.alert()}
                <div class="buttons">
                    <button type="button" class="button" on:click=move |_| end(false)>{tr!(action.cancel)}</button>
                    {types.then(|| form.submit(tr!(factors.confirm)))}
                </div>
            </footer>
        </form>
    }
    .into_any()
}

/// Whoever has none is led to where one is set up.
fn lead_to_settings() -> AnyView {
    let app = App::get();
    let set_up = move |_| {
        end(false);
        app.go_to(Spot::Settings);
        app.open(Dialog::AddCodes);
    };
    view! {
        <div class="dialog-form">
            <div class="dialog-body form">
                <div class="note warn">{icon("shield-alert")}<p>{tr!(factors.none_hint)}</p></div>
            </div>
            <footer>
                <div class="buttons">
                    <button type="button" class="button" on:click=move |_| end(false)>{tr!(action.cancel)}</button>
                    <button type="button" class="button primary" autofocus on:click=set_up>{tr!(factors.set_up)}</button>
                </div>
            </footer>
        </div>
    }
    .into_any()
}
