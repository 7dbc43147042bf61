//! Users: persons made with a password, and API users made with a token; locked, unlocked, deleted.

use super::{
    answers::{Fault, success, success_with},
    input::{Secret, Text},
    resources::{built_in, unknown_policy},
};
use crate::{
    engine::Open,
    gateway::{
        exchange::Answer,
        shared::{named::Named, people},
    },
};
use sealward_client::{
    error::Error,
    kit::EmergencyKit,
    model::{Day, ProfileDetails, ProfileField},
};
use sealward_contract::{host::Host, ids::Timestamp, policy, text::LoginName};
use serde::{Deserialize, Serialize};

const DAY: u64 = 24 * 60 * 60 * 1_000;

/// A user as INPUT_DATA describes one; which fields must be there depends on the kind.
#[derive(Default, Deserialize)]
#[serde(rename_all = "UPPERCASE", default)]
pub struct UserGiven {
    username: Text,
    firstname: Text,
    lastname: Text,
    fullname: Text,
    email: Text,
    password: Option<Secret>,
    policy: Text,
    role: Text,
    issuperadmin: Text,
    department: Text,
    location: Text,
    enablemobileaccess: Text,
    enableaddonaccess: Text,
    landline_countrycode: Text,
    landline: Text,
    landline_ext: Text,
    mobile_countrycode: Text,
    mobile: Text,
    phonefactor_username: Text,
    rsausername: Text,
    enabletwofactor: Text,
    primarycontact: Text,
    isapiuser: Text,
    hostname: Text,
    expirydate: Text,
}

#[derive(Serialize)]
struct Key<'a> {
    #[serde(rename = "USERID")]
    id: String,
    #[serde(rename = "SECRETKEY")]
    secret_key: &'a str,
}

#[derive(Serialize)]
struct Token<'a> {
    #[serde(rename = "USERID")]
    id: String,
    #[serde(rename = "AUTHTOKEN")]
    token: &'a str,
}

fn is_true(text: &Text) -> bool {
    text.0.trim().eq_ignore_ascii_case("true")
}

/// P15 and P16.
pub async fn create(session: &Open, name: &str, mut given: UserGiven) -> Result<Answer, Fault> {
    let own = session.member();
    let manages = session.chain().is_some_and(|chain| policy::manages_people(&chain, &own));
    if !manages {
        return Err(Error::NotAllowed.into());
    }
    let login_name = LoginName::parse(&given.username.0).map_err(|_| Error::LoginName)?;
    check_role(&given)?;
    // It is for the passwords that follow; the first one is replaced when the user first signs in.
    if !given.policy.0.is_empty() && built_in(&given.policy.0).is_none() {
        return Err(unknown_policy(&given.policy.0));
    }
    let profile = profile(&given);
    let message = "User Created Successfully";
    if is_true(&given.isapiuser) {
        let hosts = read_hosts(&given.hostname.0)?;
        let expires = read_expiry(&given.expirydate.0)?;
        if expires.is_some_and(|expires| expires <= session.surroundings().now()) {
            return Err(Fault::said("EXPIRYDATE is over"));
        }
        let token = people::create_service(session, login_name.clone(), hosts, expires, &profile).await?;
        let id = people::member_by_login_name(session, login_name.as_str())?.number.0.to_string();
        return Ok(success_with(name, message, Token { id, token: &token.expose() }));
    }
    if is_true(&given.enabletwofactor) {
        return Err(Fault::said(
            "ENABLETWOFACTOR: a second factor is asked for by the team's policy, not for one user",
        ));
    }
    let password = given.password.take().map(Secret::into_text).filter(|password| !password.is_empty());
    let password = password.ok_or_else(|| Fault::said("PASSWORD is missing: the first password of the user"))?;
    let device = people::create_person(session, login_name.clone(), password, &profile).await?;
    let id = people::member_by_login_name(session, login_name.as_str())?.number.0.to_string();
    let kit = EmergencyKit {
        team: device.team,
        secret_key: device.secret_key,
        origin: device.origin,
        login_name: device.login_name.to_string(),
    };
    let code = kit.code();
    Ok(success_with(name, message, Key { id, secret_key: &code }))
}

/// What a user is in the team is given by an owner, once the user has keys of their own.
fn check_role(given: &UserGiven) -> Result<(), Fault> {
    let role = given.role.0.trim();
    if !role.is_empty() && !role.eq_ignore_ascii_case("Password User") {
        return Err(Fault::said(format!(
            "ROLE {role}: users are made as Password User. An owner of the team gives them more afterwards"
        )));
    }
    if is_true(&given.issuperadmin) {
        return Err(Fault::said("ISSUPERADMIN: an API user is custodian of no vault, and makes nobody one"));
    }
    Ok(())
}

fn read_hosts(text: &str) -> Result<Vec<Host>, Fault> {
    let named = text.split([',', ';', ' ']).filter(|host| !host.is_empty());
    let hosts: Result<Vec<Host>, _> = named.map(Host::parse).collect();
    let mut hosts = hosts.map_err(|_| Fault::said("HOSTNAME is no host name, address or network"))?;
    hosts.sort();
    hosts.dedup();
    if hosts.is_empty() { Err(Fault::said("HOSTNAME is missing")) } else { Ok(hosts) }
}

/// The end of the last day, in UTC.
fn read_expiry(text: &str) -> Result<Option<Timestamp>, Fault> {
    let text = text.trim();
    if text.is_empty() || text.eq_ignore_ascii_case("NeverExpires") {
        return Ok(None);
    }
    let day = Day::parse(text).and_then(|day| u64::try_from(day.0).ok());
    let day = day.ok_or_else(|| Fault::said("EXPIRYDATE is a day as in 2030-12-31, or NeverExpires"))?;
    Ok(Some(Timestamp((day + 1) * DAY)))
}

fn profile(given: &UserGiven) -> ProfileDetails {
    let full_name = match given.fullname.0.trim() {
        "" => format!("{} {}", given.firstname.0, given.lastname.0).trim().to_owned(),
        name => name.to_owned(),
    };
    let full_name = if full_name.is_empty() { given.username.0.clone() } else { full_name };
    let number = |country: &Text, number: &Text, extension: Option<&Text>| {
        let extension = extension.map(|Text(text)| text.trim()).filter(|text| !text.is_empty());
        let extension = extension.map(|extension| format!("ext. {extension}")).unwrap_or_default();
        (!number.0.trim().is_empty())
            .then(|| format!("{} {} {extension}", country.0.trim(), number.0.trim()).trim().to_owned())
    };
    let field = |label: &str, value: String| ProfileField { label: label.to_owned(), value };
    let landline = number(&given.landline_countrycode, &given.landline, Some(&given.landline_ext));
    let landline = landline.map(|number| field("Landline", number));
    let mobile = number(&given.mobile_countrycode, &given.mobile, None).map(|number| field("Mobile", number));
    let mobile_first = given.primarycontact.0.trim().eq_ignore_ascii_case("mobile");
    let both = if mobile_first { [mobile, landline] } else { [landline, mobile] };
    let mut phones: Vec<ProfileField> = both.into_iter().flatten().collect();
    let telephone = if phones.is_empty() { String::new() } else { phones.remove(0).value };
    let fields = [
        ("POLICY", &given.policy),
        ("PHONEFACTOR_USERNAME", &given.phonefactor_username),
        ("RSAUSERNAME", &given.rsausername),
        ("ENABLEMOBILEACCESS", &given.enablemobileaccess),
        ("ENABLEADDONACCESS", &given.enableaddonaccess),
        ("PRIMARYCONTACT", &given.primarycontact),
    ];
    let kept = fields.into_iter().filter(|(_, Text(value))| !value.trim().is_empty());
    let fields: Vec<ProfileField> = kept.map(|(label, Text(value))| field(label, value.clone())).collect();
    ProfileDetails {
        full_name,
        email: given.email.0.trim().to_owned(),
        telephone,
        department: given.department.0.clone(),
        location: Some(given.location.0.clone()).filter(|location| !location.is_empty()),
        phones: Some(phones).filter(|phones| !phones.is_empty()),
        fields: Some(fields).filter(|fields| !fields.is_empty()),
        ..ProfileDetails::default()
    }
}

/// P19.
pub async fn delete(session: &Open, name: &str, user: Named) -> Result<Answer, Fault> {
    let member = people::member(session, user)?;
    let called = people::name_of(session, &member.member);
    session.remove_member(member.member).await?;
    Ok(success(name, &format!("User {called} deleted Successfully")))
}

#[derive(Serialize)]
struct Id {
    #[serde(rename = "USERID")]
    id: String,
}

/// A user's number by the login name.
pub fn find(session: &Open, name: &str, login_name: Option<&str>) -> Result<Answer, Fault> {
    let member = people::member_by_login_name(session, named(login_name)?)?;
    let id = Id { id: member.number.0.to_string() };
    Ok(success_with(name, "User ID fetched successfully", id))
}

/// Locks a user, or unlocks one.
pub async fn lock(session: &Open, name: &str, login_name: Option<&str>, locked: bool) -> Result<Answer, Fault> {
    let member = people::member_by_login_name(session, named(login_name)?)?;
    let called = member.login_name.to_string();
    if locked {
        session.suspend_member(member.member).await?;
        return Ok(success(name, &format!("User {called} locked successfully")));
    }
    session.resume_member(member.member).await?;
    Ok(success(name, &format!("User {called} unlocked successfully")))
}

fn named(login_name: Option<&str>) -> Result<&str, Fault> {
    login_name.filter(|name| !name.is_empty()).ok_or_else(|| Fault::said("USERNAME is missing"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_day_of_expiry_is_good_to_its_end() {
        assert_eq!(read_expiry("2026-11-21").ok(), Some(Some(Timestamp(1_795_305_600_000))));
        assert_eq!(read_expiry("NeverExpires").ok(), Some(None));
        assert_eq!(read_expiry("").ok(), Some(None));
        assert!(read_expiry("yyyy-mm-dd").is_err());
    }

    #[test]
    fn telephones_and_names_go_into_the_profile() {
        let text = |text: &str| Text(text.to_owned());
        let given = UserGiven {
            username: text("jason"),
            firstname: text("Jason"),
            lastname: text("Thomas"),
            landline_countrycode: text("+1"),
            landline: text("925-965-9647"),
            landline_ext: text("4675"),
            mobile_countrycode: text("+1"),
            mobile: text("925-965-9648"),
            primarycontact: text("mobile"),
            rsausername: text("jason2"),
            ..UserGiven::default()
        };
        let made = profile(&given);
        assert_eq!((made.full_name.as_str(), made.telephone.as_str()), ("Jason Thomas", "+1 925-965-9648"));
        let phones: Vec<_> = made.phones.unwrap().into_iter().map(|phone| (phone.label, phone.value)).collect();
        assert_eq!(phones, [("Landline".to_owned(), "+1 925-965-9647 ext. 4675".to_owned())]);
        let fields: Vec<_> = made.fields.unwrap().into_iter().map(|field| (field.label, field.value)).collect();
        let field = |label: &str, value: &str| (label.to_owned(), value.to_owned());
        assert_eq!(fields, [field("RSAUSERNAME", "jason2"), field("PRIMARYCONTACT", "mobile")]);
    }
}
