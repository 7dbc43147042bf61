//! Who has which role in a vault. Whoever is a custodian of it changes that here.

use std::sync::Arc;

use leptos::html;
use leptos::prelude::*;

use super::access_groups;
use super::people::{explain_vault_role, other_name, read_people, role_name, vault_role_name};
use crate::bridge::{MemberRow, MemberState, NamedVault, People, SetGrant, TeamRole, VaultId, VaultRole};
use crate::page::app::App;
use crate::page::components::dialog::{Width, dialog};
use crate::page::components::field::choice;
use crate::page::components::form::Form;
use crate::page::components::icon::icon;
use crate::page::language::tr;

const ROLES: [VaultRole; 4] = [VaultRole::Viewer, VaultRole::User, VaultRole::Editor, VaultRole::Custodian];

/// The dialog.
pub fn dialog_of(vault: NamedVault) -> AnyView {
    let app = App::get();
    let people = read_people(app);
    let form = Form::new();
    let id = vault.id;
    let body = move || match people.get() {
        None => view! { <p class="muted">{tr!(list.loading)}</p> }.into_any(),
        Some(people) => untrack(|| roles(app, &people, id, form)),
    };
    let may = Memo::new(move |_| {
        people.with(|people| people.as_ref().is_some_and(|people| people.grantable.iter().any(|vault| vault.id == id)))
    });
    let groups = move || may.get().then(|| access_groups::section(app, id, form));
    let content = view! {
        <div class="dialog-form">
            <div class="dialog-body form">{body}{groups}</div>
            <footer>
                {form.alert()}
                <div class="buttons">
                    <button type="button" class="button" on:click=move |_| app.close()>{tr!(action.close)}</button>
                </div>
            </footer>
        </div>
    };
    dialog(tr!(people.access_of, name = vault.name), Width::Narrow, content.into_any())
}

fn roles(app: App, people: &Arc<People>, vault: VaultId, form: Form) -> AnyView {
    let may = people.grantable.iter().any(|grantable| grantable.id == vault);
    let here = |member: &&MemberRow| member.state != MemberState::Removed;
    let held = |member: &MemberRow| member.grants.iter().find(|grant| grant.vault.id == vault).map(|grant| grant.role);
    let members = people.members.iter().filter(here);
    let is_custodian =
        |member: &&MemberRow| member.state == MemberState::Active && held(member) == Some(VaultRole::Custodian);
    // Without a custodian nothing in it could ever be changed again.
    let only = members.clone().filter(is_custodian).count() == 1;
    let lines = members.clone().filter_map(|member| {
        let may = may && !(only && is_custodian(&member));
        Some(line(app, member, vault, held(member)?, may, form))
    });
    let lines = lines.collect_view();
    let is_auditor =
        |member: &&MemberRow| member.role == Some(TeamRole::Auditor) && member.state == MemberState::Active;
    let auditors = members.clone().filter(is_auditor).filter(|member| held(member).is_none()).map(auditor_line);
    let auditors = auditors.collect_view();
    let others = members.filter(|member| held(member).is_none() && member.state == MemberState::Active);
    let others = others.filter(|member| !is_auditor(member));
    // Whoever made a token can have kept it, and would come by the vault's keys.
    let keeps = |member: &MemberRow| match &member.service {
        Some(service) => people.members.iter().any(|keeper| keeper.member == service.keeper && is_custodian(&keeper)),
        None => true,
    };
    let (others, kept): (Vec<MemberRow>, Vec<MemberRow>) = others.cloned().partition(|member| keeps(member));
    let kept = kept.into_iter().map(|member| member.login_name).collect::<Vec<_>>().join(", ");
    let legend =
        ROLES.map(|role| view! { <li><strong>{vault_role_name(role)}</strong>" "{explain_vault_role(role)}</li> });
    view! {
        <ul class="people">{lines}{auditors}</ul>
        {only.then(|| view! { <p class="hint with-icon">{icon("info")}<span>{tr!(people.only_custodian)}</span></p> })}
        {(may && !others.is_empty()).then(|| add(app, others, vault, form))}
        {(may && !kept.is_empty()).then(|| view! {
            <p class="hint with-icon">{icon("info")}<span>{tr!(people.token_kept, names = kept)}</span></p>
        })}
        <ul class="role-legend muted">{legend.into_iter().collect_view()}</ul>
    }
    .into_any()
}

fn line(app: App, member: &MemberRow, vault: VaultId, role: VaultRole, may: bool, form: Form) -> AnyView {
    let (id, name) = (member.member, member.login_name.clone());
    let changes = move |role: Option<VaultRole>| {
        form.send(SetGrant { vault, member: id, role }, move |()| app.say(tr!(toast.saved)));
    };
    let detail = member.service.as_ref().map_or_else(|| other_name(member), |_| Some(tr!(services.one).to_owned()));
    let select = NodeRef::<html::Select>::new();
    // What was refused is not shown as if it held.
    Effect::new(move |_| {
        if form.fault.with(Option::is_some)
            && let Some(select) = select.get_untracked()
        {
            select.set_value(role_value(role));
        }
    });
    let control = if may {
        let options = roles_of(member).into_iter().map(|option| {
            view! { <option value=role_value(option) selected=option == role>{vault_role_name(option)}</option> }
        });
        let picked = move |event: leptos::ev::Event| {
            let value = event_target_value(&event);
            if let Some(next) = ROLES.into_iter().find(|option| role_value(*option) == value) {
                changes(Some(next));
            }
        };
        view! {
            <select node_ref=select class="input small" aria-label=tr!(people.role_of, name = name.clone()) disabled=move || form.busy.get() on:change=picked>
                {options.collect_view()}
            </select>
            <button
                type="button" class="icon-button" aria-label=tr!(people.take_away, name = name.clone())
                title=tr!(people.take_away, name = name.clone()) disabled=move || form.busy.get() on:click=move |_| changes(None)
            >
                {icon("x")}
            </button>
        }
        .into_any()
    } else {
        view! { <span class="badge">{vault_role_name(role)}</span> }.into_any()
    };
    view! {
        <li class="person-line">
            <span class="row-text"><span class="row-name">{name}</span><span class="row-detail">{detail}</span></span>
            {control}
        </li>
    }
    .into_any()
}

/// An auditor sees every vault by the role in the team: there is nothing to change here.
fn auditor_line(member: &MemberRow) -> AnyView {
    view! {
        <li class="person-line">
            <span class="row-text">
                <span class="row-name">{member.login_name.clone()}</span>
                <span class="row-detail">{tr!(people.sees_all)}</span>
            </span>
            <span class="badge accent">{role_name(TeamRole::Auditor)}</span>
        </li>
    }
    .into_any()
}

fn add(app: App, others: Vec<MemberRow>, vault: VaultId, form: Form) -> AnyView {
    let (who, role) = (RwSignal::new(0_usize), RwSignal::new(1_usize));
    let name_of = |member: &MemberRow| match member.service {
        Some(_) => tr!(services.marked, name = member.login_name.clone()),
        None => member.login_name.clone(),
    };
    let names = others.iter().map(name_of).collect();
    let ids: Vec<_> = others.iter().map(|member| (member.member, roles_of(member))).collect();
    let offered = {
        let ids = ids.clone();
        move || {
            let roles = ids.get(who.get()).map(|(_, roles)| roles.clone()).unwrap_or_default();
            role.set(role.get_untracked().min(roles.len().saturating_sub(1)));
            choice(tr!(people.role), roles.into_iter().map(|role| vault_role_name(role).to_owned()).collect(), role)
        }
    };
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some((member, roles)) = ids.get(who.get_untracked()).cloned() else { return };
        let role = roles.get(role.get_untracked()).copied();
        form.send(SetGrant { vault, member, role }, move |()| app.say(tr!(toast.saved)));
    };
    view! {
        <form class="grant-form" on:submit=send>
            {choice(tr!(people.person), names, who)}
            {offered}
            {form.submit(tr!(people.give))}
        </form>
    }
    .into_any()
}

/// The roles that a member may be given: a service never every one, an auditor none that opens secrets.
fn roles_of(member: &MemberRow) -> Vec<VaultRole> {
    let most = match (&member.service, member.role) {
        (Some(service), _) => service.scope.highest_role(),
        (None, Some(TeamRole::Auditor)) => VaultRole::Viewer,
        (None, _) => VaultRole::Custodian,
    };
    ROLES.into_iter().filter(|role| *role <= most).collect()
}

const fn role_value(role: VaultRole) -> &'static str {
    match role {
        VaultRole::Viewer => "viewer",
        VaultRole::User => "user",
        VaultRole::Editor => "editor",
        VaultRole::Custodian => "custodian",
    }
}
