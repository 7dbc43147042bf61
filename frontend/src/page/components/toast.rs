//! Messages at the edge of the page; the way back from a deletion is there.

use leptos::prelude::*;

use super::icon::icon;
use crate::page::app::{App, Toast};
use crate::page::language::tr;

/// All toasts, read out as they come.
pub fn toasts() -> AnyView {
    let app = App::get();
    view! {
        <div class="toasts" role="status" aria-live="polite">
            <For each=move || app.toasts.get() key=|toast| toast.id children=move |toast| one(app, toast) />
        </div>
    }
    .into_any()
}

fn one(app: App, toast: Toast) -> AnyView {
    let Toast { id, text, undo, failed } = toast;
    let take_back = move || {
        undo.map(|undo| {
            let on_click = move |_| app.take_back(id, undo);
            view! { <button type="button" class="button small" on:click=on_click>{icon("undo-2")}<span>{tr!(action.undo)}</span></button> }
        })
    };
    view! {
        <div class="toast" class:bad=failed>
            {icon(if failed { "circle-alert" } else { "check" })}
            <p>{text}</p>
            {take_back()}
            <button type="button" class="icon-button" aria-label=tr!(action.dismiss) title=tr!(action.dismiss) on:click=move |_| app.dismiss(id)>
                {icon("x")}
            </button>
        </div>
    }
    .into_any()
}
