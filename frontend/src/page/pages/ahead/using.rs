//! What stands at an account of which the person was approved ahead, and checking it out.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::{wake, words};
use crate::bridge::*;
use crate::page::app::{App, Dialog};
use crate::page::components::dialog::{Width, dialog_with};
use crate::page::components::field::{Kind, TextField};
use crate::page::components::form::{Form, dialog_footer};
use crate::page::components::icon::icon;
use crate::page::engine::ask;
use crate::page::language::{moment, tr};
use crate::page::pages::detail::millis;

/// Longest texts in characters.
const REASON: usize = 500;
const TICKET: usize = 100;

/// The line at an account; nothing where nothing was approved ahead, or not yet by enough.
pub fn line(app: App, account: &Arc<AccountView>, access: &Arc<AccessView>) -> Option<AnyView> {
    let row = access.ahead.as_ref().filter(|row| row.own && row.status == AheadStatus::Ready)?;
    wake(app, row);
    let id = row.id;
    let text = match row.closes {
        Some(closes) => tr!(ahead.yours, when = moment(millis(closes))),
        None => tr!(ahead.yours_later, hours = words::hours(&row.hours)),
    };
    let (account, access) = (Arc::clone(account), Arc::clone(access));
    let asks = access.reason == Wanted::Yes || access.ticket == Wanted::Yes;
    let take = move |_| {
        if asks {
            app.open(Dialog::CheckOutAhead(Arc::clone(&account), Arc::clone(&access)));
            return;
        }
        spawn_local(async move {
            match ask(CheckOutAhead { ahead: id, seconds: None, reason: None, ticket: None }).await {
                Ok(()) => app.say(tr!(requests.done_out)),
                Err(error) => app.fail(&error),
            }
        });
    };
    let button = row.may_check_out.then(|| {
        view! { <button type="button" class="button small primary" on:click=take>{tr!(requests.check_out)}</button> }
    });
    Some(
        view! { <div class="lease-line">{icon("badge-check")}<span class="grow">{text}</span>{button}</div> }
            .into_any(),
    )
}

/// Asks for what the policy wants to know before the secret is checked out.
pub fn use_dialog(account: &AccountView, access: &AccessView) -> AnyView {
    let app = App::get();
    let form = Form::new();
    let (reason, ticket) = (RwSignal::new(String::new()), RwSignal::new(String::new()));
    let dirty = Signal::derive(move || !reason.with(String::is_empty) || !ticket.with(String::is_empty));
    let ahead = access.ahead.as_ref().map(|row| row.id);
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(ahead) = ahead else { return };
        let text = |text: RwSignal<String>| Some(text.get_untracked()).filter(|text| !text.trim().is_empty());
        let command = CheckOutAhead { ahead, seconds: None, reason: text(reason), ticket: text(ticket) };
        form.send(command, move |()| {
            app.close();
            app.say(tr!(requests.done_out));
        });
    };
    let reason_view = (access.reason != Wanted::No).then(|| {
        let field = TextField::new(tr!(field.reason), reason).kind(Kind::Area).limit(REASON).focus();
        if access.reason == Wanted::Yes { field.required().view() } else { field.view() }
    });
    let ticket_view = (access.ticket != Wanted::No).then(|| {
        let field = TextField::new(tr!(requests.ticket), ticket).limit(TICKET);
        let field = match &access.ticket_pattern {
            Some(pattern) => field.hint(tr!(requests.ticket_form, pattern = pattern)),
            None => field,
        };
        if access.ticket == Wanted::Yes { field.required().view() } else { field.view() }
    });
    let content = view! {
        <form class="dialog-form" on:submit=send>
            <div class="dialog-body form">{reason_view}{ticket_view}</div>
            {dialog_footer(form, tr!(requests.check_out))}
        </form>
    };
    dialog_with(tr!(ahead.use_title, name = account.fields.name), Width::Narrow, Some(dirty), content.into_any())
}
