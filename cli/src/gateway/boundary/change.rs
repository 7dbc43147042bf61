//! Accounts made, changed and deleted, and their passwords.

use super::{
    account, errors,
    fields::{Body, Change},
    ids,
};
use crate::{
    engine::Open,
    gateway::{
        exchange::Answer,
        kits::Kits,
        members::{self, NewPerson, Passwords, Person, SecretKey, Unchanged},
        reading::Stop,
        shared::Gateway,
    },
};
use http::StatusCode;
use sealward_client::{
    error::Error,
    model::{ProfileDetails, SecretText},
};
use sealward_contract::{policy::MemberAction, text::LoginName};
use serde_json::Value;

/// Characters of a password at least: the product's own default of `min_password_length`.
const SHORTEST: usize = 8;

/// The account of an id.
pub fn find(session: &Open, id: &str) -> Result<Person, Stop> {
    let found = ids::read_account(id).and_then(|number| members::find(session, number));
    found.filter(|person| person.is_login() && !person.is_removed()).ok_or_else(|| errors::not_found().into())
}

/// An account as it is now, with its new Secret Key where one was made.
pub fn show(session: &Open, person: &Person, secret_key: Option<&str>) -> Result<Answer, Stop> {
    let person = members::find(session, person.listed.number).ok_or_else(errors::not_found)?;
    let mut shown = account::shown(&session.team(), &person);
    if let (Some(fields), Some(key)) = (shown.as_object_mut(), secret_key) {
        fields.insert("secret_key".to_owned(), Value::String(key.to_owned()));
    }
    Ok(Answer::json(StatusCode::OK, &shown))
}

/// Makes an account.
pub async fn create(session: &Open, kits: &Kits, body: &[u8]) -> Result<Answer, Stop> {
    let team = session.team();
    let mut body = Body::read(body)?;
    let auth_method = body.change("auth_method_id").text();
    match auth_method.as_deref() {
        None => body.blame("auth_method_id", "Invalid formatted identifier."),
        Some(id) if id != ids::of_auth_method(&team) => return Err(errors::not_found().into()),
        Some(_) => {}
    }
    check_type(&mut body);
    let (name, description) = (body.change("name").text(), body.change("description").text());
    let mut attributes = body.inner("attributes");
    let login_name = attributes.change("login_name").text().unwrap_or_default();
    let password = attributes.optional_secret("password");
    let login_name = LoginName::parse(&login_name);
    if login_name.is_err() {
        attributes.blame("login_name", "This must be a name without blanks that nobody else has.");
    }
    body.end_inner("attributes", attributes);
    body.end()?;
    let login_name = login_name.map_err(|_| errors::not_found())?;
    if !members::may_create(session) {
        return Err(errors::forbidden().into());
    }
    if let Some(password) = &password {
        check_length("attributes.password", password)?;
    }
    check_name(session, None, name.as_deref())?;
    let mut profile = ProfileDetails::default();
    let has_profile = name.is_some() || description.is_some();
    profile.full_name = name.unwrap_or_else(|| login_name.to_string());
    profile.description = description;
    let profile = has_profile.then_some(profile);
    let made = members::create(session, kits, NewPerson { login_name, profile, password }).await?;
    show(session, &made.person, made.secret_key.as_ref().map(SecretKey::expose))
}

/// Changes name and description.
pub async fn update(session: &Open, id: &str, body: &[u8]) -> Result<Answer, Stop> {
    let person = find(session, id)?;
    let mut body = Body::read(body)?;
    let version = body.version();
    check_type(&mut body);
    let (name, description) = (body.change("name"), body.change("description"));
    let mut attributes = body.inner("attributes");
    let login_name = attributes.change("login_name");
    let same =
        matches!(&login_name, Change::To(text) if LoginName::parse(text).as_ref() == Ok(&person.listed.login_name));
    if login_name != Change::None && !same {
        attributes.blame("login_name", "The login name stands in the team's history and stays as it is.");
    }
    body.end_inner("attributes", attributes);
    if name == Change::None && description == Change::None && !same {
        body.blame("update_mask", "UpdateMask not provided but is required to update this resource.");
    }
    body.end()?;
    if !person.may(MemberAction::PutProfile) {
        return Err(errors::forbidden().into());
    }
    check_version(&person, version, id)?;
    if let Change::To(name) = &name {
        check_name(session, Some(&person), Some(name))?;
    }
    let mut profile = person.profile();
    match name {
        Change::None => {}
        Change::Unset => profile.full_name = person.listed.login_name.to_string(),
        Change::To(name) => profile.full_name = name,
    }
    match description {
        Change::None => {}
        Change::Unset => profile.description = None,
        Change::To(text) => profile.description = Some(text),
    }
    members::write(session, &person, &profile).await.map_err(|error| stale(error, id))?;
    show(session, &person, None)
}

/// Deletes an account.
pub async fn delete(session: &Open, id: &str) -> Result<Answer, Stop> {
    let person = find(session, id)?;
    if !person.may(MemberAction::RemoveMember) {
        return Err(errors::forbidden().into());
    }
    session.remove_member(person.listed.member).await?;
    Ok(Answer::empty(StatusCode::NO_CONTENT))
}

/// Sets a password without the one before.
pub async fn set_password(session: &Open, kits: &Kits, id: &str, body: &[u8]) -> Result<Answer, Stop> {
    let person = find(session, id)?;
    let mut body = Body::read(body)?;
    let (version, password) = (body.version(), body.secret("password"));
    body.end()?;
    if !person.may_be_managed() {
        return Err(errors::forbidden().into());
    }
    check_version(&person, version, id)?;
    check_length("password", &password)?;
    let secret_key = members::set_password(session, kits, &person, &password).await.map_err(|error| match error {
        Error::Recovery(_) => unset(),
        Error::NotAllowed => guarded(),
        error => stale(error, id),
    })?;
    show(session, &person, Some(secret_key.expose()))
}

/// Sets a password with the one before.
pub async fn change_password(
    gateway: &Gateway,
    session: &Open,
    kits: &Kits,
    id: &str,
    body: &[u8],
) -> Result<Answer, Stop> {
    let person = find(session, id)?;
    let mut body = Body::read(body)?;
    let version = body.version();
    let (current, new) = (body.secret("current_password"), body.secret("new_password"));
    let secret_key = body.optional_secret("secret_key");
    body.end()?;
    if !person.may_be_managed() {
        return Err(errors::forbidden().into());
    }
    check_version(&person, version, id)?;
    check_length("new_password", &new)?;
    let passwords = Passwords { current, new, secret_key };
    match members::change_password(gateway, kits, session, &person, passwords).await {
        Ok(key) => show(session, &person, key.as_ref().map(SecretKey::expose)),
        Err(Unchanged::SecretKeyNeeded) => {
            let why = "This is a required field here: the Secret Key from the member's kit, which this gateway does not hold.";
            Err(errors::invalid(&[("secret_key", why)]).into())
        }
        Err(Unchanged::WrongSecretKey) => Err(errors::invalid(&[("secret_key", "It is not this account's.")]).into()),
        Err(Unchanged::WrongPassword) => {
            Err(errors::invalid(&[("current_password", "It is not this account's.")]).into())
        }
        Err(Unchanged::Failed(failure)) => Err(failure.into()),
    }
}

/// Whoever makes somebody's keys could open with them what the member opens.
fn guarded() -> Stop {
    let why = "This member has roles in vaults: a custodian of each of them sets the password, and a service is none.";
    errors::precondition(why).into()
}

/// Nobody but themselves, and whoever they agreed to be recovered by, comes by somebody's keys.
fn unset() -> Stop {
    let why = "This member has keys of their own, and agreed to no recovery that this token could carry out alone: \
               they change their password themselves, or are recovered by the team's trustees.";
    errors::precondition(why).into()
}

fn check_type(body: &mut Body) {
    if body.change("type").text().is_some_and(|kind| kind != "password") {
        body.blame("type", "The accounts of this auth method are of the type password.");
    }
}

fn check_version(person: &Person, version: u64, id: &str) -> Result<(), Stop> {
    if person.listed.version == version { Ok(()) } else { Err(errors::wrong_version(id).into()) }
}

/// A password that is to be has a length, as the product asks for by default.
fn check_length(field: &str, password: &SecretText) -> Result<(), Stop> {
    if password.expose().chars().count() >= SHORTEST {
        return Ok(());
    }
    let why = format!("Password is too short: at least {SHORTEST} characters.");
    Err(errors::invalid(&[(field, why.as_str())]).into())
}

/// One account of a name.
fn check_name(session: &Open, own: Option<&Person>, name: Option<&str>) -> Result<(), Stop> {
    let Some(name) = name else { return Ok(()) };
    let others = members::list(session);
    let mut others = others
        .iter()
        .filter(|other| !other.is_removed() && own.is_none_or(|own| own.listed.member != other.listed.member));
    if others.any(|other| other.name() == Some(name)) { Err(errors::not_unique("name").into()) } else { Ok(()) }
}

/// Who is changed by somebody else meanwhile is no longer at the version that was named.
fn stale(error: Error, id: &str) -> Stop {
    match error {
        Error::StaleVersion => errors::wrong_version(id).into(),
        error => error.into(),
    }
}
