//! The form of a member group: what it is called, and who is in it.

use std::collections::BTreeSet;
use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use sealward_client::model::limits;

use super::people::other_name;
use crate::bridge::{Error, *};
use crate::page::app::App;
use crate::page::components::dialog::{Width, dialog_with};
use crate::page::components::field::{Kind, TextField, fresh_id};
use crate::page::components::form::{Form, dialog_footer};
use crate::page::engine::ask;
use crate::page::language::{number, tr};

/// Members that the form shows at once; the search finds the others.
const SHOWN: u32 = 100;

/// The dialog, for a group that is there or a new one.
pub fn dialog_for(group: Option<&GroupRow>) -> AnyView {
    let app = App::get();
    let form = Form::new();
    let details = group.map(|group| group.details.clone()).unwrap_or_default();
    let (name, description) = (RwSignal::new(details.name.clone()), RwSignal::new(details.description.clone()));
    let before: BTreeSet<MemberId> = group.iter().flat_map(|group| &group.members).map(|(member, _)| *member).collect();
    let chosen = RwSignal::new(before.clone());
    let before = StoredValue::new((details, before));
    let dirty = Signal::derive(move || {
        before.with_value(|(details, members)| {
            name.get() != details.name || description.get() != details.description || chosen.get() != *members
        })
    });
    let (id, base) = group.map_or((None, None), |group| (Some(group.id), group.version));
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let details = MemberGroupDetails {
            name: name.get_untracked().trim().to_owned(),
            description: description.get_untracked().trim().to_owned(),
        };
        let members: Vec<MemberId> = chosen.get_untracked().into_iter().collect();
        let save = before.with_value(|(old, was)| SaveGroup {
            group: id,
            base,
            details: (id.is_none() || *old != details).then_some(details),
            members: (id.is_none() || !was.iter().eq(&members)).then_some(members),
        });
        form.send(save, move |()| {
            app.close();
            app.say(tr!(toast.saved));
        });
    };
    let title = if id.is_some() { tr!(directory.edit_group) } else { tr!(directory.new_group) };
    let content = view! {
        <form class="dialog-form" on:submit=send>
            <div class="dialog-body form">
                <p class="muted">{tr!(directory.group_hint)}</p>
                {TextField::new(tr!(field.name), name).limit(limits::NAME).required().focus().view()}
                {TextField::new(tr!(field.description), description).kind(Kind::Area).limit(limits::DESCRIPTION).view()}
                {members(app, chosen)}
            </div>
            {dialog_footer(form, tr!(action.save))}
        </form>
    };
    dialog_with(title, Width::Narrow, Some(dirty), content.into_any())
}

fn members(app: App, chosen: RwSignal<BTreeSet<MemberId>>) -> AnyView {
    let text = RwSignal::new(String::new());
    let found = RwSignal::new(Arc::new(MembersPage::default()));
    let asked = RwSignal::new(0_u32);
    Effect::new(move |_| {
        let filter = MemberFilter { text: text.get(), ..MemberFilter::default() };
        let turn = asked.get_untracked().wrapping_add(1);
        asked.set(turn);
        spawn_local(async move {
            let find = FindMembers { filter, order: MemberOrder::Name, from: 0, count: SHOWN };
            match ask(find).await {
                Ok(page) if asked.try_get_untracked() == Some(turn) => drop(found.try_set(Arc::new(page))),
                Ok(_) | Err(Error::Locked | Error::SessionEnded) => {}
                Err(error) => app.fail(&error),
            }
        });
    });
    let rows = move || {
        let page = found.get();
        page.members.iter().map(|member| tick(member, chosen)).collect_view()
    };
    let more = move || {
        let rest = found.with(|page| page.total.saturating_sub(SHOWN));
        (rest > 0).then(|| view! { <p class="hint">{tr!(directory.more_members, count = number(rest))}</p> })
    };
    let count = move || number(u32::try_from(chosen.with(BTreeSet::len)).unwrap_or(u32::MAX));
    let id = fresh_id("search");
    view! {
        <fieldset class="group-members">
            <legend>{tr!(directory.in_it)}" "<span class="count">{count}</span></legend>
            <div class="field">
                <label for=id.clone()>{tr!(directory.search)}</label>
                <input
                    id=id class="input" type="search" autocomplete="off" spellcheck="false" prop:value=move || text.get()
                    on:input=move |event| text.set(event_target_value(&event))
                />
            </div>
            <div class="group-ticks">{rows}</div>
            {more}
        </fieldset>
    }
    .into_any()
}

fn tick(member: &MemberRow, chosen: RwSignal<BTreeSet<MemberId>>) -> AnyView {
    let id = member.member;
    let other = other_name(member).map(|name| view! { <span class="muted">{name}</span> });
    let service = member.service.is_some().then(|| view! { <span class="badge">{tr!(services.one)}</span> });
    let set = move |event: leptos::ev::Event| {
        let ticked = event_target_checked(&event);
        chosen.update(|chosen| {
            if ticked {
                chosen.insert(id)
            } else {
                chosen.remove(&id)
            };
        });
    };
    view! {
        <label class="tick">
            <input type="checkbox" prop:checked=move || chosen.with(|chosen| chosen.contains(&id)) on:change=set />
            <span>{member.login_name.clone()}" "{other}</span>
            {service}
        </label>
    }
    .into_any()
}
