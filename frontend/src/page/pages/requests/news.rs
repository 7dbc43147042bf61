//! What waits for the person: the count in the navigation, a browser notification where it was allowed, and emergencies.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::{Notification, NotificationPermission};

use super::{secret_link, words};
use crate::bridge::{AuditAsk, CountRequests, EmergencyRow, NoteEmergencies, ReadEmergencies, RequestCounts};
use crate::page::address::Spot;
use crate::page::app::App;
use crate::page::components::icon::icon;
use crate::page::engine::{ask, keep};
use crate::page::language::{moment, number, tr};
use crate::page::pages::detail::millis;

/// Keeps the count up to date while a session is open.
pub fn watch(app: App) {
    let noted = Memo::new(move |_| app.personal.with(|personal| personal.emergencies.clone()));
    Effect::new(move |_| {
        app.requests.track();
        app.catalog.track();
        // A memo that nobody reads is never worked out.
        noted.with(|_| ());
        if !app.is_open() {
            app.counts.set(RequestCounts::default());
            app.emergencies.set(Arc::default());
            return;
        }
        spawn_local(async move {
            // Without the server the last count stands.
            if let Ok(now) = ask(CountRequests).await {
                let before = app.counts.get_untracked();
                if before != now {
                    app.counts.set(now);
                    tell(before, now);
                }
            }
            if let Ok(rows) = ask(ReadEmergencies).await {
                keep(app.emergencies, Arc::new(rows));
            }
        });
    });
}

/// Notifications name nothing: they are kept by the system, and read over shoulders.
fn tell(before: RequestCounts, now: RequestCounts) {
    if !document().hidden() || !is_known() || Notification::permission() != NotificationPermission::Granted {
        return;
    }
    let text = if now.emergencies > before.emergencies {
        tr!(requests.notify_emergency)
    } else if now.to_answer > before.to_answer {
        tr!(requests.notify_answer)
    } else if now.ready > before.ready {
        tr!(requests.notify_ready)
    } else {
        return;
    };
    let _ = Notification::new(text);
}

/// Whether this browser has notifications at all: some have none outside of installed apps.
fn is_known() -> bool {
    js_sys::Reflect::has(&window(), &"Notification".into()).unwrap_or(false)
}

/// The button that asks the browser for its leave; only a click does.
pub fn offer() -> AnyView {
    let undecided = || is_known() && Notification::permission() == NotificationPermission::Default;
    let shown = RwSignal::new(undecided());
    let allow = move |_| {
        let Ok(answer) = Notification::request_permission() else { return };
        spawn_local(async move {
            let _ = wasm_bindgen_futures::JsFuture::from(answer).await;
            let _ = shown.try_set(undecided());
        });
    };
    let button = move || {
        shown.get().then(|| {
            view! { <button type="button" class="button small" on:click=allow>{icon("activity")}<span>{tr!(requests.notify)}</span></button> }
        })
    };
    button.into_any()
}

/// The line below the tree with the count; nothing for whoever has nothing to ask for.
pub fn link(app: App, spot: Memo<Spot>) -> AnyView {
    let shown = Memo::new(move |_| app.counts.with(|counts| counts.guarded) || spot.get() == Spot::Requests);
    let count = Memo::new(move |_| app.counts.with(|counts| (counts.to_answer + counts.ready, counts.more)));
    let badge = move || {
        let (count, more) = count.get();
        (count > 0).then(|| {
            view! {
                <span class="badge accent" aria-hidden="true">{words::at_least(count, more)}</span>
                <span class="visually-hidden">{tr!(requests.wait_for_you, count = words::at_least(count, more))}</span>
            }
        })
    };
    let line = move || {
        shown.get().then(|| {
            let here = move || (spot.get() == Spot::Requests).then_some("page");
            view! {
                <a class="place-link" href=app.link(Spot::Requests) aria-current=here>
                    {icon("badge-check")}<span class="grow">{tr!(requests.title)}</span>{badge}
                </a>
            }
        })
    };
    line.into_any()
}

/// Emergencies that are told one by one; the rest are counted until they are asked for.
const TOLD: usize = 3;

/// Says loudly that somebody took a secret without an approval, until the person has taken note.
pub fn emergencies(app: App) -> AnyView {
    let all = RwSignal::new(false);
    let notice = move || {
        let rows = app.emergencies.get();
        (!rows.is_empty()).then(|| {
            let told = if all.get() { rows.len() } else { TOLD };
            let lines = rows.iter().take(told).map(|row| emergency(app, row)).collect_view();
            let more = u32::try_from(rows.len().saturating_sub(told)).unwrap_or(u32::MAX);
            let more = (more > 0).then(|| {
                view! {
                    <p class="muted">
                        {tr!(requests.emergency_more, count = number(more))}" "
                        <button type="button" class="link" on:click=move |_| all.set(true)>{tr!(requests.emergency_all)}</button>
                    </p>
                }
            });
            // What was not shown was not read.
            let requests = rows.iter().take(told).map(|row| row.request).collect::<Vec<_>>();
            let note = move |_| {
                let requests = requests.clone();
                spawn_local(async move {
                    if let Err(error) = ask(NoteEmergencies { requests }).await {
                        app.fail(&error);
                    }
                });
            };
            view! {
                <div class="notice bad emergencies" role="alert">
                    {icon("shield-alert")}
                    <div class="grow">
                        <strong>{tr!(requests.emergency)}</strong>
                        <ul>{lines}</ul>
                        {more}
                    </div>
                    <button type="button" class="button small" on:click=note>{icon("check")}<span>{tr!(requests.emergency_read)}</span></button>
                </div>
            }
        })
    };
    notice.into_any()
}

fn emergency(app: App, row: &EmergencyRow) -> AnyView {
    let name = match &row.secret {
        Some(secret) => secret_link(app, secret),
        None => view! { <span class="muted">{tr!(requests.emergency_unseen)}</span> }.into_any(),
    };
    let reason = words::said(&row.reason).map(|reason| view! { <q>{reason}</q> });
    let (account, is_listed) = (row.account, row.is_listed);
    let goes = app.link(if is_listed { Spot::Requests } else { Spot::Audit });
    let look = move |event: leptos::ev::MouseEvent| {
        if !is_listed {
            event.prevent_default();
            app.list_events(AuditAsk { object: Some(account), ..AuditAsk::default() });
        }
    };
    view! {
        <li>
            <strong>{row.who.clone()}</strong>" · "{name}" · "{moment(millis(row.time))}" "{reason}" "
            <a href=goes on:click=look>{tr!(requests.look)}</a>
        </li>
    }
    .into_any()
}
