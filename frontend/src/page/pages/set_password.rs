//! Setting the password of a member: at once where they have no keys of their own, and in the stead of their device where
//! they can be recovered.

use std::sync::Arc;

use leptos::prelude::*;

use super::made::{FirstRoles, Handed, hand_over};
use super::people::read_people;
use super::recovery::word_list;
use crate::bridge::*;
use crate::page::app::App;
use crate::page::components::dialog::{Width, dialog};
use crate::page::components::form::{Form, dialog_footer};
use crate::page::components::icon::icon;
use crate::page::language::{number, tr};

/// What came of it by now.
#[derive(Clone)]
enum Stage {
    Asked,
    Waiting(StandInView),
    Done(Arc<Handed>),
}

/// The dialog.
pub fn dialog_for(member: &Arc<MemberRow>) -> AnyView {
    let stage = RwSignal::new(Stage::Asked);
    let member = StoredValue::new(Arc::clone(member));
    let body = move || match stage.get() {
        Stage::Asked => untrack(|| first(&member.get_value(), stage)),
        Stage::Waiting(view) => untrack(|| wait(&member.get_value(), &view, stage)),
        Stage::Done(handed) => untrack(|| hand_over(&handed)),
    };
    dialog(tr!(made.set_title), Width::Wide, view! { {body} }.into_any())
}

fn send(form: Form, member: &MemberRow, grants: Vec<(VaultId, VaultRole)>, stage: RwSignal<Stage>) {
    let name = member.login_name.clone();
    form.send(SetPassword { member: member.member, grants }, move |answer| {
        stage.set(match answer {
            PasswordAnswer::Waiting(view) => Stage::Waiting(view),
            PasswordAnswer::Done(made) => Stage::Done(Arc::new(Handed::new(tr!(made.set_done, name = name), made))),
        });
    });
}

fn first(member: &Arc<MemberRow>, stage: RwSignal<Stage>) -> AnyView {
    let (app, form) = (App::get(), Form::new());
    let name = member.login_name.clone();
    let stands_in = member.password == PasswordWay::StandIn;
    let lead = match member.password {
        PasswordWay::First => tr!(made.set_first, name = name),
        PasswordWay::Again | PasswordWay::None => tr!(made.set_again, name = name),
        PasswordWay::StandIn => tr!(made.set_stand_in, name = name),
    };
    let ends = if stands_in { tr!(made.set_stand_in_ends) } else { tr!(made.form_ends) };
    let roles = RwSignal::new(None::<FirstRoles>);
    let fields = (member.password == PasswordWay::First).then(|| {
        let people = read_people(app);
        move || {
            let vaults = people.get().map(|people| people.grantable.clone())?;
            // What was chosen stays, whatever happens in the team meanwhile.
            let chosen = untrack(|| roles.get()).unwrap_or_else(|| FirstRoles::new(vaults));
            roles.set(Some(chosen.clone()));
            Some(untrack(|| chosen.view()))
        }
    });
    let kept = Arc::clone(member);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let grants = roles.with_untracked(|roles| roles.as_ref().map(FirstRoles::grants).unwrap_or_default());
        send(form, &kept, grants, stage);
    };
    let label = if stands_in { tr!(made.set_begin) } else { tr!(made.set_submit) };
    view! {
        <form class="dialog-form" on:submit=submit>
            <div class="dialog-body form">
                <p>{lead}</p>
                <p class="muted">{ends}</p>
                {fields}
                <p class="muted" role="status">{move || form.busy.get().then(|| tr!(made.busy))}</p>
            </div>
            {dialog_footer(form, label)}
        </form>
    }
    .into_any()
}

fn wait(member: &Arc<MemberRow>, view: &StandInView, stage: RwSignal<Stage>) -> AnyView {
    let form = Form::new();
    let kept = Arc::clone(member);
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        send(form, &kept, Vec::new(), stage);
    };
    let progress = match view.needed {
        0 => tr!(made.set_asked).to_owned(),
        needed => tr!(made.set_given, given = number(view.given), needed = number(needed)),
    };
    view! {
        <form class="dialog-form" on:submit=submit>
            <div class="dialog-body form">
                <p>{tr!(made.set_words)}</p>
                {word_list(&view.words)}
                <p role="status" class="hint with-icon">{icon("hourglass")}<span>{progress}</span></p>
                <p class="muted">{tr!(made.set_keep)}</p>
            </div>
            {dialog_footer(form, tr!(made.set_look))}
        </form>
    }
    .into_any()
}
