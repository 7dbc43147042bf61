//! The page of whoever has lost password or kit: they ask on a new device, read its words to the others, and choose a new
//! password.

use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::create::end_founding;
use super::recovery::word_list;
use super::start::outside;
use crate::bridge::{Error, *};
use crate::page::address::Address;
use crate::page::app::App;
use crate::page::components::field::TextField;
use crate::page::components::form::{Form, alert};
use crate::page::components::icon::icon;
use crate::page::components::new_password::NewPassword;
use crate::page::engine::{ask, keep};
use crate::page::explain::explain;
use crate::page::language::{number, tr};

/// How often it is asked whether there is something new.
const EVERY: Duration = Duration::from_secs(3);

/// The page.
pub fn page(app: App, team: Option<TeamId>) -> AnyView {
    let asked = RwSignal::new(None::<RecoveringView>);
    let fault = RwSignal::new(None::<Error>);
    let look = move || {
        spawn_local(async move {
            match ask(ReadRecovering).await {
                Ok(view) => {
                    fault.try_set(None);
                    // While a password is typed the form stays as it is.
                    keep(asked, view);
                }
                Err(error) => drop(fault.try_set(Some(error))),
            }
        });
    };
    look();
    if let Ok(timer) = set_interval_with_handle(
        move || {
            let waits =
                |view: &Option<RecoveringView>| view.as_ref().is_some_and(|view| view.stage != RecoveringStage::Ready);
            if asked.try_with_untracked(waits) == Some(true) {
                look();
            }
        },
        EVERY,
    ) {
        on_cleanup(move || timer.clear());
    }
    let body = move || match asked.get() {
        None => untrack(|| request(app, team, asked)),
        Some(view) if view.stage == RecoveringStage::Ready => untrack(|| choose(app)),
        Some(view) => untrack(|| wait(&view, asked)),
    };
    let failed = move || fault.get().map(|error| alert(explain(&error)));
    outside(app, view! { {body}{failed} }.into_any())
}

fn request(app: App, team: Option<TeamId>, asked: RwSignal<Option<RecoveringView>>) -> AnyView {
    let teams =
        app.status.with_untracked(|status| status.as_ref().map(|status| status.teams.clone()).unwrap_or_default());
    let known = teams.iter().find(|known| team.is_none_or(|team| known.team == team)).cloned();
    let team = team.or_else(|| known.as_ref().map(|known| known.team));
    let link = RwSignal::new(String::new());
    let login_name = RwSignal::new(known.map(|known| known.login_name).unwrap_or_default());
    let form = Form::new();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let typed = link.get_untracked();
        // The link that an administrator gives ends with the team; its number alone will do.
        let Some(team) = team.or_else(|| typed.trim().rsplit('/').next().and_then(|team| team.parse().ok())) else {
            form.fault.set(Some(Error::UnknownDevice));
            return;
        };
        let command = AskRecovery { team, login_name: login_name.get_untracked().trim().to_owned() };
        form.send(command, move |view| asked.set(Some(view)));
    };
    let link_field = team
        .is_none()
        .then(|| TextField::new(tr!(recover.link), link).hint(tr!(recover.link_hint)).required().focus().view());
    view! {
        <h1>{tr!(recover.title)}</h1>
        <p class="lead">{tr!(recover.lead)}</p>
        <form class="form" on:submit=send>
            {link_field}
            {TextField::new(tr!(sign_in.login_name), login_name).limit(64).required().autocomplete("username").view()}
            {form.alert()}
            <div class="buttons">
                <a class="button" href="/sign-in">{icon("arrow-left")}<span>{tr!(action.back)}</span></a>
                <span class="grow"></span>
                {form.submit(tr!(recover.ask))}
            </div>
        </form>
    }
    .into_any()
}

fn wait(view: &RecoveringView, asked: RwSignal<Option<RecoveringView>>) -> AnyView {
    let stage = match view.stage {
        RecoveringStage::Begun { given, needed } => {
            tr!(recover.given, given = number(given), needed = number(needed))
        }
        _ => tr!(recover.asked).to_owned(),
    };
    let stop = move |_| {
        spawn_local(async move {
            let _ = ask(StopRecovering).await;
            asked.set(None);
        });
    };
    view! {
        <h1>{tr!(recover.title)}</h1>
        <p class="lead">{tr!(recover.read_words)}</p>
        {word_list(&view.words)}
        <p role="status" class="hint with-icon">{icon("hourglass")}<span>{stage}</span></p>
        <p class="muted">{tr!(recover.keep_open)}</p>
        <div class="after-form"><button type="button" class="link" on:click=stop>{tr!(recover.stop)}</button></div>
    }
    .into_any()
}

fn choose(app: App) -> AnyView {
    let typed = NewPassword::new(|| vec!["sealward".to_owned()]);
    let form = Form::new();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some((_, password)) = typed.read(form) else { return };
        // The session opens before its kit is here: the page stays until it is.
        app.founding.set(true);
        form.send(FinishRecovery { password }, move |kit| {
            typed.clear();
            app.kit.set(Some(Arc::new(kit)));
            app.founding.set(false);
            app.replace(Address::Start);
            spawn_local(app.read_status());
        });
    };
    end_founding(app, form);
    view! {
        <h1>{tr!(recover.ready)}</h1>
        <p class="lead">{tr!(recover.ready_lead)}</p>
        <form class="form" on:submit=send>
            {typed.field()}
            {form.alert()}
            {form.submit(tr!(recover.finish))}
            <p class="muted" role="status">{move || form.busy.get().then(|| tr!(own_keys.replace_busy))}</p>
        </form>
    }
    .into_any()
}
