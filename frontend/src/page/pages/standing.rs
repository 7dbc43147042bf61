//! Asks before a member is suspended, resumed or removed, and says what follows from it.

use leptos::prelude::*;

use super::{own_vault, people::explain_grants};
use crate::bridge::{MemberRow, MemberState, SetStanding};
use crate::page::app::App;
use crate::page::components::dialog::{Width, dialog};
use crate::page::components::form::{Form, dialog_footer};
use crate::page::language::tr;

/// Title, question, button and what is said afterwards, where it is a service.
fn service_words(state: MemberState, name: &str) -> (&'static str, String, &'static str, &'static str) {
    match state {
        MemberState::Active | MemberState::Expired | MemberState::Made | MemberState::Keyless => (
            tr!(services.enable),
            tr!(services.enable_question, name = name),
            tr!(services.enable),
            tr!(services.enabled_done),
        ),
        MemberState::Suspended => (
            tr!(services.disable),
            tr!(services.disable_question, name = name),
            tr!(services.disable),
            tr!(services.disabled_done),
        ),
        MemberState::Removed => (
            tr!(services.remove),
            tr!(services.remove_question, name = name),
            tr!(services.remove),
            tr!(people.removed),
        ),
    }
}

/// The question.
pub fn dialog_for(member: &MemberRow, state: MemberState) -> AnyView {
    let app = App::get();
    let form = Form::new();
    let name = member.login_name.clone();
    let (title, question, submit, done) = match state {
        _ if member.service.is_some() => service_words(state, &name),
        MemberState::Active | MemberState::Expired | MemberState::Made | MemberState::Keyless => {
            (tr!(people.resume), tr!(people.resume_question, name = name), tr!(people.resume), tr!(people.resumed))
        }
        MemberState::Suspended => (
            tr!(people.suspend),
            tr!(people.suspend_question, name = name),
            tr!(people.suspend),
            tr!(people.suspended_done),
        ),
        MemberState::Removed => {
            (tr!(people.remove), tr!(people.remove_question, name = name), tr!(people.remove), tr!(people.removed))
        }
    };
    let id = member.member;
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        form.send(SetStanding { member: id, state }, move |()| {
            app.close();
            app.say(done);
        });
    };
    // What was seen cannot be unseen: these are the places where it is to be changed.
    let exposed = (state != MemberState::Active && !member.grants.is_empty()).then(|| {
        view! { <p class="muted">{tr!(people.exposed, vaults = explain_grants(&member.grants))}</p> }
    });
    let own = (state == MemberState::Removed && member.service.is_none()).then(own_vault::of_removed);
    view! {
        {dialog(title, Width::Narrow, view! {
            <form class="dialog-form" on:submit=send>
                <div class="dialog-body form"><p>{question}</p>{exposed}{own}</div>
                {dialog_footer(form, submit)}
            </form>
        }.into_any())}
    }
    .into_any()
}
