//! The form that asks for a secret: why, for when, for how long.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{Known, words};
use crate::bridge::*;
use crate::page::app::{App, Dialog};
use crate::page::components::dialog::{Width, dialog_with};
use crate::page::components::field::{Kind, TextField, choice, tick};
use crate::page::components::form::{Form, dialog_footer};
use crate::page::components::icon::icon;
use crate::page::engine::ask;
use crate::page::language::{moment, moment_of, number, span, tr};
use crate::page::pages::detail::millis;

/// Lengths that are offered, in seconds; the longest that the policy lets is always among them.
const LENGTHS: [u32; 9] = [900, 1_800, 3_600, 7_200, 14_400, 28_800, 86_400, 259_200, 604_800];
/// Longest texts in characters.
const REASON: usize = 500;
const TICKET: usize = 100;

/// Opens the form for an account, or says why there is nothing to ask for.
pub fn open_for(app: App, account: Arc<AccountView>) {
    let (vault, id) = (account.vault, account.id);
    spawn_local(async move {
        match ask(ReadAccesses { vault, accounts: vec![id] }).await {
            Ok(found) => {
                let barred = found.iter().any(|access| !access.may_ask && !access.direct);
                match found.into_iter().find(|access| access.may_ask && !access.direct) {
                    Some(access) if access.own.as_ref().is_none_or(|own| own.status.is_final()) => {
                        app.open(Dialog::AskForSecret(account, Arc::new(access), None));
                    }
                    Some(_) => app.say(tr!(requests.asked_already)),
                    None if barred => app.say(tr!(requests.locked_out)),
                    None => app.say(tr!(requests.error_not_needed)),
                }
            }
            Err(error) => app.fail(&error),
        }
    });
}

/// The form.
pub fn dialog_for(account: &AccountView, access: &Known, extends: Option<RequestId>) -> AnyView {
    let app = App::get();
    let form = Form::new();
    let (reason, ticket) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let (later, from) = (RwSignal::new(0_usize), RwSignal::new(String::new()));
    let (glass, past) = (RwSignal::new(false), RwSignal::new(false));
    let mut lengths: Vec<u32> = LENGTHS.into_iter().filter(|length| *length < access.longest).collect();
    lengths.push(access.longest);
    // More time is meant to be more than what is left.
    let usual = match extends {
        Some(_) => lengths.len().saturating_sub(1),
        None => lengths.iter().rposition(|length| *length <= 3_600).unwrap_or_default(),
    };
    let length = RwSignal::new(usual);
    let names = lengths.iter().map(|length| span(*length)).collect();
    let lengths = StoredValue::new(lengths);
    let dirty = Signal::derive(move || !reason.with(String::is_empty) || !ticket.with(String::is_empty));
    let (vault, id, longest) = (account.vault, account.id, access.longest);
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let moment = (later.get_untracked() == 1).then(|| moment_of(&from.get_untracked())).flatten();
        // The field knows whole minutes.
        if moment.is_some_and(|moment| millis(moment) + 60_000.0 < js_sys::Date::now()) {
            past.set(true);
            return;
        }
        let text =
            |text: RwSignal<String>| Some(text.get_untracked().trim().to_owned()).filter(|text| !text.is_empty());
        let command = AskForSecret {
            vault,
            account: id,
            from: moment,
            seconds: lengths.with_value(|all| all.get(length.get_untracked()).copied()).unwrap_or(longest),
            reason: text(reason),
            ticket: text(ticket),
            extends,
            break_glass: glass.get_untracked(),
        };
        form.send(command, move |()| {
            app.close();
            app.say(tr!(requests.done_asked));
        });
    };
    let used = access.holder.as_ref().filter(|holder| !holder.own && access.exclusive).map(|holder| {
        let text = tr!(requests.in_use, name = holder.name, when = moment(millis(holder.until)));
        let queue = tr!(requests.queue, place = number(access.waiting.saturating_add(1)));
        view! { <div class="note">{icon("info")}<p>{text}" "{queue}</p></div> }
    });
    let needs = words::needs(access.needed);
    let reason_field = move |must: bool| {
        let field = TextField::new(tr!(field.reason), reason).kind(Kind::Area).limit(REASON).focus();
        if must { field.required().view() } else { field.view() }
    };
    let asked = access.reason;
    let reason_view =
        move || (asked != Wanted::No || glass.get()).then(|| reason_field(asked == Wanted::Yes || glass.get()));
    let ticket_view = (access.ticket != Wanted::No).then(|| {
        let field = TextField::new(tr!(requests.ticket), ticket).limit(TICKET);
        let field = match &access.ticket_pattern {
            Some(pattern) => field.hint(tr!(requests.ticket_form, pattern = pattern)),
            None => field,
        };
        if access.ticket == Wanted::Yes { field.required().view() } else { field.view() }
    });
    let when = extends.is_none().then(|| {
        let begins = move || {
            (later.get() == 1).then(|| TextField::new(tr!(requests.begins), from).kind(Kind::Moment).required().view())
        };
        Effect::new(move |_| {
            later.track();
            from.track();
            past.set(false);
        });
        let over = move || {
            let shown = past.get() && later.get() == 1;
            shown.then(|| view! { <p class="fault" role="alert">{tr!(requests.error_past)}</p> })
        };
        view! {
            {choice(tr!(requests.when), vec![tr!(requests.now).to_owned(), tr!(requests.later).to_owned()], later)}
            {begins}
            {over}
        }
    });
    let (length_name, going_on) = match (extends, &access.own) {
        (Some(_), Some(own)) => {
            let hint = tr!(requests.extend_hint, when = moment(millis(own.until)));
            (tr!(requests.length_more), Some(view! { <p class="muted">{hint}</p> }))
        }
        _ => (tr!(requests.length), None),
    };
    let nobody = (!access.approvable).then(|| {
        view! { <div class="note warn">{icon("triangle-alert")}<p>{tr!(requests.how_nobody)}</p></div> }
    });
    let emergency = (access.may_break_glass && extends.is_none()).then(|| {
        view! {
            {tick(tr!(requests.glass), glass)}
            {move || glass.get().then(|| view! { <div class="note bad">{icon("shield-alert")}<p>{tr!(requests.glass_hint)}</p></div> })}
        }
    });
    let title = match extends {
        Some(_) => tr!(requests.extend_title, name = account.fields.name),
        None => tr!(requests.ask_title, name = account.fields.name),
    };
    let content = view! {
        <form class="dialog-form" on:submit=send>
            <div class="dialog-body form">
                <p class="muted">{needs}</p>
                {nobody}
                {going_on}
                {used}
                {reason_view}
                {ticket_view}
                {when}
                {choice(length_name, names, length)}
                {emergency}
            </div>
            {dialog_footer(form, tr!(requests.ask_send))}
        </form>
    };
    dialog_with(title, Width::Narrow, Some(dirty), content.into_any())
}
