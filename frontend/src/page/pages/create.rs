//! Creating a team: four fields, an honest estimate, and on to the kit.

use std::sync::Arc;

use leptos::prelude::*;
use wasm_bindgen_futures::JsFuture;

use super::start::outside;
use crate::bridge::{CreateTeam, SecretText, TeamCreation};
use crate::page::app::App;
use crate::page::components::field::{Kind, TextField};
use crate::page::components::form::Form;
use crate::page::components::icon::icon;
use crate::page::components::strength::{estimate, live_strength};
use crate::page::language::tr;

/// Below this score a team is not made.
const LEAST_SCORE: u8 = 3;

/// The form.
pub fn page(app: App) -> AnyView {
    let creation = app.status.with_untracked(|status| status.as_ref().and_then(|status| status.creation));
    if creation == Some(TeamCreation::Closed) {
        return outside(
            app,
            view! {
                <h1>{tr!(create.title)}</h1>
                <p class="lead">{tr!(error.team_creation_closed)}</p>
                <a class="button" href="/sign-in">{tr!(start.sign_in)}</a>
            }
            .into_any(),
        );
    }
    let team_name = RwSignal::new(String::new());
    let full_name = RwSignal::new(String::new());
    let login_name = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let setup_code = RwSignal::new(String::new());
    let known = move || vec![team_name.get(), full_name.get(), login_name.get(), "sealward".to_owned()];
    let newest = estimate(password, known);
    let form = Form::new();
    end_founding(app, form);
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let known_weak = newest.get_untracked().is_some_and(|strength| strength.score < LEAST_SCORE);
        if known_weak {
            form.fault.set(Some(crate::bridge::Error::TooWeak));
            return;
        }
        let code = setup_code.get_untracked().trim().to_owned();
        let command = CreateTeam {
            team_name: team_name.get_untracked().trim().to_owned(),
            full_name: full_name.get_untracked().trim().to_owned(),
            login_name: login_name.get_untracked().trim().to_owned(),
            password: SecretText::new(password.get_untracked()),
            setup_code: (!code.is_empty()).then_some(code),
            vault_name: tr!(create.vault_name).to_owned(),
        };
        form.send(command, move |kit| {
            password.set(String::new());
            app.kit.set(Some(Arc::new(kit)));
            leptos::task::spawn_local(async move {
                // Without this the browser may throw the Secret Key away when space runs short.
                if let Ok(asked) = window().navigator().storage().persist() {
                    let _ = JsFuture::from(asked).await;
                }
                app.read_status().await;
            });
        });
        app.founding.set(form.busy.get_untracked());
    };
    let code_field = (creation == Some(TeamCreation::SetupCode)).then(|| {
        TextField::new(tr!(create.setup_code), setup_code)
            .hint(tr!(create.setup_code_hint))
            .kind(Kind::Password)
            .required()
            .view()
    });
    outside(
        app,
        view! {
            <h1>{tr!(create.title)}</h1>
            <p class="lead">{tr!(create.lead)}</p>
            <form class="form" on:submit=send>
                {TextField::new(tr!(create.team_name), team_name).limit(200).required().focus().autocomplete("organization").view()}
                {TextField::new(tr!(create.full_name), full_name).limit(200).required().autocomplete("name").view()}
                {new_login(TextField::new(tr!(sign_in.login_name), login_name), password)}
                {live_strength(newest, password)}
                {code_field}
                {form.alert()}
                <div class="buttons">
                    <a class="button" href="/">{icon("arrow-left")}<span>{tr!(action.back)}</span></a>
                    <span class="grow"></span>
                    {form.submit(tr!(create.submit))}
                </div>
                <p class="muted" role="status">{move || form.busy.get().then(|| tr!(create.busy))}</p>
            </form>
        }
        .into_any(),
    )
}

/// The name and the password that somebody new will sign in with.
pub fn new_login(login_name: TextField, password: RwSignal<String>) -> AnyView {
    view! {
        {login_name.limit(64).hint(tr!(create.login_name_hint)).required().autocomplete("username").view()}
        {TextField::new(tr!(sign_in.password), password)
            .hint(tr!(create.password_hint))
            .kind(Kind::Password)
            .required()
            .autocomplete("new-password")
            .view()}
    }
    .into_any()
}

/// Lets the page go on once the form has its answer.
pub fn end_founding(app: App, form: Form) {
    Effect::new(move |before: Option<bool>| {
        let busy = form.busy.get();
        if before == Some(true) && !busy {
            app.founding.set(false);
        }
        busy
    });
}
