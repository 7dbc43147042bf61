//! Dialogs on the native element: it keeps the focus inside and gives it back.

use leptos::html;
use leptos::prelude::*;
use wasm_bindgen::JsCast;

use super::field::fresh_id;
use super::icon::icon;
use crate::page::app::App;
use crate::page::keyboard;
use crate::page::language::tr;

/// How wide a dialog is.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Width {
    /// A question or two.
    Narrow,
    /// A form.
    Wide,
}

/// A dialog with a title; closing it by any means closes the app's dialog.
pub fn dialog(title: impl Into<String>, width: Width, body: AnyView) -> AnyView {
    dialog_with(title, width, None, body)
}

/// The same; while `dirty` says so, Escape and the cross ask first.
pub fn dialog_with(title: impl Into<String>, width: Width, dirty: Option<Signal<bool>>, body: AnyView) -> AnyView {
    let app = App::get();
    dialog_closing(title, width, dirty, move || app.close(), body)
}

/// The same; `close` closes it.
pub fn dialog_closing(
    title: impl Into<String>,
    width: Width,
    dirty: Option<Signal<bool>>,
    close: impl Fn() + Copy + Send + Sync + 'static,
    body: AnyView,
) -> AnyView {
    let element = NodeRef::<html::Dialog>::new();
    let title_id = fresh_id("title");
    let asking = RwSignal::new(false);
    keyboard::return_focus();
    let leave = move || {
        if dirty.is_some_and(|dirty| dirty.get_untracked()) && !asking.get_untracked() {
            asking.set(true);
        } else {
            close();
        }
    };
    Effect::new(move |_| {
        if let Some(element) = element.get() {
            let _ = element.show_modal();
            start_inside(&element);
        }
    });
    let question = move || {
        asking.get().then(|| {
            view! {
                <div class="dialog-question" role="alertdialog" aria-label=tr!(dialog.discard_question)>
                    <p>{tr!(dialog.discard_question)}</p>
                    <div class="buttons">
                        <button type="button" class="button" autofocus on:click=move |_| asking.set(false)>
                            {tr!(dialog.keep_editing)}
                        </button>
                        <button type="button" class="button danger" on:click=move |_| close()>
                            {tr!(dialog.discard)}
                        </button>
                    </div>
                </div>
            }
        })
    };
    view! {
        <dialog
            node_ref=element class=if width == Width::Narrow { "dialog narrow" } else { "dialog" }
            aria-labelledby=title_id
            on:cancel=move |event: leptos::ev::Event| {
                event.prevent_default();
                leave();
            }
            on:close=move |_| close()
        >
            <header>
                <h2 id=title_id.clone()>{title.into()}</h2>
                <button type="button" class="icon-button" aria-label=tr!(action.close) title=tr!(action.close) on:click=move |_| leave()>
                    {icon("x")}
                </button>
            </header>
            {body}
            {question}
        </dialog>
    }
    .into_any()
}

/// Puts the focus on the first field where nothing asked for it: the browser would take the cross.
fn start_inside(dialog: &web_sys::HtmlDialogElement) {
    let on_cross =
        document().active_element().is_some_and(|element| element.matches("dialog > header *").unwrap_or(false));
    if !on_cross {
        return;
    }
    let first = ".dialog-body :is(input, select, textarea, button, summary), footer .button";
    let first = dialog.query_selector(first).ok().flatten();
    if let Some(first) = first.and_then(|element| element.dyn_into::<web_sys::HtmlElement>().ok()) {
        let _ = first.focus();
    }
}
