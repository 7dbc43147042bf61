//! A link by which somebody joins: what it gives, for how long, and the link itself, which is shown once.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::people::{explain_vault_role, vault_role_name};
use crate::bridge::{InvitationMade, Invite, NamedVault, People, VaultId, VaultRole};
use crate::page::app::{App, Dialog};
use crate::page::clipboard;
use crate::page::components::dialog::{Width, dialog};
use crate::page::components::field::choice;
use crate::page::components::form::{Form, dialog_footer};
use crate::page::components::icon::icon;
use crate::page::components::qr::qr;
use crate::page::language::{number, tr};

/// For how many days a link may be good.
const DAYS: [u16; 4] = [1, 3, 7, 30];
/// What a link may give: never the role of a custodian, for whoever has the link has what it gives.
pub const ROLES: [VaultRole; 3] = [VaultRole::Viewer, VaultRole::User, VaultRole::Editor];

/// The dialog.
pub fn dialog_for(people: &Arc<People>) -> AnyView {
    let made = RwSignal::new(None::<Arc<InvitationMade>>);
    let vaults = StoredValue::new(people.grantable.clone());
    let all = StoredValue::new(Arc::clone(people));
    let body = move || match made.get() {
        None => untrack(|| form(vaults.get_value(), made, all.get_value())),
        Some(made) => untrack(|| link(&made)),
    };
    dialog(tr!(people.invite), Width::Narrow, body.into_any())
}

fn form(vaults: Vec<NamedVault>, made: RwSignal<Option<Arc<InvitationMade>>>, people: Arc<People>) -> AnyView {
    let app = App::get();
    let form = Form::new();
    let days = RwSignal::new(1_usize);
    // With one vault it is meant; with several nobody gets into one by oversight.
    let first = if vaults.len() == 1 { 2 } else { 0 };
    let chosen: Vec<(VaultId, String, RwSignal<usize>)> =
        vaults.into_iter().map(|vault| (vault.id, vault.name, RwSignal::new(first))).collect();
    let names = || {
        let roles = ROLES.map(|role| vault_role_name(role).to_owned());
        std::iter::once(tr!(people.no_access).to_owned()).chain(roles).collect::<Vec<_>>()
    };
    let fields = chosen.iter().map(|(_, name, role)| choice(name.clone(), names(), *role)).collect_view();
    let legend =
        ROLES.map(|role| view! { <li><strong>{vault_role_name(role)}</strong>" "{explain_vault_role(role)}</li> });
    let spans = DAYS.map(|days| number(u32::from(days))).to_vec();
    let any = !chosen.is_empty();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let grants = chosen.iter().filter_map(|(vault, _, role)| {
            let role = role.get_untracked().checked_sub(1).and_then(|at| ROLES.get(at))?;
            Some((*vault, *role))
        });
        let days = DAYS.get(days.get_untracked()).copied().unwrap_or(1);
        form.send(Invite { grants: grants.collect(), days }, move |answer| made.set(Some(Arc::new(answer))));
    };
    view! {
        <form class="dialog-form" on:submit=send>
            <div class="dialog-body form">
                <p class="muted">{tr!(people.invite_hint)}</p>
                {fields}
                {any.then(|| view! { <ul class="role-legend muted">{legend.into_iter().collect_view()}</ul> })}
                {choice(tr!(people.good_for), spans, days)}
                <button type="button" class="link other-way" on:click=move |_| app.open(Dialog::MakePerson(Arc::clone(&people)))>
                    {tr!(made.instead)}
                </button>
            </div>
            {dialog_footer(form, tr!(people.make_link))}
        </form>
    }
    .into_any()
}

fn link(made: &Arc<InvitationMade>) -> AnyView {
    let app = App::get();
    let text = made.link.expose().to_owned();
    let copied = Arc::clone(made);
    let copy = move |_| {
        let made = Arc::clone(&copied);
        spawn_local(async move { clipboard::copy_secret(app, made.link.expose()).await });
    };
    view! {
        <div class="dialog-form">
            <div class="dialog-body form invitation">
                <div class="note warn">{icon("triangle-alert")}<p>{tr!(people.link_hint)}</p></div>
                <code class="invitation-link" translate="no" tabindex="0">{text}</code>
                {qr(&made.qr, tr!(people.link_qr))}
            </div>
            <footer>
                <div class="buttons">
                    <button type="button" class="button" on:click=move |_| app.close()>{tr!(action.close)}</button>
                    <button type="button" class="button primary" autofocus on:click=copy>
                        {icon("copy")}<span>{tr!(people.copy_link)}</span>
                    </button>
                </div>
            </footer>
        </div>
    }
    .into_any()
}
