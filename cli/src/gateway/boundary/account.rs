//! An account of this dialect: how a person signs in.

use super::ids;
use crate::gateway::{members::Person, shared::time::written};
use sealward_contract::{
    ids::{TeamId, Timestamp},
    policy::MemberAction,
};
use serde_json::{Map, Value, json};

/// An account as it is shown. The name is there once it is set, and so is the description.
pub fn shown(team: &TeamId, person: &Person) -> Value {
    let listed = &person.listed;
    let mut account = Map::new();
    let mut put = |name: &str, value: Value| account.insert(name.to_owned(), value);
    put("id", ids::of_account(listed.number).into());
    put("scope", scope());
    if let Some(name) = person.name() {
        put("name", name.into());
    }
    if let Some(description) = person.description() {
        put("description", description.into());
    }
    put("created_time", time(listed.created).into());
    put("updated_time", time(listed.updated).into());
    put("version", listed.version.into());
    put("type", "password".into());
    put("auth_method_id", ids::of_auth_method(team).into());
    put("attributes", json!({ "login_name": listed.login_name.as_str() }));
    put("authorized_actions", actions(person).into());
    Value::Object(account)
}

/// The team's auth method, of which there is one: by password and Secret Key.
pub fn auth_method(team: &TeamId) -> Value {
    json!({
        "id": ids::of_auth_method(team),
        "scope_id": "global",
        "scope": scope(),
        "name": "password",
        "type": "password",
        "is_primary": true,
        "authorized_actions": ["no-op", "read"],
    })
}

fn scope() -> Value {
    json!({ "id": "global", "type": "global", "name": "global", "description": "Global Scope" })
}

/// What the caller may do about it. Whoever can name the present password may change it, where a password could be set.
fn actions(person: &Person) -> Vec<&'static str> {
    let mut actions = vec!["no-op", "read"];
    if person.may(MemberAction::PutProfile) {
        actions.push("update");
    }
    if person.may(MemberAction::RemoveMember) {
        actions.push("delete");
    }
    if person.may_have_password_set() {
        actions.push("set-password");
    }
    if person.may_change_password() {
        actions.push("change-password");
    }
    actions
}

/// `2022-04-05T09:24:54.263583Z`
fn time(time: Timestamp) -> String {
    written(time, "%Y-%m-%dT%H:%M:%S.%6fZ")
}
