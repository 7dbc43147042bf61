//! Members: listed, made, suspended, resumed, removed, invited.

use super::{Answer, find};
use crate::{
    engine::Open,
    failure::Failure,
    fault::Fault,
    strength,
    views::{GrantView, Hidden, MemberView, NewMemberView},
};
use sealward_client::{
    error::Error,
    generate::PasswordRecipe,
    kit::EmergencyKit,
    model::SecretText,
    session::{MemberListed, NewPerson},
};
use sealward_contract::{
    chain::{MemberKind, VaultGrant, VaultRole},
    ids::{MemberId, Number},
    limits,
    text::LoginName,
};
use serde::{Deserialize, Serialize};

/// Where a link of an invitation leads on its server.
const JOIN: &str = "/join";
/// What a first password is made of: it is read from paper and typed.
const FIRST_PASSWORD: PasswordRecipe =
    PasswordRecipe { length: 20, classes: PasswordRecipe::LETTERS_AND_DIGITS, unambiguous: true };

/// A step that changes a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum MemberStep {
    /// It may not act for the time being.
    Disable,
    /// It may act again.
    Enable,
    /// It is no member any more.
    Remove,
}

/// Somebody who is to be made a member.
#[derive(Serialize, Deserialize)]
pub struct NewMember {
    /// The login name.
    pub login_name: String,
    /// The first password; one is made where none is given.
    pub password: Option<Hidden>,
    /// Vaults, and the roles in them.
    pub grants: Vec<(String, String)>,
}

pub(super) fn list(session: &Open) -> Answer {
    Answer::Members(session.members().into_iter().map(show).collect())
}

fn show(member: MemberListed) -> MemberView {
    let grants = member.grants.iter();
    MemberView {
        id: member.member.to_string(),
        number: member.number.0,
        login_name: member.login_name.to_string(),
        full_name: member.full_name().to_owned(),
        kind: match member.kind() {
            MemberKind::Person => "person",
            MemberKind::Service => "service",
        }
        .to_owned(),
        state: word(&member.state),
        role: member.role.map(|role| word(&role)),
        vaults: grants.map(|grant| GrantView { vault: grant.vault.to_string(), role: word(&grant.role) }).collect(),
    }
}

/// The word of a state or role, as the API writes it.
pub(super) fn word(value: &impl Serialize) -> String {
    serde_json::to_value(value).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

/// What a member is called: its login name, or its id where there is none.
pub(super) fn name(session: &Open, member: MemberId) -> String {
    session.find_member(&member).map_or_else(|| member.to_string(), |member| member.login_name.to_string())
}

/// The member that is meant by a number, an id or a login name.
fn find_member(session: &Open, what: &str) -> Result<MemberId, Failure> {
    let (number, id) = (what.strip_prefix('#').unwrap_or(what).parse().ok().map(Number), what.parse::<MemberId>().ok());
    let is_meant = |member: &&MemberListed| {
        Some(member.number) == number || Some(member.member) == id || member.login_name.as_str() == what
    };
    let members = session.members();
    let meant: Vec<MemberId> = members.iter().filter(is_meant).map(|member| member.member).collect();
    match meant.as_slice() {
        [] => Err(Failure::NotFound),
        [only] => Ok(*only),
        // A login name may look like the number of somebody else.
        several => Err(Failure::Ambiguous(several.len())),
    }
}

pub(super) async fn step(session: &Open, what: &str, step: MemberStep) -> Result<Answer, Failure> {
    let member = find_member(session, what)?;
    match step {
        MemberStep::Disable => session.suspend_member(member).await?,
        MemberStep::Enable => session.resume_member(member).await?,
        MemberStep::Remove => session.remove_member(member).await?,
    }
    Ok(Answer::Members(session.find_member(&member).into_iter().map(show).collect()))
}

pub(super) async fn create(session: &Open, new: NewMember) -> Result<Answer, Fault> {
    let login_name = LoginName::parse(&new.login_name).map_err(|_| Error::LoginName)?;
    let made = match &new.password {
        Some(password) => {
            strength::check(&password.0, &[new.login_name.as_str()])?;
            None
        }
        None => {
            let made = session.surroundings().with_randomness(|randomness| FIRST_PASSWORD.make(randomness));
            Some(made.map_err(|fault| Failure::Usage(fault.to_string()))?.text)
        }
    };
    let given = new.password.as_ref().map(|password| SecretText::from(password.0.as_str()));
    let password = given.or_else(|| made.as_ref().map(SecretText::duplicate)).unwrap_or_default();
    let person = NewPerson { login_name, password, grants: grants(session, &new.grants)? };
    let device = session.admit_person(&person).await?;
    let kit = EmergencyKit {
        team: device.team,
        secret_key: device.secret_key,
        origin: device.origin,
        login_name: device.login_name.to_string(),
    };
    Ok(Answer::NewMember(NewMemberView {
        login_name: new.login_name,
        kit: Hidden(kit.to_text()),
        password: made.map(|made| Hidden::of(made.expose())),
    }))
}

pub(super) async fn invite(session: &Open, wanted: &[(String, String)], millis: u64) -> Result<Answer, Fault> {
    if millis == 0 {
        return Err(Failure::Usage("expires: it has to lie ahead".to_owned()).into());
    }
    if millis > limits::INVITATION {
        return Err(Failure::Usage(format!("expires: at most {} days", limits::INVITATION / 86_400_000)).into());
    }
    let link = session.invite(&grants(session, wanted)?, millis).await?;
    let text = zeroize::Zeroizing::new([&session.device().origin, JOIN, "#", &link.expose()].concat());
    Ok(Answer::Link(Hidden(text)))
}

/// Roles in vaults that somebody comes in with, by the vaults' names: nobody comes in as a custodian.
pub(super) fn grants(session: &Open, wanted: &[(String, String)]) -> Result<Vec<VaultGrant>, Fault> {
    let grant = |(vault, role): &(String, String)| {
        let named = serde_json::from_value::<VaultRole>(role.as_str().into());
        let role = named.map_err(|_| Failure::Usage(format!("{role}: viewer, user or editor")))?;
        if role == VaultRole::Custodian {
            return Err(Failure::Usage(
                "custodian: given in the browser, to somebody who is in the team already".to_owned(),
            )
            .into());
        }
        Ok(VaultGrant { vault: find::named_vault(session, vault)?, role })
    };
    wanted.iter().map(grant).collect()
}
