//! Accounts made, changed, disabled, enabled and removed.

use super::{account, errors, place::Base};
use crate::{
    engine::Open,
    gateway::{
        exchange::Answer,
        kits::Kits,
        members::{self, NewPerson, Person},
        reading::{Fields, Stop, object},
    },
};
use http::{StatusCode, header};
use sealward_client::model::ProfileDetails;
use sealward_contract::{chain::TeamRole, ids::Number, policy::MemberAction, text::LoginName};
use serde_json::Value;

/// Kinds that there are.
const KINDS: [&str; 7] = ["user", "admin", "superadmin", "project", "agent", "registeredAgent", "service"];

/// The account of an id; those that were removed stay readable.
pub fn find(session: &Open, id: &str) -> Result<Person, Stop> {
    let number = id.parse().map_err(|_| errors::not_found())?;
    Ok(members::find(session, Number(number)).ok_or_else(errors::not_found)?)
}

/// Shows an account as it is now.
pub fn show(session: &Open, base: &Base, person: &Person, status: StatusCode) -> Result<Answer, Stop> {
    let person = members::find(session, person.listed.number).ok_or_else(errors::not_found)?;
    Ok(Answer::json(status, &account::shown(base, &person)))
}

/// What a body says of an account; a field that is `null` says nothing, and unknown ones are passed over.
struct Wanted {
    fields: Fields,
}

impl Wanted {
    fn read(body: &[u8]) -> Result<Self, Stop> {
        object(body).map(|fields| Self { fields }).map_err(|_| errors::invalid_body().into())
    }

    /// A text: `None` where it is not named, and an empty one where it is `null`.
    fn text(&self, name: &str) -> Result<Option<String>, Stop> {
        match self.fields.get(name) {
            None => Ok(None),
            Some(Value::Null) => Ok(Some(String::new())),
            Some(Value::String(text)) => Ok(Some(text.trim().to_owned())),
            Some(_) => Err(errors::of_field("InvalidType", name, "A text was expected").into()),
        }
    }

    /// Writes what is named into a profile; tells whether that was anything.
    fn describe(&self, profile: &mut ProfileDetails, login_name: &str, with_uuid: bool) -> Result<bool, Stop> {
        let before = profile.clone();
        if let Some(name) = self.text("name")? {
            profile.full_name = if name.is_empty() { login_name.to_owned() } else { name };
        }
        let filled = |text: String| Some(text).filter(|text| !text.is_empty());
        if let Some(text) = self.text("description")? {
            profile.description = filled(text);
        }
        if let Some(text) = self.text("externalId")? {
            profile.external_id = filled(text);
        }
        if let Some(text) = self.text("externalIdType")? {
            profile.external_id_type = filled(text);
        }
        if with_uuid && let Some(text) = self.text("uuid")? {
            profile.uuid = filled(text);
        }
        Ok(*profile != before)
    }
}

/// Makes an account: a member without keys, who is enabled.
pub async fn create(session: &Open, base: &Base, body: &[u8]) -> Result<Answer, Stop> {
    let wanted = Wanted::read(body)?;
    match wanted.text("kind")?.as_deref() {
        None | Some("" | "user") => {}
        Some(_) => {
            return Err(errors::of_field("InvalidOption", "kind", "Accounts of the kind user can be made").into());
        }
    }
    let named = wanted.text("loginName")?.filter(|name| !name.is_empty());
    let number = members::list(session).iter().map(|person| person.listed.number.0).max().unwrap_or_default() + 1;
    let login_name = LoginName::parse(&named.unwrap_or_else(|| format!("rancher-{number}")))
        .map_err(|_| errors::of_field("InvalidFormat", "loginName", "A name without blanks was expected"))?;
    if !members::may_create(session) {
        return Err(errors::forbidden().into());
    }
    let mut profile = ProfileDetails { full_name: login_name.to_string(), ..Default::default() };
    let has_profile = wanted.describe(&mut profile, login_name.as_str(), true)?;
    if let Some(uuid) = &profile.uuid {
        let others = members::list(session);
        if others.iter().any(|other| !other.is_removed() && account::uuid(other) == *uuid) {
            return Err(errors::of_field("NotUnique", "uuid", "Another account has this uuid").into());
        }
    }
    let new = NewPerson { login_name, profile: has_profile.then_some(profile), password: None };
    let made = members::create(session, &Kits::default(), new).await?;
    let at = base.of(&format!("accounts/{}", made.person.listed.number.0));
    Ok(show(session, base, &made.person, StatusCode::CREATED)?.with(header::LOCATION, &at))
}

/// Changes an account.
pub async fn update(session: &Open, base: &Base, id: &str, body: &[u8]) -> Result<Answer, Stop> {
    let person = find(session, id)?;
    let wanted = Wanted::read(body)?;
    if person.is_removed() {
        return Err(errors::action_not_available("update").into());
    }
    let rev = wanted.fields.get("rev").and_then(Value::as_u64);
    if rev.is_some_and(|rev| rev != person.listed.version) {
        return Err(errors::conflict().into());
    }
    let kind = wanted.text("kind")?.filter(|kind| !kind.is_empty());
    let mut profile = person.profile();
    let describes = wanted.describe(&mut profile, person.listed.login_name.as_str(), false)?;
    match kind.as_deref() {
        None => {}
        Some(kind) if kind == account::kind(&person) => {}
        Some(kind) if !KINDS.contains(&kind) => {
            return Err(errors::of_field("InvalidOption", "kind", "There is no such kind").into());
        }
        Some(_) if describes => {
            // One call is one step: neither is done without the other.
            return Err(errors::of_field("InvalidOption", "kind", "The kind is changed by a call of its own").into());
        }
        Some("admin") => {
            check_managed(session, &person)?;
            session.set_team_role(person.listed.member, TeamRole::Administrator).await?;
        }
        Some("user") => {
            check_managed(session, &person)?;
            session.set_team_role(person.listed.member, TeamRole::Member).await?;
        }
        Some(_) => {
            return Err(errors::of_field("InvalidOption", "kind", "An account does not become one of this kind").into());
        }
    }
    if !person.may(MemberAction::PutProfile) {
        return Err(errors::forbidden().into());
    }
    if describes {
        members::write(session, &person, &profile).await?;
    }
    show(session, base, &person, StatusCode::OK)
}

/// Takes an action.
pub async fn act(session: &Open, base: &Base, id: &str, action: &str, body: &[u8]) -> Result<Answer, Stop> {
    let person = find(session, id)?;
    let member = person.listed.member;
    match action {
        "update" => return update(session, base, id, body).await,
        "remove" => return remove(session, base, id).await,
        "activate" | "deactivate" => {}
        _ => return Err(errors::invalid_action(action).into()),
    }
    let is_active = account::state(&person) == "active";
    let wants_active = action == "activate";
    if person.is_removed() || is_active == wants_active {
        return Err(errors::action_not_available(action).into());
    }
    check_managed(session, &person)?;
    if wants_active {
        // Of a service whose time is over an owner or administrator changes the terms.
        if !person.may(MemberAction::ResumeMember) {
            return Err(errors::action_not_available(action).into());
        }
        session.resume_member(member).await?;
    } else {
        session.suspend_member(member).await?;
    }
    show(session, base, &person, StatusCode::OK)
}

/// Removes an account, which has to be disabled first.
pub async fn remove(session: &Open, base: &Base, id: &str) -> Result<Answer, Stop> {
    let person = find(session, id)?;
    if person.is_removed() {
        return Err(errors::action_not_available("remove").into());
    }
    check_managed(session, &person)?;
    if account::state(&person) == "active" {
        return Err(errors::action_not_available("remove").into());
    }
    session.remove_member(person.listed.member).await?;
    show(session, base, &person, StatusCode::OK)
}

/// That the caller manages people, that the team keeps an owner, and that the caller manages this one: in this order.
fn check_managed(session: &Open, person: &Person) -> Result<(), Stop> {
    if !members::may_create(session) {
        return Err(errors::forbidden().into());
    }
    if members::is_last_owner(session, person) {
        return Err(errors::last_admin().into());
    }
    if person.may_be_managed() { Ok(()) } else { Err(errors::forbidden().into()) }
}
