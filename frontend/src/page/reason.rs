//! Asks for a reason whenever the server refused a secret or a file for lack of one, as a policy asks it to. What was asked for
//! then goes on by itself, and the reason is forgotten: a reveal, a copy, a download, a move to another vault.

use std::cell::{Cell, RefCell};

use futures_channel::oneshot;
use leptos::prelude::*;
use sealward_client::model::limits;

use super::components::dialog::{Width, dialog_closing};
use super::components::field::{Kind, TextField};
use super::components::form::Form;
use super::language::tr;

thread_local! {
    static WAITING: RefCell<Vec<oneshot::Sender<Option<String>>>> = const { RefCell::new(Vec::new()) };
    static SHOWN: Cell<Option<RwSignal<bool>>> = const { Cell::new(None) };
}

/// Whether it is asked for. Call once.
pub fn provide() -> RwSignal<bool> {
    let shown = RwSignal::new(false);
    SHOWN.set(Some(shown));
    shown
}

/// Asks the person; `None` where they gave up.
pub async fn ask_for() -> Option<String> {
    let (answer, answered) = oneshot::channel();
    WAITING.with_borrow_mut(|waiting| waiting.push(answer));
    if let Some(shown) = SHOWN.get() {
        shown.set(true);
    }
    answered.await.ok().flatten()
}

/// Ends the asking: those who wait go on, or are refused.
pub fn end(reason: Option<&str>) {
    if let Some(shown) = SHOWN.get() {
        shown.set(false);
    }
    for waiting in WAITING.take() {
        let _ = waiting.send(reason.map(str::to_owned));
    }
}

/// The question, above whatever dialog is open.
pub fn dialog() -> AnyView {
    let reason = RwSignal::new(String::new());
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let typed = reason.get_untracked();
        if !typed.trim().is_empty() {
            end(Some(typed.trim()));
        }
    };
    let field = TextField::new(tr!(field.reason), reason).kind(Kind::Area).limit(limits::REASON).required().focus();
    let body = view! {
        <form class="dialog-form" on:submit=send>
            <div class="dialog-body form">
                <p>{tr!(reason.hint)}</p>
                {field.view()}
            </div>
            <footer>
                <div class="buttons">
                    <button type="button" class="button" on:click=move |_| end(None)>{tr!(action.cancel)}</button>
                    {Form::new().submit(tr!(reason.go_on))}
                </div>
            </footer>
        </form>
    };
    dialog_closing(tr!(reason.title), Width::Narrow, None, || end(None), body.into_any())
}
