//! Somebody who is made a member with a password, and the page on which they replace what was made for them.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use sealward_contract::limits;

use super::invite::ROLES;
use super::kit::sheet;
use super::people::{explain_vault_role, vault_role_name};
use super::start::outside;
use crate::bridge::{
    AdmitPerson, KitView, NamedVault, People, PersonMade, RegisterPerson, ReplaceKeys, SecretText, SessionState,
    VaultId, VaultRole,
};
use crate::page::app::App;
use crate::page::clipboard;
use crate::page::components::dialog::{Width, dialog};
use crate::page::components::field::{TextField, choice, tick};
use crate::page::components::form::{Form, dialog_footer};
use crate::page::components::icon::icon;
use crate::page::components::new_password::NewPassword;
use crate::page::language::tr;

/// What is handed to somebody.
pub struct Handed {
    heading: String,
    password: SecretText,
    kit: Arc<KitView>,
}

impl Handed {
    /// What the worker gave, under a heading.
    pub fn new(heading: String, made: PersonMade) -> Self {
        Self { heading, password: made.password, kit: Arc::new(made.kit) }
    }
}

/// Roles in vaults that come with somebody's first keys.
#[derive(Clone)]
pub struct FirstRoles(Vec<(VaultId, String, RwSignal<usize>)>);

impl FirstRoles {
    /// None chosen yet.
    pub fn new(vaults: Vec<NamedVault>) -> Self {
        Self(vaults.into_iter().map(|vault| (vault.id, vault.name, RwSignal::new(0))).collect())
    }

    /// A choice for each vault, and what the roles are.
    pub fn view(&self) -> AnyView {
        let names = || {
            let roles = ROLES.map(|role| vault_role_name(role).to_owned());
            std::iter::once(tr!(people.no_access).to_owned()).chain(roles).collect::<Vec<_>>()
        };
        let fields = self.0.iter().map(|(_, name, role)| choice(name.clone(), names(), *role)).collect_view();
        let legend =
            ROLES.map(|role| view! { <li><strong>{vault_role_name(role)}</strong>" "{explain_vault_role(role)}</li> });
        let legend = (!self.0.is_empty())
            .then(|| view! { <ul class="role-legend muted">{legend.into_iter().collect_view()}</ul> });
        view! { {fields}{legend} }.into_any()
    }

    /// What was chosen.
    pub fn grants(&self) -> Vec<(VaultId, VaultRole)> {
        let chosen = self.0.iter().filter_map(|(vault, _, role)| {
            let role = role.get_untracked().checked_sub(1).and_then(|at| ROLES.get(at))?;
            Some((*vault, *role))
        });
        chosen.collect()
    }
}

/// The dialog, and then what is handed over.
pub fn dialog_for(people: &People) -> AnyView {
    let made = RwSignal::new(None::<Arc<Handed>>);
    let vaults = StoredValue::new(people.grantable.clone());
    let body = move || match made.get() {
        None => untrack(|| form(vaults.get_value(), made)),
        Some(made) => untrack(|| hand_over(&made)),
    };
    dialog(tr!(made.title), Width::Wide, view! { {body} }.into_any())
}

fn form(vaults: Vec<NamedVault>, made: RwSignal<Option<Arc<Handed>>>) -> AnyView {
    let form = Form::new();
    let name = RwSignal::new(String::new());
    let app = App::get();
    let keyless = RwSignal::new(false);
    let roles = FirstRoles::new(vaults);
    let fields = roles.view();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let login_name = name.get_untracked().trim().to_owned();
        if keyless.get_untracked() {
            let listed = login_name.clone();
            form.send(RegisterPerson { login_name }, move |()| {
                app.close();
                app.say(tr!(made.registered, name = listed));
            });
            return;
        }
        let command = AdmitPerson { login_name, grants: roles.grants() };
        form.send(command, move |answer| {
            let heading = tr!(made.done, name = answer.kit.login_name.clone());
            made.set(Some(Arc::new(Handed::new(heading, answer))));
        });
    };
    let hint = move || match keyless.get() {
        true => view! { <p>{tr!(made.without_hint)}</p> }.into_any(),
        false => view! { <p>{tr!(made.form_hint)}</p><p class="muted">{tr!(made.form_ends)}</p> }.into_any(),
    };
    let footer = move || dialog_footer(form, if keyless.get() { tr!(made.register) } else { tr!(made.make) });
    view! {
        <form class="dialog-form" on:submit=send>
            <div class="dialog-body form">
                {hint}
                {TextField::new(tr!(sign_in.login_name), name).limit(limits::LOGIN_NAME_CHARS).required().focus().view()}
                {tick(tr!(made.without_keys), keyless)}
                <div class="form first-roles" hidden=move || keyless.get()>{fields}</div>
                <p class="muted" role="status">{move || form.busy.get().then(|| tr!(made.busy))}</p>
            </div>
            {footer}
        </form>
    }
    .into_any()
}

/// Password and kit, shown once.
pub fn hand_over(made: &Arc<Handed>) -> AnyView {
    let app = App::get();
    let copied = Arc::clone(made);
    let copy = move |_| {
        let made = Arc::clone(&copied);
        spawn_local(async move { clipboard::copy_secret(app, made.password.expose()).await });
    };
    let password = made.password.expose().to_owned();
    let shown = sheet(&made.kit);
    view! {
        <div class="dialog-form">
            <div class="dialog-body form kit-page made-person">
                <h3>{made.heading.clone()}</h3>
                <div class="note warn">{icon("triangle-alert")}<p>{tr!(made.hand_over)}</p></div>
                <p class="label">{tr!(made.password)}</p>
                <code class="invitation-link first-password" translate="no" tabindex="0" aria-label=tr!(made.password)>{password}</code>
                {shown}
            </div>
            <footer>
                <div class="buttons">
                    <button type="button" class="button" on:click=move |_| app.close()>{tr!(action.close)}</button>
                    <button type="button" class="button primary" on:click=copy>
                        {icon("copy")}<span>{tr!(made.copy_password)}</span>
                    </button>
                </div>
            </footer>
        </div>
    }
    .into_any()
}

/// The page of whoever has still to replace what somebody else made for them. Nothing else can be done before.
pub fn first_page(app: App) -> AnyView {
    let maker = app.session.with_untracked(|session| match session {
        SessionState::Open(view) => view.made_by.clone().unwrap_or_default(),
        _ => String::new(),
    });
    let typed = NewPassword::own(app);
    let form = Form::new();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some((current, new)) = typed.read(form) else { return };
        // The session goes on before its kit is here: the page stays until it is.
        app.settling.set(true);
        form.send(ReplaceKeys { current, new }, move |kit| {
            typed.clear();
            app.kit.set(Some(Arc::new(kit)));
            app.settling.set(false);
            spawn_local(app.read_status());
        });
    };
    Effect::new(move |_| {
        if form.fault.with(Option::is_some) {
            app.settling.set(false);
        }
    });
    outside(
        app,
        view! {
            <h1>{tr!(made.first_title)}</h1>
            <p class="lead">{tr!(made.first_lead, name = maker)}</p>
            <form class="form" on:submit=send>
                {typed.fields(tr!(made.first_password))}
                <p class="muted">{tr!(made.first_hint)}</p>
                {form.alert()}
                {form.submit(tr!(made.first_submit))}
                <p class="muted" role="status">{move || form.busy.get().then(|| tr!(own_keys.replace_busy))}</p>
            </form>
        }
        .into_any(),
    )
}
