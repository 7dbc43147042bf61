//! An account of this dialect: whoever owns things, which is a member of the team.

use super::place::Base;
use crate::gateway::{members::Person, shared::time::written};
use sealward_contract::{
    chain::{MemberKind, MemberState, TeamRole},
    ids::Timestamp,
    policy::MemberAction,
};
use serde_json::{Map, Value, json};

/// The state of an account. Whether it has keys is another matter.
pub fn state(person: &Person) -> &'static str {
    match person.listed.state {
        MemberState::Suspended | MemberState::Expired => "inactive",
        MemberState::Removed => "removed",
        _ => "active",
    }
}

/// The kind of an account.
pub fn kind(person: &Person) -> &'static str {
    match (person.listed.kind(), person.listed.role) {
        (MemberKind::Service, _) => "service",
        (MemberKind::Person, Some(TeamRole::Owner | TeamRole::Administrator)) => "admin",
        (MemberKind::Person, _) => "user",
    }
}

/// Actions that the caller may take in the present state.
pub fn actions(person: &Person) -> Vec<&'static str> {
    let is_active = state(person) == "active";
    let offered = [
        ("activate", person.may(MemberAction::ResumeMember)),
        ("deactivate", is_active && person.may(MemberAction::SuspendMember)),
        ("remove", !is_active && !person.is_removed() && person.may(MemberAction::RemoveMember)),
        ("update", person.may(MemberAction::PutProfile)),
    ];
    offered.into_iter().filter(|(_, may)| *may).map(|(action, _)| action).collect()
}

/// The free text id of an account; the member's own where none was given.
pub fn uuid(person: &Person) -> String {
    let given = person.listed.profile.as_ref().and_then(|profile| profile.details.uuid.clone());
    given.filter(|given| !given.is_empty()).unwrap_or_else(|| person.listed.member.to_string())
}

/// An account as it is shown.
pub fn shown(base: &Base, person: &Person) -> Value {
    let listed = &person.listed;
    let profile = listed.profile.as_ref().map(|profile| &profile.details);
    let text = |text: Option<&String>| text.filter(|text| !text.is_empty()).cloned();
    let id = listed.number.0.to_string();
    let own = base.of(&format!("accounts/{id}"));
    let actions: Map<String, Value> = actions(person)
        .into_iter()
        .map(|action| (action.to_owned(), format!("{own}/?action={action}").into()))
        .collect();
    let removed = person.is_removed().then(|| time(listed.updated));
    let name = person.name().map_or_else(|| listed.login_name.to_string(), str::to_owned);
    json!({
        "id": id,
        "type": "account",
        "baseType": "account",
        "links": { "self": own },
        "actions": actions,
        "name": name,
        "description": person.description(),
        "state": state(person),
        "kind": kind(person),
        "accountId": id,
        "created": time(listed.created),
        "createdTS": listed.created.0,
        "removed": removed,
        "removeTime": null,
        "externalId": text(profile.and_then(|profile| profile.external_id.as_ref())),
        "externalIdType": text(profile.and_then(|profile| profile.external_id_type.as_ref())),
        "uuid": uuid(person),
        "data": {},
        "identity": null,
        "transitioning": "no",
        "transitioningMessage": null,
        "transitioningProgress": null,
        "loginName": listed.login_name.as_str(),
        "rev": listed.version,
    })
}

/// `2022-04-05T09:24:54Z`
fn time(time: Timestamp) -> String {
    written(time, "%Y-%m-%dT%H:%M:%SZ")
}
