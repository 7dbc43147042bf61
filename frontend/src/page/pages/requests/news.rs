//! What waits for the person: the count in the navigation, a browser notification where it was allowed, and emergencies.

use leptos::prelude::*;
use leptos::task::spawn_local;
use web_sys::{Notification, NotificationPermission};

use crate::bridge::{CountRequests, RequestCounts};
use crate::page::address::Spot;
use crate::page::app::App;
use crate::page::components::icon::icon;
use crate::page::engine::ask;
use crate::page::language::{number, tr};

/// Keeps the count up to date while a session is open.
pub fn watch(app: App) {
    Effect::new(move |_| {
        app.requests.track();
        app.catalog.track();
        if !app.is_open() {
            app.counts.set(RequestCounts::default());
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
        });
    });
}

/// Notifications name nothing: they are kept by the system, and read over shoulders.
fn tell(before: RequestCounts, now: RequestCounts) {
    if !document().hidden() || !is_known() || Notification::permission() != NotificationPermission::Granted {
        return;
    }
    let text = if now.to_answer > before.to_answer {
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
    let count = Memo::new(move |_| app.counts.with(|counts| counts.to_answer + counts.ready));
    let badge = move || {
        let count = count.get();
        (count > 0).then(|| {
            view! {
                <span class="badge accent" aria-hidden="true">{number(count)}</span>
                <span class="visually-hidden">{tr!(requests.wait_for_you, count = number(count))}</span>
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

/// Says loudly that somebody took a secret without an approval.
pub fn emergencies(app: App) -> AnyView {
    let count = Memo::new(move |_| app.counts.with(|counts| counts.emergencies));
    let notice = move || {
        (count.get() > 0).then(|| {
            view! {
                <div class="notice bad" role="alert">
                    {icon("shield-alert")}<span class="grow">{tr!(requests.emergency)}</span>
                    <a class="button small" href=app.link(Spot::Requests)>{tr!(requests.look)}</a>
                </div>
            }
        })
    };
    notice.into_any()
}
