//! The teams that this browser remembers: one is open, the others are a password or a kit away.

use leptos::prelude::*;
use leptos::task::spawn_local;

use crate::bridge::{KnownTeam, SignOut, SwitchTeam, TeamId};
use crate::page::address::Address;
use crate::page::app::App;
use crate::page::components::dialog::{Width, dialog};
use crate::page::components::icon::icon;
use crate::page::engine::ask;
use crate::page::language::tr;

/// The dialog.
pub fn dialog_of() -> AnyView {
    let app = App::get();
    spawn_local(app.read_status());
    let current = untrack(|| app.view()).map(|view| view.team);
    // The team that is about to be forgotten.
    let going = RwSignal::new(None::<TeamId>);
    let lines = move || {
        let teams = app.status.with(|status| status.as_ref().map(|status| status.teams.clone()).unwrap_or_default());
        teams.into_iter().map(|known| line(app, known, current, going)).collect_view()
    };
    let other = move |_| switch(app, None, Address::SignIn);
    let create = move |_| switch(app, None, Address::Create);
    let body = view! {
        <div class="dialog-form">
            <div class="dialog-body form">
                <p class="muted">{tr!(teams.one_open)}</p>
                <ul class="people teams">{lines}</ul>
                <div class="row wrap">
                    <button type="button" class="button" on:click=other>{icon("log-in")}<span>{tr!(teams.other)}</span></button>
                    <button type="button" class="button" on:click=create>{icon("plus")}<span>{tr!(start.create)}</span></button>
                </div>
            </div>
            <footer>
                <div class="buttons">
                    <button type="button" class="button" on:click=move |_| app.close()>{tr!(action.close)}</button>
                </div>
            </footer>
        </div>
    };
    dialog(tr!(teams.title), Width::Narrow, body.into_any())
}

fn line(app: App, known: KnownTeam, current: Option<TeamId>, going: RwSignal<Option<TeamId>>) -> AnyView {
    let KnownTeam { team, name, login_name, remembers_kit } = known;
    let detail = if remembers_kit { login_name } else { format!("{login_name} · {}", tr!(teams.needs_kit)) };
    let is_open = current == Some(team);
    let (for_switch, for_forget, asked) = (name.clone(), name.clone(), name.clone());
    let controls = if is_open {
        view! { <span class="badge accent">{tr!(teams.open)}</span> }.into_any()
    } else {
        view! {
            <button
                type="button" class="button small" aria-label=tr!(teams.switch_to, name = for_switch)
                on:click=move |_| switch(app, Some(team), Address::Team(team, crate::page::address::Spot::Home))
            >
                {icon("repeat")}<span>{tr!(teams.switch_short)}</span>
            </button>
            <button
                type="button" class="icon-button" aria-label=tr!(teams.forget, name = for_forget.clone())
                title=tr!(teams.forget, name = for_forget) on:click=move |_| going.set(Some(team))
            >
                {icon("trash-2")}
            </button>
        }
        .into_any()
    };
    let question = move || {
        (going.get() == Some(team)).then(|| {
            view! {
                <div class="team-question" role="alert">
                    <p>{tr!(teams.forget_question, name = asked.clone())}</p>
                    <div class="row wrap">
                        <button type="button" class="button small danger" on:click=move |_| forget(app, team)>{tr!(teams.forget_it)}</button>
                        <button type="button" class="button small" on:click=move |_| going.set(None)>{tr!(action.cancel)}</button>
                    </div>
                </div>
            }
        })
    };
    view! {
        <li class="person-line">
            <span class="row-text"><span class="row-name">{name}</span><span class="row-detail">{detail}</span></span>
            {controls}
            {question}
        </li>
    }
    .into_any()
}

/// Locks what is open, and turns to another team, or to none.
pub fn switch(app: App, team: Option<TeamId>, goes: Address) {
    spawn_local(async move {
        match ask(SwitchTeam { team }).await {
            Ok(()) => {
                app.close();
                app.go(goes);
                app.read_status().await;
            }
            Err(error) => app.fail(&error),
        }
    });
}

fn forget(app: App, team: TeamId) {
    spawn_local(async move {
        match ask(SignOut { team, forget: true }).await {
            Ok(()) => {
                app.read_status().await;
                app.say(tr!(teams.forgotten));
            }
            Err(error) => app.fail(&error),
        }
    });
}
