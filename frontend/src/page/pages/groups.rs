//! Member groups, below the people: which there are, who is in them, what they ask for, and what custodians still have to
//! decide.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::people::outline_grants;
use crate::bridge::{Error, *};
use crate::page::app::{App, Dialog};
use crate::page::components::dialog::{Width, dialog};
use crate::page::components::form::{Form, dialog_footer};
use crate::page::components::icon::icon;
use crate::page::components::menu::{MenuItem, menu};
use crate::page::engine::{ask, keep};
use crate::page::explain::explain_fault;
use crate::page::language::{number, tr};

/// The section; nothing for whoever cannot make a group where there is none.
pub fn section(app: App) -> AnyView {
    let groups = RwSignal::new(None::<Arc<Groups>>);
    Effect::new(move |_| {
        app.catalog.track();
        spawn_local(async move {
            match ask(ReadGroups).await {
                Ok(read) => keep(groups, Some(Arc::new(read))),
                Err(Error::Locked | Error::SessionEnded) => {}
                Err(error) => app.fail(&error),
            }
        });
    });
    (move || groups.get().map(|groups| untrack(|| body(app, &groups)))).into_any()
}

fn body(app: App, groups: &Arc<Groups>) -> AnyView {
    if groups.groups.is_empty() && !groups.may_manage && groups.open.is_empty() {
        return ().into_any();
    }
    let may = groups.may_manage;
    let add = may.then(|| {
        view! {
            <button type="button" class="button small" on:click=move |_| app.open(Dialog::SaveGroup(None))>
                {icon("plus")}<span>{tr!(directory.new_group)}</span>
            </button>
        }
    });
    let open = groups.open.iter().map(|(vault, count)| {
        let text = tr!(directory.to_decide, vault = vault.name.clone(), count = number(*count));
        let vault = vault.clone();
        view! {
            <div class="note">
                {icon("info")}<p>{text}</p>
                <button type="button" class="button small" on:click=move |_| app.open(Dialog::Access(vault.clone()))>{tr!(directory.decide)}</button>
            </div>
        }
    });
    let empty = groups.groups.is_empty().then(|| {
        view! { <p class="hint with-icon">{icon("info")}<span>{tr!(directory.no_groups)}</span></p> }
    });
    let lines = groups.groups.iter().map(|group| line(app, group, may)).collect_view();
    view! {
        <div class="people-head">
            <h3>{tr!(directory.groups)}" "<span class="count">{number(count(&groups.groups))}</span></h3>
            <span class="grow"></span>
            {add}
        </div>
        {open.collect_view()}
        {empty.is_none().then(|| view! { <ul class="people" aria-label=tr!(directory.groups)>{lines}</ul> })}
        {empty}
    }
    .into_any()
}

fn count<T>(rows: &[T]) -> u32 {
    u32::try_from(rows.len()).unwrap_or(u32::MAX)
}

/// What a group is called, also where that cannot be read.
pub fn name_of(name: &str) -> String {
    if name.is_empty() { tr!(directory.some_group).to_owned() } else { name.to_owned() }
}

fn line(app: App, group: &GroupRow, may: bool) -> AnyView {
    let name = name_of(&group.details.name);
    let size = tr!(directory.member_count, count = number(count(&group.members)));
    let asks =
        if group.roles.is_empty() { tr!(directory.asks_nothing).to_owned() } else { outline_grants(&group.roles) };
    let about = Some(group.details.description.clone()).filter(|text| !text.is_empty());
    let detail = [Some(size), about, Some(asks)].into_iter().flatten().collect::<Vec<_>>().join(" · ");
    let names = group.members.iter().map(|(_, name)| name.clone()).collect::<Vec<_>>().join(", ");
    let damaged = group.fault.map(|fault| {
        view! { <span class="badge warn" title=explain_fault(fault)>{tr!(directory.damaged_badge)}</span> }
    });
    let more = may.then(|| {
        let (edit, end) = (Arc::new(group.clone()), Arc::new(group.clone()));
        let items = vec![
            MenuItem::new("pencil", tr!(directory.edit_group), move || {
                app.open(Dialog::SaveGroup(Some(Arc::clone(&edit))));
            }),
            MenuItem::new("trash-2", tr!(directory.end_group), move || {
                app.open(Dialog::EndGroup(Arc::clone(&end)));
            })
            .danger(),
        ];
        menu(tr!(people.more, name = name.clone()), icon("ellipsis"), "icon-button", items)
    });
    view! {
        <li class="person-line">
            <span class="avatar empty-avatar" aria-hidden="true">{icon("users")}</span>
            <span class="row-text">
                <span class="row-name">{name}</span>
                <span class="row-detail">{detail}</span>
                <span class="row-detail">{names}</span>
            </span>
            <span class="person-badges">{damaged}</span>
            {more}
        </li>
    }
    .into_any()
}

/// Asks before a group is ended.
pub fn end_dialog(group: &GroupRow) -> AnyView {
    let app = App::get();
    let form = Form::new();
    let id = group.id;
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        form.send(EndGroup { group: id }, move |()| {
            app.close();
            app.say(tr!(directory.group_ended));
        });
    };
    let name = name_of(&group.details.name);
    view! {
        {dialog(tr!(directory.end_group), Width::Narrow, view! {
            <form class="dialog-form" on:submit=send>
                <div class="dialog-body form"><p>{tr!(directory.end_question, name = name)}</p></div>
                {dialog_footer(form, tr!(directory.end_group))}
            </form>
        }.into_any())}
    }
    .into_any()
}
