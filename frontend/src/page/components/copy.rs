//! The button that copies a value that is no secret.

use leptos::prelude::*;

use super::icon::icon;
use crate::page::app::App;
use crate::page::clipboard;
use crate::page::language::{tr, within_sentence};

/// Copies `text`; `what` is its name.
pub fn copy_button(what: &str, text: String) -> AnyView {
    let app = App::get();
    let label = tr!(copy.button, what = within_sentence(what));
    view! {
        <button type="button" class="icon-button" aria-label=label.clone() title=label on:click=move |_| clipboard::copy(app, text.clone())>
            {icon("copy")}
        </button>
    }
    .into_any()
}
