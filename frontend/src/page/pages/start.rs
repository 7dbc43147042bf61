//! The first page of a browser that knows no team.

use leptos::prelude::*;

use crate::bridge::TeamCreation;
use crate::page::app::App;
use crate::page::components::icon::icon;
use crate::page::components::menu::{MenuItem, menu, menu_of};
use crate::page::language::{Locale, current, tr};
use crate::page::theme::Theme;

/// Create a team, or sign in.
pub fn page(app: App) -> AnyView {
    let creation = app.status.with_untracked(|status| status.as_ref().and_then(|status| status.creation));
    let create = match creation {
        Some(TeamCreation::Closed) => view! { <p class="muted">{tr!(start.closed)}</p> }.into_any(),
        _ => view! {
            <a class="choice" href="/create">
                <span class="tile hue-accent">{icon("users")}</span>
                <span class="choice-text"><strong>{tr!(start.create)}</strong><span class="muted">{tr!(start.create_hint)}</span></span>
                {icon("chevron-right")}
            </a>
        }
        .into_any(),
    };
    outside(
        app,
        view! {
            <h1>{tr!(start.title)}</h1>
            <p class="lead">{tr!(start.lead)}</p>
            <div class="choices">
                {create}
                <a class="choice" href="/sign-in">
                    <span class="tile hue-slate">{icon("log-in")}</span>
                    <span class="choice-text"><strong>{tr!(start.sign_in)}</strong><span class="muted">{tr!(start.sign_in_hint)}</span></span>
                    {icon("chevron-right")}
                </a>
            </div>
            <ul class="promises">
                <li>{icon("eye-off")}<span>{tr!(start.promise_blind)}</span></li>
                <li>{icon("key-round")}<span>{tr!(start.promise_kit)}</span></li>
                <li>{icon("file-check")}<span>{tr!(start.promise_signed)}</span></li>
            </ul>
        }
        .into_any(),
    )
}

/// The frame of every page outside a session: mark, language, theme.
pub fn outside(app: App, body: AnyView) -> AnyView {
    view! {
        <div class="outside">
            <header class="outside-bar">
                <a class="brand" href="/">{mark()}<span>"Sealward"</span></a>
                <span class="grow"></span>
                {language_menu(app)}
                {theme_menu()}
            </header>
            <main class="outside-main"><div class="card">{body}</div></main>
        </div>
    }
    .into_any()
}

/// The mark.
pub fn mark() -> AnyView {
    view! { <span class="mark">{icon("mark")}</span> }.into_any()
}

/// The choice of language.
pub fn language_menu(app: App) -> AnyView {
    let item = move |locale: Locale, name: &'static str| {
        MenuItem::new("languages", name, move || app.speak(locale)).checked(current() == locale)
    };
    menu(
        tr!(settings.language),
        icon("languages"),
        "icon-button",
        vec![item(Locale::en, "English"), item(Locale::zh, "简体中文")],
    )
}

/// The choice of theme.
pub fn theme_menu() -> AnyView {
    let chosen = RwSignal::new(Theme::remembered());
    let items = move || {
        let item = |theme: Theme, icon: &'static str, name: &'static str| {
            MenuItem::new(icon, name, move || {
                theme.choose();
                chosen.set(theme);
            })
            .checked(chosen.get_untracked() == theme)
        };
        vec![
            item(Theme::System, "monitor", tr!(settings.theme_system)),
            item(Theme::Light, "sun", tr!(settings.theme_light)),
            item(Theme::Dark, "moon", tr!(settings.theme_dark)),
        ]
    };
    menu_of(tr!(settings.theme), icon("sun-moon"), "icon-button", items)
}
