//! The page: shows what the worker gives it, and asks the worker for everything else. It holds no key.

mod actions;
mod address;
mod app;
mod clipboard;
mod components;
mod engine;
mod explain;
mod keyboard;
mod language;
mod memory;
mod pages;
mod passkey;
mod reason;
mod second_factor;
mod theme;

use leptos::prelude::*;
use leptos_router::components::Router;

use self::app::App;
use self::theme::Theme;

/// Starts the page.
pub fn run() {
    console_error_panic_hook::set_once();
    language::apply(language::choose());
    Theme::remembered().apply();
    mount_to_body(|| view! { <Router>{inside()}</Router> });
}

fn inside() -> AnyView {
    let app = App::provide();
    pages::watch_keys(app);
    // Another language shows everything anew: sentences are then plain texts, not hundreds of small effects.
    (move || {
        app.language.track();
        untrack(|| pages::root(app))
    })
    .into_any()
}
