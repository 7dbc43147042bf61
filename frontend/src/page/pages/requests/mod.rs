//! Requests for guarded secrets: to approve, one's own, who has what now, and what was.

mod account;
mod ask;
mod card;
mod news;
mod renew;
mod words;

pub use account::{Accesses, is_locked, panel};
pub use ask::{dialog_for, open_for};
pub use news::{emergencies, link, watch};
pub use renew::renewed;
pub use words::{end_event, step_event};

use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;

use self::card::{Comments, request_card};
use super::ahead;
use super::detail::millis;
use crate::bridge::{Error, *};
use crate::page::address::{Open, Spot};
use crate::page::app::App;
use crate::page::components::form::alert;
use crate::page::components::icon::icon;
use crate::page::engine::{ask, keep};
use crate::page::explain::explain;
use crate::page::language::{moment, number, tr};

/// The page.
pub fn pane(app: App) -> AnyView {
    let back = move || app.link(Spot::Home);
    let history = RwSignal::new(false);
    let past = move || {
        history.get().then(|| {
            view! {
                {list(app, false, false, tr!(requests.history_others), tr!(requests.no_history))}
                {list(app, true, false, tr!(requests.history_own), tr!(requests.no_history))}
            }
        })
    };
    view! {
        <section class="pane detail-pane settings-pane" aria-label=tr!(requests.title)>
            <div class="detail-bar">
                <a class="icon-button back" href=back aria-label=tr!(action.back) title=tr!(action.back)>{icon("arrow-left")}</a>
            </div>
            <div class="people-body requests">
                <header class="people-head"><h2>{tr!(requests.title)}</h2><span class="grow"></span>{news::offer()}</header>
                {list(app, false, true, tr!(requests.to_answer), tr!(requests.no_answer))}
                {list(app, true, true, tr!(requests.mine), tr!(requests.no_own))}
                {uses(app)}
                {ahead::list(app)}
                <details class="people-past" on:toggle=move |_| history.set(true)>
                    <summary>{tr!(requests.history)}</summary>
                    {past}
                </details>
            </div>
        </section>
    }
    .into_any()
}

/// One list of requests, read again with every hint.
fn list(app: App, own: bool, open: bool, heading: &'static str, nothing: &'static str) -> AnyView {
    let found = RwSignal::new(None::<Result<RequestsFound, Error>>);
    let turn = RwSignal::new(0_u32);
    let pages = RwSignal::new(1_u32);
    // What is typed beside a request stays when the request changes.
    let comments = Comments::default();
    Effect::new(move |_| {
        app.requests.track();
        app.catalog.track();
        let wanted = pages.get();
        let now = turn.get_untracked().wrapping_add(1);
        turn.set(now);
        spawn_local(async move {
            let answer = read_pages(own, open, wanted).await;
            if turn.try_get_untracked() == Some(now) {
                // What is there stays readable while the server cannot be reached.
                let keeps =
                    matches!(answer, Err(Error::Offline)) && found.with_untracked(|it| matches!(it, Some(Ok(_))));
                if !keeps {
                    keep(found, Some(answer));
                }
            }
        });
    });
    let rows = move || match found.get() {
        Some(Ok(page)) if open && own => page.requests,
        // What others have, and what this person does not approve, is listed by itself.
        Some(Ok(page)) if open => page.requests.into_iter().filter(|request| request.may.approve).collect(),
        Some(Ok(page)) => page.requests.into_iter().filter(|request| request.status.is_final()).collect(),
        _ => Vec::new(),
    };
    let counted = move || u32::try_from(rows().len()).unwrap_or(u32::MAX);
    let elsewhere = move || match found.get() {
        Some(Ok(page)) if open && !own => {
            let is_out = |request: &AskedRow| request.status == RequestStatus::CheckedOut;
            page.requests.into_iter().filter(|request| !request.may.approve && !is_out(request)).collect()
        }
        _ => Vec::new(),
    };
    let elsewhere_head = move || (!elsewhere().is_empty()).then(|| view! { <h3>{tr!(requests.not_answering)}</h3> });
    let has_more = move || found.with(|found| matches!(found, Some(Ok(RequestsFound { next: Some(_), .. }))));
    let more = move || {
        let go_on = move |_| pages.update(|pages| *pages += 1);
        has_more().then(|| view! { <button type="button" class="button" on:click=go_on>{tr!(requests.more)}</button> })
    };
    let state = move || match found.get() {
        None => view! { <p class="muted" role="status">{tr!(list.loading)}</p> }.into_any(),
        Some(Err(error)) => alert(explain(&error)),
        Some(Ok(RequestsFound { next: None, .. })) if counted() == 0 => {
            view! { <p class="hint with-icon">{icon("info")}<span>{nothing}</span></p> }.into_any()
        }
        Some(Ok(page)) => (page.refused > 0)
            .then(|| view! { <p class="hint">{tr!(requests.left_out, count = number(page.refused))}</p> })
            .into_any(),
    };
    let count = move || words::at_least(counted(), has_more() && counted() > 0);
    view! {
        <h3>{heading}" "<span class="count">{count}</span></h3>
        {state}
        <ul class="request-list" aria-label=heading>
            <For each=rows key=|request| request.clone() children=move |request| request_card(app, &request, comments) />
        </ul>
        {elsewhere_head}
        <ul class="request-list" aria-label=tr!(requests.not_answering) class:hidden-list=move || elsewhere().is_empty()>
            <For each=elsewhere key=|request| request.clone() children=move |request| request_card(app, &request, comments) />
        </ul>
        {more}
    }
    .into_any()
}

/// So many pages of them, as one.
async fn read_pages(own: bool, open: bool, pages: u32) -> Result<RequestsFound, Error> {
    let mut all = ask(ReadRequests { own, open, cursor: None }).await?;
    for _ in 1..pages {
        let Some(next) = all.next.take() else { break };
        let page = ask(ReadRequests { own, open, cursor: Some(next) }).await?;
        all.requests.extend(page.requests);
        all.refused = all.refused.saturating_add(page.refused);
        all.next = page.next;
    }
    Ok(all)
}

/// Who has what now, and what is to be changed.
fn uses(app: App) -> AnyView {
    let found = RwSignal::new(None::<Result<Vec<UseRow>, Error>>);
    Effect::new(move |_| {
        app.requests.track();
        app.catalog.track();
        spawn_local(async move {
            let answer = ask(ReadUses).await;
            // What is there stays readable while the server cannot be reached.
            let keeps = answer.is_err() && found.try_with_untracked(|it| matches!(it, Some(Ok(_)))).unwrap_or(true);
            if !keeps {
                keep(found, Some(answer));
            }
        });
    });
    let rows = move || found.get().and_then(Result::ok).unwrap_or_default();
    let held = move || rows().into_iter().filter(|row| row.holder.is_some()).collect::<Vec<_>>();
    // One line for each secret, however many have it.
    let due = move || {
        let mut due: Vec<UseRow> = rows().into_iter().filter(|row| row.change_due).collect();
        due.dedup_by_key(|row| row.secret.item);
        due
    };
    let nothing = move || match found.get() {
        None => view! { <p class="muted" role="status">{tr!(list.loading)}</p> }.into_any(),
        Some(Err(error)) => alert(explain(&error)),
        Some(Ok(_)) if held().is_empty() => {
            view! { <p class="hint with-icon">{icon("info")}<span>{tr!(requests.no_uses)}</span></p> }.into_any()
        }
        Some(Ok(_)) => ().into_any(),
    };
    let due_head = move || {
        (!due().is_empty()).then(|| {
            view! {
                <h3>{tr!(requests.due)}</h3><p class="muted">{tr!(requests.seen)}</p>
            }
        })
    };
    view! {
        <h3>{tr!(requests.uses)}</h3>
        {nothing}
        <ul class="people" aria-label=tr!(requests.uses) class:hidden-list=move || held().is_empty()>
            <For each=held key=|row| row.clone() children=move |row| use_line(app, &row) />
        </ul>
        {due_head}
        <ul class="people" aria-label=tr!(requests.due) class:hidden-list=move || due().is_empty()>
            <For each=due key=|row| row.clone() children=move |row| due_line(app, &row) />
        </ul>
    }
    .into_any()
}

fn use_line(app: App, row: &UseRow) -> AnyView {
    let Some(holder) = row.holder.clone() else { return ().into_any() };
    let who = if holder.own { tr!(requests.you).to_owned() } else { holder.name.clone() };
    let detail = tr!(requests.held_by, name = who, when = moment(millis(holder.until)));
    let waiting = (row.waiting > 0).then(|| {
        view! { <span class="badge">{tr!(requests.waiting, count = number(row.waiting))}</span> }
    });
    let force = row.may_force.then(|| {
        let request = holder.request;
        view! {
            <button type="button" class="button small danger" on:click=move |_| card::take(app, request, RequestStep::ForceCheckIn, None)>
                {icon("log-in")}<span>{tr!(requests.force)}</span>
            </button>
        }
    });
    view! {
        <li class="person-line">
            <span class="row-text">{secret_link(app, &row.secret)}<span class="row-detail">{detail}</span></span>
            <span class="person-badges">{waiting}<span class="badge"><Left until=holder.until /></span></span>
            {force}
        </li>
    }
    .into_any()
}

fn due_line(app: App, row: &UseRow) -> AnyView {
    let renew = match row.secret.item {
        Item::Account(vault, _, account) if row.may_renew => {
            Some(renew::button(app, vault, account, row.secret.account.clone()))
        }
        _ => None,
    };
    view! {
        <li class="person-line">
            <span class="row-text">{secret_link(app, &row.secret)}<span class="row-detail">{row.secret.vault.clone()}</span></span>
            <span class="person-badges"><span class="badge warn">{tr!(requests.due_badge)}</span></span>
            {renew}
        </li>
    }
    .into_any()
}

/// The name of an account, which leads to it.
pub fn secret_link(app: App, secret: &SecretNamed) -> AnyView {
    let name = format!("{} / {}", secret.resource, secret.account);
    match secret.item {
        Item::Account(vault, resource, account) => {
            let open = Open { vault, resource, account: Some(account) };
            let goes = app.link(Spot::Detail(Selection::Vault(vault), open));
            view! { <a class="row-name" href=goes>{name}</a> }.into_any()
        }
        _ => view! { <span class="row-name">{name}</span> }.into_any(),
    }
}

/// Counts down to a moment; when it is there, requests are read again.
#[component]
fn Left(
    /// When, in milliseconds since 1970.
    until: i64,
) -> impl IntoView {
    let app = App::get();
    let left = move || ((millis(until) - js_sys::Date::now()) / 1000.0).ceil().max(0.0);
    let now = RwSignal::new(left());
    let tick = move || {
        let (before, after) = (now.try_get_untracked().unwrap_or(0.0), left());
        if before > 0.0 && after <= 0.0 {
            app.requests.update(|stamp| *stamp = stamp.wrapping_add(1));
        }
        now.try_set(after);
    };
    let timer = StoredValue::new(set_interval_with_handle(tick, Duration::from_secs(1)).ok());
    on_cleanup(move || {
        if let Some(Some(timer)) = timer.try_update_value(Option::take) {
            timer.clear();
        }
    });
    view! { <span class="left" role="timer" aria-live="off">{move || words::clock(now.get())}</span> }
}

/// Requests for which something is asked, held by an account's card.
type Known = Arc<AccessView>;
