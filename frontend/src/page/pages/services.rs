//! The services of the team, below its people: which there are, until when and from where they act, and what may be done.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::detail::millis;
use super::people::{outline_grants, role_items, role_name};
use crate::bridge::*;
use crate::page::app::{App, Dialog};
use crate::page::components::icon::icon;
use crate::page::components::menu::{MenuItem, menu};
use crate::page::engine::{ask, keep};
use crate::page::language::{ago, moment, number, tr};

/// From so many days before its end on, a service's end is pointed out.
const SOON: u32 = 14;

/// The section; nothing for whoever cannot admit a service where there is none.
pub fn section(app: App, people: &Arc<People>) -> AnyView {
    let rows = people.members.iter().filter(|member| member.service.is_some() && member.state != MemberState::Removed);
    let rows: Vec<MemberRow> = rows.cloned().collect();
    if rows.is_empty() && !people.may_invite {
        return ().into_any();
    }
    let count = number(u32::try_from(rows.len()).unwrap_or(u32::MAX));
    let uses = RwSignal::new(Vec::<ServiceUse>::new());
    if people.may_invite && !rows.is_empty() {
        Effect::new(move |_| {
            app.catalog.track();
            spawn_local(async move {
                // Without the server nobody knows: the lines then say nothing of it.
                if let Ok(read) = ask(ReadServiceUses).await {
                    keep(uses, read);
                }
            });
        });
    }
    let add = people.may_invite.then(|| {
        let people = Arc::clone(people);
        view! {
            <button type="button" class="button small" on:click=move |_| app.open(Dialog::NewService(Arc::clone(&people)))>
                {icon("plus")}<span>{tr!(services.new)}</span>
            </button>
        }
    });
    let empty = rows.is_empty().then(|| {
        view! { <p class="hint with-icon">{icon("info")}<span>{tr!(services.none)}</span></p> }
    });
    let lines = rows.into_iter().map(|member| line(app, &Arc::new(member), uses)).collect_view();
    view! {
        <div class="people-head">
            <h3>{tr!(services.title)}" "<span class="count">{count}</span></h3>
            <span class="grow"></span>
            {add}
        </div>
        {empty.is_none().then(|| view! { <ul class="people" aria-label=tr!(services.title)>{lines}</ul> })}
        {empty}
    }
    .into_any()
}

fn line(app: App, member: &Arc<MemberRow>, uses: RwSignal<Vec<ServiceUse>>) -> AnyView {
    let Some(service) = member.service.clone() else { return ().into_any() };
    let name = member.login_name.clone();
    let (state, class) = explain_state(member.state, &service);
    let asks = (service.scope == ServiceScope::Requests).then(|| {
        view! { <span class="badge">{tr!(services.only_asks)}</span> }
    });
    let manages = member.role.filter(|role| *role != TeamRole::Member).map(|role| {
        view! { <span class="badge accent">{role_name(role)}</span> }
    });
    let detail = [explain_hosts(&service.hosts), outline_grants(&member.grants)].join(" · ");
    let id = member.member;
    let used = move || {
        let found = uses.with(|uses| uses.iter().find(|one| one.member == id).cloned());
        found.map(|one| {
            let text = tr!(services.last_used, when = ago(millis(one.used)), address = one.address.clone());
            view! { <span class="row-detail">{text}</span> }
        })
    };
    let items = actions(app, member, &service);
    let more = (!items.is_empty())
        .then(|| menu(tr!(people.more, name = name.clone()), icon("ellipsis"), "icon-button", items));
    view! {
        <li class="person-line">
            <span class="avatar empty-avatar" aria-hidden="true">{icon("square-terminal")}</span>
            <span class="row-text">
                <span class="row-name">{name}</span>
                <span class="row-detail">{detail}</span>
                {used}
            </span>
            <span class="person-badges">{manages}{asks}<span class=class>{state}</span></span>
            {more}
        </li>
    }
    .into_any()
}

fn explain_state(state: MemberState, service: &ServiceRow) -> (String, &'static str) {
    match (state, service.days_left) {
        (MemberState::Suspended | MemberState::Removed, _) => (tr!(services.disabled).to_owned(), "badge warn"),
        (MemberState::Expired, _) => (tr!(services.expired).to_owned(), "badge warn"),
        (MemberState::Active | MemberState::Made | MemberState::Keyless, None) => {
            (tr!(services.endless).to_owned(), "badge")
        }
        (MemberState::Active | MemberState::Made | MemberState::Keyless, Some(1)) => {
            (tr!(services.last_day).to_owned(), "badge warn")
        }
        (MemberState::Active | MemberState::Made | MemberState::Keyless, Some(days)) => {
            (tr!(services.days_left, count = number(days)), if days <= SOON { "badge warn" } else { "badge" })
        }
    }
}

fn explain_hosts(hosts: &[Host]) -> String {
    if hosts.is_empty() {
        return tr!(services.anywhere).to_owned();
    }
    let hosts: Vec<&str> = hosts.iter().map(Host::as_str).collect();
    tr!(services.from_hosts, hosts = hosts.join(", "))
}

/// Until when a service acts, in a sentence's middle.
pub fn explain_end(service: &ServiceRow) -> String {
    match service.expires {
        Some(expires) => tr!(services.until, when = moment(millis(expires))),
        None => tr!(services.endless).to_owned(),
    }
}

fn actions(app: App, member: &Arc<MemberRow>, service: &ServiceRow) -> Vec<MenuItem> {
    let mut items = Vec::new();
    let opens = |dialog: fn(Arc<MemberRow>) -> Dialog| {
        let member = Arc::clone(member);
        move || app.open(dialog(Arc::clone(&member)))
    };
    if service.editable {
        items.push(MenuItem::new("pencil", tr!(services.edit), opens(Dialog::EditService)));
    }
    if service.renewable {
        items.push(MenuItem::new("refresh-cw", tr!(services.renew), opens(Dialog::RenewService)));
    }
    items.extend(role_items(app, member));
    if member.manageable {
        match member.state {
            MemberState::Active => items.push(MenuItem::new(
                "lock",
                tr!(services.disable),
                opens(|member| Dialog::Standing(member, MemberState::Suspended)),
            )),
            MemberState::Suspended => items.push(MenuItem::new(
                "undo-2",
                tr!(services.enable),
                opens(|member| Dialog::Standing(member, MemberState::Active)),
            )),
            MemberState::Expired | MemberState::Removed | MemberState::Made | MemberState::Keyless => {}
        }
        let remove = opens(|member| Dialog::Standing(member, MemberState::Removed));
        items.push(MenuItem::new("trash-2", tr!(services.remove), remove).danger());
    }
    items
}
