//! Signing in on a known or a new device, and opening what was locked.

use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlInputElement;

use super::{start::outside, teams};
use crate::bridge::{Error, *};
use crate::page::address::{Address, Spot};
use crate::page::app::App;
use crate::page::components::field::{Kind, TextField, tick};
use crate::page::components::form::{Form, alert};
use crate::page::components::icon::icon;
use crate::page::engine::ask;
use crate::page::explain::explain_kit;
use crate::page::language::tr;

/// The password for a team that this browser remembers, or everything with the kit.
pub fn page(app: App) -> AnyView {
    let teams =
        app.status.with_untracked(|status| status.as_ref().map(|status| status.teams.clone()).unwrap_or_default());
    let wanted = match app.address.get_untracked() {
        Address::Team(team, _) => teams.iter().find(|known| known.team == team).cloned(),
        _ => None,
    };
    let chosen = RwSignal::new(wanted.or_else(|| teams.first().cloned()));
    let several = teams.len() > 1;
    let teams = StoredValue::new(teams);
    let body = move || match chosen.get() {
        Some(known) if known.remembers_kit => {
            let others = (several).then(|| other_teams(teams, chosen, known.team));
            view! {
                {known_device(app, known, chosen)}
                {others}
            }
            .into_any()
        }
        known => with_kit(app, known, chosen, teams),
    };
    outside(app, view! { {ended(app)} {body} }.into_any())
}

/// The password once more; everything stays where it was.
pub fn unlock(app: App) -> AnyView {
    let SessionState::Locked(known) = app.session.get_untracked() else { return ().into_any() };
    let password = RwSignal::new(String::new());
    let form = Form::new();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let command = Unlock { password: SecretText::new(password.get_untracked()) };
        form.send(command, move |view| {
            password.set(String::new());
            app.enter(SessionState::Open(view));
        });
    };
    let team = known.team;
    let leave = move |_| leave(app, team, false);
    let others = move || {
        let teams = app.status.with(|status| status.as_ref().map(|status| status.teams.clone()).unwrap_or_default());
        let others: Vec<KnownTeam> = teams.into_iter().filter(|known| known.team != team).collect();
        (!others.is_empty()).then(|| {
            let lines = others.into_iter().map(|known| {
                let goes = Address::Team(known.team, Spot::Home);
                team_choice(&known, move || teams::switch(app, Some(known.team), goes))
            });
            view! { <h2 class="small-heading">{tr!(sign_in.other_teams)}</h2><div class="choices">{lines.collect_view()}</div> }
        })
    };
    outside(
        app,
        view! {
            {ended(app)}
            {who(&known, tr!(unlock.title))}
            <form class="form" on:submit=send>
                {user_name_for_managers(&known.login_name)}
                {TextField::new(tr!(sign_in.password), password).kind(Kind::Password).required().focus().autocomplete("current-password").view()}
                {form.alert()}
                {form.submit(tr!(unlock.submit))}
            </form>
            <div class="after-form">
                <button type="button" class="link" on:click=leave>{tr!(unlock.other)}</button>
                <a class="link" href=Address::Recover(Some(team)).to_string()>{tr!(recover.lost)}</a>
            </div>
            {others}
        }
        .into_any(),
    )
}

fn ended(app: App) -> AnyView {
    (move || app.ended.get().then(|| alert(tr!(error.session_ended).to_owned()))).into_any()
}

fn who(known: &KnownTeam, title: &'static str) -> AnyView {
    view! {
        <div class="who">
            <span class="tile large hue-accent">{icon("lock")}</span>
            <div>
                <h1>{title}</h1>
                <p class="muted"><strong>{known.name.clone()}</strong>" · "{known.login_name.clone()}</p>
            </div>
        </div>
    }
    .into_any()
}

/// The name is fixed here, but password managers want to see it.
fn user_name_for_managers(login_name: &str) -> AnyView {
    view! {
        <input
            class="visually-hidden" type="text" autocomplete="username" readonly tabindex="-1" aria-hidden="true"
            prop:value=login_name.to_owned()
        />
    }
    .into_any()
}

fn known_device(app: App, known: KnownTeam, chosen: RwSignal<Option<KnownTeam>>) -> AnyView {
    let password = RwSignal::new(String::new());
    let form = Form::new();
    let KnownTeam { team, login_name, .. } = known.clone();
    let for_send = login_name.clone();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let command = SignIn {
            team: Some(team),
            login_name: for_send.clone(),
            password: SecretText::new(password.get_untracked()),
            kit: None,
            remember: true,
        };
        form.send(command, move |view| arrive(app, view));
    };
    // A browser that has lost the Secret Key needs the kit: the form for it comes by itself.
    Effect::new(move |_| {
        if form.fault.with(|fault| matches!(fault, Some(Error::UnknownDevice))) {
            chosen.update(|chosen| {
                if let Some(chosen) = chosen {
                    chosen.remembers_kit = false;
                }
            });
        }
    });
    let forget = move |_| leave(app, team, true);
    view! {
        {who(&known, tr!(sign_in.title))}
        <form class="form" on:submit=send>
            {user_name_for_managers(&login_name)}
            {TextField::new(tr!(sign_in.password), password).kind(Kind::Password).required().focus().autocomplete("current-password").view()}
            {form.alert()}
            {form.submit(tr!(sign_in.submit))}
        </form>
        <div class="after-form">
            <button type="button" class="link" on:click=move |_| chosen.set(None)>{tr!(sign_in.with_kit)}</button>
            <button type="button" class="link" on:click=forget>{tr!(sign_in.forget)}</button>
            <a class="link" href=Address::Recover(Some(team)).to_string()>{tr!(recover.lost)}</a>
        </div>
    }
    .into_any()
}

fn other_teams(teams: StoredValue<Vec<KnownTeam>>, chosen: RwSignal<Option<KnownTeam>>, but: TeamId) -> AnyView {
    let others = teams.get_value().into_iter().filter(|known| known.team != but).map(|known| {
        let picked = known.clone();
        team_choice(&known, move || chosen.set(Some(picked.clone())))
    });
    view! { <h2 class="small-heading">{tr!(sign_in.other_teams)}</h2><div class="choices">{others.collect_view()}</div> }.into_any()
}

fn team_choice(known: &KnownTeam, pick: impl Fn() + 'static) -> AnyView {
    let label = format!("{} · {}", known.name, known.login_name);
    view! {
        <button type="button" class="choice" on:click=move |_| pick()>
            {icon("users")}<span class="grow">{label}</span>{icon("chevron-right")}
        </button>
    }
    .into_any()
}

fn with_kit(
    app: App,
    known: Option<KnownTeam>,
    chosen: RwSignal<Option<KnownTeam>>,
    teams: StoredValue<Vec<KnownTeam>>,
) -> AnyView {
    let forgotten = known.is_some();
    let login_name = RwSignal::new(known.map(|known| known.login_name).unwrap_or_default());
    let password = RwSignal::new(String::new());
    let kit = RwSignal::new(String::new());
    let remember = RwSignal::new(true);
    let reading = RwSignal::new(None::<KitReading>);
    let form = Form::new();
    read_while_typing(kit, reading, login_name);
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let command = SignIn {
            team: None,
            login_name: login_name.get_untracked().trim().to_owned(),
            password: SecretText::new(password.get_untracked()),
            kit: Some(SecretText::new(kit.get_untracked())),
            remember: remember.get_untracked(),
        };
        form.send(command, move |view| arrive(app, view));
    };
    let fault = Signal::derive(move || {
        reading.with(|reading| match reading {
            Some(KitReading { fault: Some(KitFault::Group(group)), .. }) => Some(explain_kit(KitFault::Group(*group))),
            _ => None,
        })
    });
    let good = move || {
        reading.with(|reading| matches!(reading, Some(KitReading { fault: None, .. }))).then(|| {
            view! { <p class="good-line">{icon("check")}<span>{tr!(sign_in.kit_good)}</span></p> }
        })
    };
    let load = move |event: leptos::ev::Event| {
        let file = event
            .target()
            .and_then(|target| target.dyn_into::<HtmlInputElement>().ok())
            .and_then(|input| input.files())
            .and_then(|files| files.get(0));
        // A kit is a small text; anything larger is another file.
        if let Some(file) = file.filter(|file| file.size() < 65_536.0) {
            spawn_local(async move {
                if let Ok(text) = JsFuture::from(file.text()).await {
                    kit.set(text.as_string().unwrap_or_default());
                }
            });
        }
    };
    let back = move || {
        (!forgotten && teams.with_value(|teams| !teams.is_empty())).then(|| {
            let first = move |_| chosen.set(teams.with_value(|teams| teams.first().cloned()));
            view! { <button type="button" class="link" on:click=first>{tr!(action.back)}</button> }
        })
    };
    view! {
        <h1>{tr!(sign_in.new_device)}</h1>
        <p class="lead">{if forgotten { tr!(sign_in.forgotten_lead) } else { tr!(sign_in.new_device_lead) }}</p>
        <form class="form" on:submit=send>
            {TextField::new(tr!(sign_in.kit), kit).kind(Kind::Code).hint(tr!(sign_in.kit_hint)).required().focus().fault(fault).view()}
            <div class="row">
                <label class="button file-button">
                    {icon("file-up")}<span>{tr!(sign_in.kit_file)}</span>
                    <input type="file" class="visually-hidden" accept=".txt,text/plain" on:change=load />
                </label>
                <span aria-live="polite">{good}</span>
            </div>
            {TextField::new(tr!(sign_in.login_name), login_name).limit(64).required().autocomplete("username").view()}
            {TextField::new(tr!(sign_in.password), password).kind(Kind::Password).required().autocomplete("current-password").view()}
            {tick(tr!(sign_in.remember), remember)}
            {form.alert()}
            {form.submit(tr!(sign_in.submit))}
        </form>
        <div class="after-form">{back}<a class="link" href="/create">{tr!(start.create)}</a><a class="link" href="/recover">{tr!(recover.lost)}</a></div>
    }
    .into_any()
}

fn read_while_typing(kit: RwSignal<String>, reading: RwSignal<Option<KitReading>>, login_name: RwSignal<String>) {
    let timer = StoredValue::new(None::<TimeoutHandle>);
    Effect::new(move |_| {
        let text = kit.get();
        if let Some(timer) = timer.get_value() {
            timer.clear();
        }
        if text.trim().is_empty() {
            reading.set(None);
            return;
        }
        let read = move || {
            spawn_local(async move {
                let Ok(found) = ask(CheckKit { text: SecretText::new(text) }).await else { return };
                if let Some(name) = &found.login_name
                    && login_name.try_with_untracked(String::is_empty) == Some(true)
                {
                    login_name.set(name.clone());
                }
                reading.try_set(Some(found));
            });
        };
        timer.set_value(set_timeout_with_handle(read, Duration::from_millis(200)).ok());
    });
}

fn arrive(app: App, view: SessionView) {
    app.enter(SessionState::Open(view));
    spawn_local(app.read_status());
}

fn leave(app: App, team: TeamId, forget: bool) {
    spawn_local(async move {
        match ask(SignOut { team, forget }).await {
            Ok(()) => {
                app.read_status().await;
                app.replace(Address::SignIn);
            }
            Err(error) => app.fail(&error),
        }
    });
}
