//! One member: what the chain says of them, and what they say of themselves.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::detail::millis;
use super::people::{explain_grants, role_name};
use crate::bridge::{Error, *};
use crate::page::app::{App, Dialog};
use crate::page::components::dialog::{Width, dialog};
use crate::page::components::icon::icon;
use crate::page::engine::{ask, keep};
use crate::page::explain::explain_fault;
use crate::page::language::{moment, number, tr};

/// The dialog. The title is the login name: the profile's name decides nothing.
pub fn dialog_of(member: MemberId, login_name: &str) -> AnyView {
    let app = App::get();
    let person = RwSignal::new(None::<Arc<PersonView>>);
    Effect::new(move |_| {
        app.catalog.track();
        spawn_local(async move {
            match ask(ReadMember { member }).await {
                Ok(read) => keep(person, Some(Arc::new(read))),
                Err(Error::Locked | Error::SessionEnded) => {}
                Err(error) => app.fail(&error),
            }
        });
    });
    let body = move || match person.get() {
        None => view! { <p class="muted">{tr!(list.loading)}</p> }.into_any(),
        Some(person) => untrack(|| facts(&person)),
    };
    let edit = move || {
        let person = person.get().filter(|person| person.actions.contains(&MemberAction::PutProfile))?;
        Some(view! {
            <button type="button" class="button primary" on:click=move |_| app.open(Dialog::EditProfile(Arc::clone(&person)))>
                {icon("pencil")}<span>{tr!(directory.edit_profile)}</span>
            </button>
        })
    };
    let content = view! {
        <div class="dialog-form">
            <div class="dialog-body person-body">{body}</div>
            <footer>
                <div class="buttons">
                    <button type="button" class="button" on:click=move |_| app.close()>{tr!(action.close)}</button>
                    {edit}
                </div>
            </footer>
        </div>
    };
    dialog(login_name.to_owned(), Width::Wide, content.into_any())
}

fn facts(person: &PersonView) -> AnyView {
    let row = &person.row;
    let damaged = person.fault.map(|fault| {
        view! {
            <div class="note bad" role="alert">{icon("shield-alert")}<p>{tr!(directory.damaged, fault = explain_fault(fault))}</p></div>
        }
    });
    let profile = &person.profile;
    let text = |text: &Option<String>| text.clone().unwrap_or_default();
    let mut own = vec![
        (tr!(directory.full_name).to_owned(), profile.full_name.clone()),
        (tr!(field.description).to_owned(), text(&profile.description)),
        (tr!(directory.email).to_owned(), profile.email.clone()),
        (tr!(directory.telephone).to_owned(), profile.telephone.clone()),
    ];
    let named = |fields: &Option<Vec<ProfileField>>| {
        fields.iter().flatten().map(|field| (field.label.clone(), field.value.clone())).collect::<Vec<_>>()
    };
    own.extend(named(&profile.phones));
    own.push((tr!(field.department).to_owned(), profile.department.clone()));
    own.push((tr!(field.location).to_owned(), text(&profile.location)));
    own.extend(named(&profile.fields));
    own.push((tr!(directory.external_id).to_owned(), text(&profile.external_id)));
    own.push((tr!(directory.external_id_type).to_owned(), text(&profile.external_id_type)));
    own.push((tr!(directory.uuid).to_owned(), text(&profile.uuid)));
    let own: Vec<_> = own.into_iter().filter(|(_, text)| !text.is_empty()).collect();
    let written = person.version.map(|version| {
        let version = number(version.0);
        view! { <p class="muted">{tr!(directory.written, author = person.author.clone(), version = version)}</p> }
    });
    let none = own.is_empty().then(|| view! { <p class="muted">{tr!(directory.no_profile)}</p> });
    let kind = if row.service.is_some() { tr!(services.one) } else { tr!(people.person) };
    let state = match row.state {
        MemberState::Active => tr!(directory.active),
        MemberState::Suspended => tr!(people.suspended),
        MemberState::Removed => tr!(people.removed),
        MemberState::Expired => tr!(services.expired),
        MemberState::Made => tr!(made.waiting),
        MemberState::Keyless => tr!(made.keyless),
    };
    let groups = person.groups.iter().map(|group| group.name.clone()).collect::<Vec<_>>().join(", ");
    let keys = match &row.made_by {
        Some(maker) => tr!(made.made_by, name = maker.clone()),
        None if person.has_keys => tr!(directory.keys_there).to_owned(),
        None if row.state == MemberState::Removed => tr!(directory.keys_gone).to_owned(),
        None => tr!(made.no_keys).to_owned(),
    };
    let chain = vec![
        (tr!(services.name).to_owned(), row.login_name.clone()),
        (tr!(people.role).to_owned(), row.role.map(|role| role_name(role).to_owned()).unwrap_or_default()),
        (tr!(directory.kind).to_owned(), kind.to_owned()),
        (tr!(directory.state).to_owned(), state.to_owned()),
        (tr!(directory.groups).to_owned(), groups),
        (tr!(directory.vaults).to_owned(), explain_grants(&row.grants)),
        (tr!(directory.keys).to_owned(), keys),
        (tr!(directory.created).to_owned(), moment(millis(person.created))),
        (tr!(directory.updated).to_owned(), moment(millis(person.updated))),
    ];
    view! {
        {damaged}
        <h3>{tr!(directory.by_team)}</h3>
        {list(chain)}
        <h3>{tr!(directory.by_themselves)}</h3>
        {none}
        {list(own)}
        {written}
    }
    .into_any()
}

fn list(rows: Vec<(String, String)>) -> AnyView {
    let rows = rows.into_iter().filter(|(_, text)| !text.is_empty());
    let rows: Vec<_> = rows.map(|(label, text)| view! { <div><dt>{label}</dt><dd>{text}</dd></div> }).collect();
    (!rows.is_empty()).then(|| view! { <dl class="person-facts">{rows}</dl> }).into_any()
}
