//! What every form does: wait, say what went wrong, and send once.

use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::Blob;

use super::icon::icon;
use crate::bridge::{Ask, Error};
use crate::page::app::App;
use crate::page::engine::{ask, fetch_file};
use crate::page::explain::explain;
use crate::page::keyboard;
use crate::page::language::tr;

/// A form's state: what it waits for and what went wrong.
#[derive(Clone, Copy)]
pub struct Form {
    /// Whether it waits for an answer.
    pub busy: RwSignal<bool>,
    /// What went wrong.
    pub fault: RwSignal<Option<Error>>,
    /// Whether something that belongs to it is still on its way to the server.
    held: Signal<bool>,
}

impl Form {
    /// A form that waits for nothing.
    pub fn new() -> Self {
        Self { busy: RwSignal::new(false), fault: RwSignal::new(None), held: Signal::stored(false) }
    }

    /// The same form, which is not sent while this holds.
    pub fn held_while(self, held: Signal<bool>) -> Self {
        Self { held, ..self }
    }

    /// Sends it, unless it was sent already or an input method's Enter did it.
    pub fn send<A: Ask + 'static>(self, command: A, done: impl FnOnce(A::Answer) + 'static) {
        self.run(ask(command), done);
    }

    /// The same for something that gives a file.
    pub fn fetch<A: Ask + 'static>(self, command: A, done: impl FnOnce(A::Answer, Blob) + 'static) {
        self.run(fetch_file(command), |(answer, file)| done(answer, file));
    }

    /// Runs something of several steps, like [`Self::send`].
    pub fn run<R: 'static>(
        self,
        asking: impl Future<Output = Result<R, Error>> + 'static,
        done: impl FnOnce(R) + 'static,
    ) {
        if self.busy.get_untracked() || self.held.get_untracked() || keyboard::just_composed() {
            return;
        }
        self.busy.set(true);
        self.fault.set(None);
        spawn_local(async move {
            let answer = asking.await;
            self.busy.set(false);
            match answer {
                Ok(answer) => done(answer),
                Err(error) => self.fault.set(Some(error)),
            }
        });
    }

    /// What went wrong, as an alert above the buttons.
    pub fn alert(self) -> AnyView {
        (move || self.fault.with(|fault| fault.as_ref().map(explain)).map(alert)).into_any()
    }

    /// The button that sends it.
    pub fn submit(self, label: impl Into<String>) -> AnyView {
        let label = label.into();
        let waits = move || self.busy.get() || self.held.get();
        view! {
            <button type="submit" class="button primary" disabled=waits aria-busy=move || waits().to_string()>
                {move || waits().then(|| view! { <span class="spinner" aria-hidden="true"></span> })}
                <span>{label}</span>
            </button>
        }
        .into_any()
    }
}

/// A sentence that is read out at once.
pub fn alert(text: String) -> AnyView {
    view! { <div class="note bad" role="alert">{icon("circle-alert")}<p>{text}</p></div> }.into_any()
}

/// The last step of a form in a dialog: errors, cancel, send.
pub fn dialog_footer(form: Form, label: impl Into<String>) -> AnyView {
    let app = App::get();
    view! {
        <footer>
            {form.alert()}
            <div class="buttons">
                <button type="button" class="button" on:click=move |_| app.close()>{tr!(action.cancel)}</button>
                {form.submit(label)}
            </div>
        </footer>
    }
    .into_any()
}
