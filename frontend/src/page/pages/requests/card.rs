//! A request as a card: who asks for what and why, how far it is, and what the person may do. Made for a phone.

use std::collections::BTreeMap;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Left, secret_link, words};
use crate::bridge::{ApprovalRow, AskedRow, RequestId, RequestStatus, RequestStep, Said, TakeStep};
use crate::page::app::App;
use crate::page::components::field::{Kind, TextField};
use crate::page::components::icon::icon;
use crate::page::engine::ask;
use crate::page::language::{ago, moment, tr};
use crate::page::pages::detail::millis;

/// Takes a step, and says that it was taken.
pub fn take(app: App, request: RequestId, step: RequestStep, comment: Option<String>) {
    spawn_local(take_now(app, request, step, comment, || {}));
}

async fn take_now(app: App, request: RequestId, step: RequestStep, comment: Option<String>, done: impl FnOnce()) {
    match ask(TakeStep { request, step, comment }).await {
        Ok(()) => {
            done();
            app.say(match step {
                RequestStep::Approve => tr!(requests.done_approved),
                RequestStep::Reject => tr!(requests.done_rejected),
                RequestStep::Revoke => tr!(requests.done_revoked),
                RequestStep::Cancel => tr!(requests.done_cancelled),
                RequestStep::CheckOut => tr!(requests.done_out),
                RequestStep::CheckIn | RequestStep::ForceCheckIn => tr!(requests.done_in),
            });
        }
        Err(error) => app.fail(&error),
    }
}

/// What is being typed beside requests.
pub type Comments = StoredValue<BTreeMap<RequestId, String>>;

/// The card.
pub fn request_card(app: App, request: &AskedRow, comments: Comments) -> AnyView {
    let (class, status) = words::status(request);
    let name = match &request.secret {
        Some(secret) => secret_link(app, secret),
        None => view! { <span class="row-name">{tr!(audit.some_object)}</span> }.into_any(),
    };
    let place = request.secret.as_ref().map(|secret| secret.vault.clone());
    let glass = request.break_glass.then(|| view! { <span class="badge bad">{tr!(requests.glass_badge)}</span> });
    let ahead = request.ahead.then(|| view! { <span class="badge good">{tr!(ahead.heading)}</span> });
    let extends = request.extends.then(|| view! { <span class="badge">{tr!(requests.extends_badge)}</span> });
    let fact = |label: &'static str, text: Option<String>| {
        text.map(|text| view! { <div><dt>{label}</dt><dd>{text}</dd></div> })
    };
    let who = if request.own { tr!(requests.you).to_owned() } else { request.requester.clone() };
    let waiting = request.status == RequestStatus::Requested;
    // Once it was checked out, what was approved has served.
    let counting = waiting || request.status == RequestStatus::Approved;
    let approvals = request.approvals.iter().map(|given| approval(given, counting)).collect_view();
    let until = waiting.then(|| tr!(requests.void_at, when = moment(millis(request.until))));
    // Until its time is over, or has come; what somebody else waits for is theirs to wait for.
    let held = request.status == RequestStatus::CheckedOut;
    let left = words::moves(request).filter(|_| held || request.own).map(|until| {
        view! { <p class="request-left">{icon("timer")}<Left until=until /></p> }
    });
    let barred = (counting && request.barred).then(|| view! { <p class="hint">{tr!(requests.barred)}</p> });
    let before = words::before(request).map(|text| view! { <p class="hint">{text}</p> });
    view! {
        <li class="request-card">
            <header>
                <span class="row-text">{name}<span class="row-detail">{place}</span></span>
                <span class="person-badges">{glass}{ahead}{extends}<span class=class>{status}</span></span>
            </header>
            <dl class="person-facts">
                {fact(tr!(requests.asked_by), Some(format!("{who} · {}", ago(millis(request.asked)))))}
                {fact(tr!(field.reason), words::said(&request.reason))}
                {fact(tr!(requests.ticket), words::said(&request.ticket))}
                {fact(tr!(requests.window), Some(words::window(request)))}
                {(counting && request.needed > 0 && !request.ahead).then(|| fact(tr!(requests.approvals), Some(words::approved(request))))}
                {fact(tr!(requests.waits_until), until)}
                {fact(tr!(requests.end), words::end(request))}
                {fact(tr!(requests.comment), request.end.as_ref().and_then(|end| words::said(&end.comment)))}
            </dl>
            <ul class="request-approvals">{approvals}</ul>
            {barred}
            {left}
            {before}
            {actions(app, request, comments)}
        </li>
    }
    .into_any()
}

fn approval(approval: &ApprovalRow, counting: bool) -> AnyView {
    let comment = match &approval.comment {
        Said::Nothing => None,
        other => words::said(other).map(|text| view! { <q>{text}</q> }),
    };
    let void = (counting && !approval.counts).then(|| {
        view! { <span class="badge" title=tr!(requests.counts_not_hint)>{tr!(requests.counts_not)}</span> }
    });
    view! {
        <li>{icon("check")}<span>{approval.by.clone()}" · "{ago(millis(approval.time))}" "{comment}</span>{void}</li>
    }
    .into_any()
}

fn actions(app: App, request: &AskedRow, comments: Comments) -> AnyView {
    let (id, may) = (request.id, request.may);
    let typed = comments.with_value(|all| all.get(&id).cloned());
    let comment = RwSignal::new(typed.unwrap_or_default());
    Effect::new(move |_| {
        let text = comment.get();
        comments.update_value(|all| drop(all.insert(id, text)));
    });
    let says = may.approve || may.reject || may.revoke || may.force_check_in;
    let button = |shown: bool, class: &'static str, symbol: &'static str, label: &'static str, step: RequestStep| {
        shown.then(|| {
            let said = move || {
                let _ = comments.try_update_value(|all| all.remove(&id));
                let _ = comment.try_set(String::new());
            };
            let send = move |_| spawn_local(take_now(app, id, step, Some(comment.get_untracked()), said));
            view! { <button type="button" class=class on:click=send>{icon(symbol)}<span>{label}</span></button> }
        })
    };
    if may == crate::bridge::MayStep::default() {
        return ().into_any();
    }
    let field = says.then(|| TextField::new(tr!(requests.comment_field), comment).kind(Kind::Line).limit(500).view());
    view! {
        {field}
        <div class="request-actions">
            {button(may.approve, "button primary", "check", tr!(requests.approve), RequestStep::Approve)}
            {button(may.reject, "button danger", "x", tr!(requests.reject), RequestStep::Reject)}
            {button(may.check_out, "button primary", "key-round", tr!(requests.check_out), RequestStep::CheckOut)}
            {button(may.check_in, "button primary", "log-in", tr!(requests.check_in), RequestStep::CheckIn)}
            {button(may.cancel, "button", "undo-2", tr!(requests.cancel), RequestStep::Cancel)}
            {button(may.revoke, "button danger", "undo-2", tr!(requests.revoke), RequestStep::Revoke)}
            {button(may.force_check_in, "button danger", "log-in", tr!(requests.force), RequestStep::ForceCheckIn)}
        </div>
    }
    .into_any()
}
