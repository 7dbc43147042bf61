//! What this browser stands on: its own memory of the team, or somebody's checkpoint; and comparing that with a colleague.

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::detail::millis;
use crate::bridge::{AcceptSight, SessionView, SightView};
use crate::page::app::{App, Dialog};
use crate::page::components::dialog::{Width, dialog};
use crate::page::components::icon::icon;
use crate::page::engine::ask;
use crate::page::language::{ago, number, tr};

/// The line above the list, for as long as nothing is written.
pub fn notice(app: App) -> AnyView {
    let doubtful = Memo::new(move |_| app.view()?.sight.filter(|sight| sight.doubtful));
    let line = move || {
        doubtful.get().map(|sight| {
            view! {
                <div class="notice warn" role="alert">
                    {icon("shield-alert")}
                    <span class="grow">{say(&sight)}" "{tr!(sight.held)}</span>
                    <button type="button" class="button small" on:click=move |_| app.open(Dialog::Sight)>{tr!(sight.compare)}</button>
                </div>
            }
        })
    };
    line.into_any()
}

/// The section of the settings.
pub fn section(session: &SessionView) -> AnyView {
    let text = session.sight.as_ref().map_or_else(|| tr!(sight.own).to_owned(), say);
    view! {
        <section class="settings-section">
            <h3>{tr!(sight.heading)}</h3>
            <p class="muted">{text}</p>
            {places(session)}
        </section>
    }
    .into_any()
}

/// Asks to compare, before anything is written.
pub fn compare() -> AnyView {
    let app = App::get();
    let Some(session) = app.view() else { return ().into_any() };
    let text = session.sight.as_ref().map(say);
    let accept = move |_| {
        spawn_local(async move {
            match ask(AcceptSight).await {
                Ok(()) => app.close(),
                Err(error) => app.fail(&error),
            }
        });
    };
    dialog(
        tr!(sight.title),
        Width::Narrow,
        view! {
            <div class="dialog-body form">
                <p>{text}</p>
                <p>{tr!(sight.how)}</p>
                {places(&session)}
            </div>
            <footer>
                <div class="buttons">
                    <button type="button" class="button" on:click=move |_| app.lock()>{icon("lock")}<span>{tr!(sight.lock)}</span></button>
                    <button type="button" class="button primary" on:click=accept>{tr!(sight.accept)}</button>
                </div>
            </footer>
        }
        .into_any(),
    )
}

/// The two numbers that people read to each other.
fn places(session: &SessionView) -> AnyView {
    let (statements, events) = session.places;
    view! {
        <dl class="facts">
            <div class="fact"><dt>{tr!(sight.statements)}</dt><dd>{number(statements)}</dd></div>
            <div class="fact"><dt>{tr!(sight.events)}</dt><dd>{number(events)}</dd></div>
        </dl>
    }
    .into_any()
}

fn say(sight: &SightView) -> String {
    match &sight.footing {
        None => tr!(sight.nobody).to_owned(),
        Some((who, time)) if sight.doubtful => tr!(sight.old, who = who.clone(), when = ago(millis(*time))),
        Some((who, time)) => tr!(sight.fresh, who = who.clone(), when = ago(millis(*time))),
    }
}
