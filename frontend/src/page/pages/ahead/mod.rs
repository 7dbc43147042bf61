//! Approvals that are given ahead: the list of who may use what and when, the form that makes one, and what stands at an
//! account.

mod form;
mod using;
mod words;

pub use form::dialog_for;
pub use using::{line, use_dialog};
pub use words::{end_event, step_event};

use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::detail::millis;
use super::requests::secret_link;
use crate::bridge::{Error, *};
use crate::page::app::App;
use crate::page::components::form::alert;
use crate::page::components::icon::icon;
use crate::page::engine::{ask, keep};
use crate::page::explain::explain;
use crate::page::language::{day, number, tr};

/// The list, read again with every hint.
pub fn list(app: App) -> AnyView {
    let found = RwSignal::new(None::<Result<AheadFound, Error>>);
    Effect::new(move |_| {
        app.requests.track();
        app.catalog.track();
        spawn_local(async move {
            let answer = ask(ReadAhead).await;
            // What is there stays readable while the server cannot be reached.
            let keeps = matches!(answer, Err(Error::Offline))
                && found.try_with_untracked(|found| matches!(found, Some(Ok(_)))).unwrap_or(true);
            if !keeps {
                keep(found, Some(answer));
            }
        });
    });
    let rows = move || match found.get() {
        Some(Ok(found)) => found.rows,
        _ => Vec::new(),
    };
    let state = move || match found.get() {
        None => view! { <p class="muted" role="status">{tr!(list.loading)}</p> }.into_any(),
        Some(Err(error)) => alert(explain(&error)),
        Some(Ok(found)) if found.rows.is_empty() && found.refused == 0 => {
            view! { <p class="hint with-icon">{icon("info")}<span>{tr!(ahead.none)}</span></p> }.into_any()
        }
        Some(Ok(found)) => (found.refused > 0)
            .then(|| view! { <p class="hint">{tr!(ahead.left_out, count = number(found.refused))}</p> })
            .into_any(),
    };
    let count = move || number(u32::try_from(rows().len()).unwrap_or(u32::MAX));
    view! {
        <h3>{tr!(ahead.heading)}" "<span class="count">{count}</span></h3>
        {state}
        <ul class="request-list" aria-label=tr!(ahead.heading) class:hidden-list=move || rows().is_empty()>
            <For each=rows key=|row| row.clone() children=move |row| card(app, &row) />
        </ul>
    }
    .into_any()
}

fn card(app: App, row: &AheadRow) -> AnyView {
    wake(app, row);
    let (class, status) = words::status(row);
    let name = match &row.secret {
        Some(secret) => secret_link(app, secret),
        None => view! { <span class="row-name">{tr!(audit.some_object)}</span> }.into_any(),
    };
    let place = row.secret.as_ref().map(|secret| secret.vault.clone());
    let who = if row.own { tr!(requests.you).to_owned() } else { row.member.clone() };
    let fact = |label: &'static str, text: String| view! { <div><dt>{label}</dt><dd>{text}</dd></div> };
    let given = row.given.iter().map(|name| view! { <li>{icon("check")}<span>{name.clone()}</span></li> });
    let (id, note) = (row.id, words::note(row));
    let button = |shown: bool, class: &'static str, symbol: &'static str, label: &'static str, withdraw: bool| {
        shown.then(|| {
            view! {
                <button type="button" class=class on:click=move |_| take(app, id, withdraw)>{icon(symbol)}<span>{label}</span></button>
            }
        })
    };
    view! {
        <li class="request-card">
            <header>
                <span class="row-text">{name}<span class="row-detail">{place}</span></span>
                <span class="person-badges"><span class=class>{status}</span></span>
            </header>
            <dl class="person-facts">
                {fact(tr!(ahead.member), who)}
                {fact(tr!(ahead.when), words::hours(&row.hours))}
                {fact(tr!(ahead.ends), day(row.hours.last_day))}
                {fact(tr!(requests.approvals), words::approved(row))}
            </dl>
            <ul class="request-approvals">{given.collect_view()}</ul>
            {note.map(|note| view! { <p class="hint">{note}</p> })}
            <div class="request-actions">
                {button(row.may_approve, "button primary", "check", tr!(ahead.approve), false)}
                {button(row.may_withdraw, "button danger", "undo-2", tr!(ahead.withdraw), true)}
            </div>
        </li>
    }
    .into_any()
}

/// Has everything read again when its window opens or closes.
fn wake(app: App, row: &AheadRow) {
    const LONGEST: f64 = 24.0 * 60.0 * 60.0 * 1_000.0;
    let Some(next) = row.closes.or(row.opens) else { return };
    let wait = millis(next) - js_sys::Date::now();
    if !(0.0..LONGEST).contains(&wait) {
        return;
    }
    let again = move || app.requests.update(|stamp| *stamp = stamp.wrapping_add(1));
    if let Ok(timer) = set_timeout_with_handle(again, Duration::from_secs_f64(wait / 1_000.0 + 0.5)) {
        on_cleanup(move || timer.clear());
    }
}

fn take(app: App, ahead: AheadId, withdraw: bool) {
    spawn_local(async move {
        match ask(StepAhead { ahead, withdraw }).await {
            Ok(()) => app.say(if withdraw { tr!(ahead.done_withdrawn) } else { tr!(ahead.done) }),
            Err(error) => app.fail(&error),
        }
    });
}
