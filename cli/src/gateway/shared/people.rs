//! Members: found, made, disabled, enabled, removed. What the caller may do about them its role in the team says.

use super::named::Named;
use crate::{engine::Open, failure::Failure};
use sealward_client::{
    error::Error,
    model::{Payload, ProfileDetails, SecretText},
    service::ServiceToken,
    session::{Device, MemberListed, NewPerson, NewService},
};
use sealward_contract::{
    chain::{MemberState, ServiceScope, ServiceTerms},
    host::Host,
    ids::{MemberId, Timestamp},
    text::LoginName,
};

/// All members who were not removed, in the order of their numbers.
#[must_use]
pub fn members(session: &Open) -> Vec<MemberListed> {
    let all = session.members().into_iter();
    all.filter(|member| member.state != MemberState::Removed).collect()
}

/// A member who was not removed.
///
/// # Errors
/// [`Failure::NotFound`].
pub fn member(session: &Open, named: Named) -> Result<MemberListed, Failure> {
    let fits = |member: &MemberListed| match named {
        Named::Number(number) => member.number == number,
        Named::Id(id) => member.member == MemberId(id.0),
    };
    members(session).into_iter().find(fits).ok_or(Failure::NotFound)
}

/// A member by the login name.
///
/// # Errors
/// [`Failure::NotFound`].
pub fn member_by_login_name(session: &Open, login_name: &str) -> Result<MemberListed, Failure> {
    let login_name = LoginName::parse(login_name).map_err(|_| Failure::NotFound)?;
    members(session).into_iter().find(|member| member.login_name == login_name).ok_or(Failure::NotFound)
}

/// What a member is called where people read it: the name in its profile, else the login name.
#[must_use]
pub fn name_of(session: &Open, member: &MemberId) -> String {
    let listed = session.find_member(member);
    let named = listed.map(|listed| match listed.full_name() {
        "" => listed.login_name.to_string(),
        name => name.to_owned(),
    });
    named.unwrap_or_default()
}

/// Makes a person a member with keys of this machine's making, and writes their profile: both or neither.
///
/// # Errors
/// [`Failure::Invalid`] where the login name is taken or the profile breaks a rule; [`Failure::Refused`] where the caller
/// does not manage people; others.
pub async fn create_person(
    session: &Open,
    login_name: LoginName,
    password: SecretText,
    profile: &ProfileDetails,
) -> Result<Device, Failure> {
    // A rule that it breaks is found before anybody is made a member.
    profile.to_bytes().map_err(Error::from)?;
    let new = NewPerson { login_name: login_name.clone(), password, grants: Vec::new() };
    let device = session.admit_person(&new).await?;
    let member = member_by_login_name(session, login_name.as_str())?.member;
    describe(session, member, profile).await?;
    Ok(device)
}

/// Makes a service a member that has no role in a vault yet, and writes its profile: both or neither.
///
/// # Errors
/// As [`create_person`].
pub async fn create_service(
    session: &Open,
    login_name: LoginName,
    hosts: Vec<Host>,
    expires: Option<Timestamp>,
    profile: &ProfileDetails,
) -> Result<ServiceToken, Failure> {
    profile.to_bytes().map_err(Error::from)?;
    let terms = ServiceTerms { expires, hosts, scope: ServiceScope::Roles, vault: None };
    let token = session.admit_service(&NewService { login_name, terms, grants: Vec::new() }).await?;
    describe(session, token.member(), profile).await?;
    Ok(token)
}

/// Writes the first profile of a new member, who does not stay without one.
async fn describe(session: &Open, member: MemberId, profile: &ProfileDetails) -> Result<(), Failure> {
    if let Err(error) = session.write_profile(member, None, profile).await {
        // Where this fails too, the next call finds the login name taken.
        drop(session.remove_member(member).await);
        return Err(error.into());
    }
    Ok(())
}
