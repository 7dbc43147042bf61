//! What groups ask for in a vault. Its custodians see whom it concerns, and give and take it by a click; nothing happens by
//! itself.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::groups::name_of;
use super::people::vault_role_name;
use crate::bridge::{Error, *};
use crate::page::app::App;
use crate::page::components::field::choice;
use crate::page::components::form::Form;
use crate::page::components::icon::icon;
use crate::page::engine::{ask, keep};
use crate::page::language::{number, tr};

const ROLES: [VaultRole; 4] = [VaultRole::Viewer, VaultRole::User, VaultRole::Editor, VaultRole::Custodian];

/// The section, for a custodian of the vault; nothing where there is no group.
pub fn section(app: App, vault: VaultId, form: Form) -> AnyView {
    let groups = RwSignal::new(None::<Arc<VaultGroups>>);
    Effect::new(move |_| {
        app.catalog.track();
        spawn_local(async move {
            match ask(ReadVaultGroups { vault }).await {
                Ok(read) => keep(groups, Some(Arc::new(read))),
                Err(Error::Locked | Error::SessionEnded) => {}
                Err(error) => app.fail(&error),
            }
        });
    });
    (move || groups.get().map(|groups| untrack(|| body(app, vault, &groups, form)))).into_any()
}

fn body(app: App, vault: VaultId, groups: &VaultGroups, form: Form) -> AnyView {
    if groups.groups.is_empty() && groups.others.is_empty() && groups.outgrown.is_empty() {
        return ().into_any();
    }
    let lines = groups.groups.iter().map(|group| line(app, vault, group, form)).collect_view();
    view! {
        <h3>{tr!(directory.groups)}</h3>
        <p class="hint">{tr!(directory.access_hint)}</p>
        {(!groups.groups.is_empty()).then(|| view! { <ul class="people" aria-label=tr!(directory.groups)>{lines}</ul> })}
        {taken(app, vault, &groups.outgrown, form)}
        {(!groups.others.is_empty()).then(|| add(app, vault, groups.others.clone(), form))}
    }
    .into_any()
}

fn line(app: App, vault: VaultId, row: &VaultGroupRow, form: Form) -> AnyView {
    let (group, name, role) = (row.group.id, name_of(&row.group.name), row.role);
    let set = move |role: Option<VaultRole>| {
        form.send(SetGroupRole { vault, group, role }, move |()| app.say(tr!(toast.saved)));
    };
    let options = ROLES.map(|option| {
        view! { <option value=vault_role_name(option) selected=option == role>{vault_role_name(option)}</option> }
    });
    let picked = move |event: leptos::ev::Event| {
        let value = event_target_value(&event);
        if let Some(next) = ROLES.into_iter().find(|option| vault_role_name(*option) == value) {
            set(Some(next));
        }
    };
    view! {
        <li class="person-line group-line">
            <span class="row-text">
                <span class="row-name">{name.clone()}</span>
                <span class="row-detail">{asked_text(row)}</span>
            </span>
            <select class="input small" aria-label=tr!(people.role_of, name = name.clone()) disabled=move || form.busy.get() on:change=picked>
                {options.collect_view()}
            </select>
            <button
                type="button" class="icon-button" aria-label=tr!(directory.ask_no_more, name = name.clone())
                title=tr!(directory.ask_no_more, name = name) disabled=move || form.busy.get() on:click=move |_| set(None)
            >
                {icon("x")}
            </button>
            {give(app, vault, row, form)}
        </li>
    }
    .into_any()
}

/// For whom a group asks, by their login names.
fn asked_text(row: &VaultGroupRow) -> String {
    if row.asked.is_empty() {
        return tr!(directory.all_have).to_owned();
    }
    let name = |(_, name, role): &(MemberId, String, VaultRole)| {
        if *role == row.role { name.clone() } else { format!("{name} ({})", vault_role_name(*role)) }
    };
    let names = row.asked.iter().map(name).collect::<Vec<_>>().join(", ");
    tr!(directory.asks_for, names = names, role = vault_role_name(row.role))
}

fn give(app: App, vault: VaultId, row: &VaultGroupRow, form: Form) -> AnyView {
    let members: Vec<MemberId> = row.asked.iter().map(|(member, ..)| *member).collect();
    if members.is_empty() {
        return ().into_any();
    }
    let (group, role) = (row.group.id, row.role);
    let count = number(u32::try_from(members.len()).unwrap_or(u32::MAX));
    let send = move |_| {
        let grant = GrantByGroup { vault, group, role, members: members.clone() };
        form.send(grant, move |()| app.say(tr!(directory.given)));
    };
    view! {
        <button type="button" class="button small primary" disabled=move || form.busy.get() on:click=send>
            {icon("check")}<span>{tr!(directory.give_to, count = count)}</span>
        </button>
    }
    .into_any()
}

fn taken(app: App, vault: VaultId, outgrown: &[OutgrownRow], form: Form) -> AnyView {
    if outgrown.is_empty() {
        return ().into_any();
    }
    let members: Vec<MemberId> = outgrown.iter().map(|one| one.member).collect();
    let take = move |_| {
        let end = EndGroupGrants { vault, members: members.clone() };
        form.send(end, move |()| app.say(tr!(directory.taken)));
    };
    let lines = outgrown.iter().map(|one| {
        let (member, role) = (one.member, one.role);
        let detail = match one.left {
            None => tr!(directory.only_by_group, role = vault_role_name(role)),
            Some(left) => tr!(directory.less_by_group, role = vault_role_name(role), left = vault_role_name(left)),
        };
        let keep = move |_| {
            form.send(SetGrant { vault, member, role: Some(role) }, move |()| app.say(tr!(toast.saved)));
        };
        view! {
            <li class="person-line">
                <span class="row-text"><span class="row-name">{one.login_name.clone()}</span><span class="row-detail">{detail}</span></span>
                <button
                    type="button" class="button small" aria-label=tr!(directory.keep_of, name = one.login_name.clone())
                    disabled=move || form.busy.get() on:click=keep
                >
                    {tr!(directory.keep)}
                </button>
            </li>
        }
    });
    view! {
        <div class="note warn">{icon("triangle-alert")}<p>{tr!(directory.outgrown)}</p></div>
        <ul class="people" aria-label=tr!(directory.outgrown_list)>{lines.collect_view()}</ul>
        <button type="button" class="button danger" disabled=move || form.busy.get() on:click=take>{tr!(directory.take)}</button>
    }
    .into_any()
}

fn add(app: App, vault: VaultId, others: Vec<GroupName>, form: Form) -> AnyView {
    let (which, role) = (RwSignal::new(0_usize), RwSignal::new(1_usize));
    let names = others.iter().map(|group| name_of(&group.name)).collect();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(group) = others.get(which.get_untracked()).map(|group| group.id) else { return };
        let role = ROLES.get(role.get_untracked()).copied();
        form.send(SetGroupRole { vault, group, role }, move |()| app.say(tr!(toast.saved)));
    };
    let roles = ROLES.map(|role| vault_role_name(role).to_owned()).to_vec();
    view! {
        <form class="grant-form" on:submit=send>
            {choice(tr!(directory.group), names, which)}
            {choice(tr!(directory.should_be), roles, role)}
            {form.submit(tr!(directory.ask))}
        </form>
    }
    .into_any()
}
