//! Members as two of the dialects see them: somebody who signs in, or who owns things. Each has a version, of which one call
//! is one step.

use super::{kits::Kits, shared::Gateway};
use crate::{engine::Open, failure::Failure};
use sealward_client::{
    error::{Error, RecoveryFault},
    kit::{EmergencyKit, ReadKit},
    model::{Payload, ProfileDetails, SecretText},
    session::{Device, MemberListed, NewPerson as FirstKeys, PasswordSet},
};
use sealward_contract::{
    chain::{MemberKind, MemberState, TeamRole},
    crypto::VerifyingKey,
    ids::{MemberId, Number},
    policy::{self, MemberAction},
    text::LoginName,
};
use zeroize::Zeroizing;

/// A member.
pub struct Person {
    /// What is known of it.
    pub listed: MemberListed,
    /// The statement that changed it last.
    pub changed: u64,
    /// Verifies what it signs; nothing does where it has no keys.
    signing: Option<VerifyingKey>,
    /// Whether the caller manages somebody of its role.
    managed: bool,
}

/// Somebody who is to be made a member.
pub struct NewPerson {
    /// What they will sign in with.
    pub login_name: LoginName,
    /// Their first profile, where there is something to say.
    pub profile: Option<ProfileDetails>,
    /// Their first password; without one they have no keys yet.
    pub password: Option<SecretText>,
}

/// Somebody who was made a member.
pub struct Made {
    /// Who.
    pub person: Person,
    /// The Secret Key that goes with their first password.
    pub secret_key: Option<SecretKey>,
}

/// A Secret Key with its team, as people type it: answered once, kept nowhere.
pub struct SecretKey(Zeroizing<String>);

impl SecretKey {
    fn of(kit: &Device) -> Result<Self, Error> {
        let Device { team, login_name, origin, secret_key } = kit.duplicate().ok_or(Error::Refused)?;
        Ok(Self(EmergencyKit { team, secret_key, origin, login_name: login_name.to_string() }.code()))
    }

    /// The text.
    #[must_use]
    pub fn expose(&self) -> &str {
        &self.0
    }
}

/// What a change of a password by whoever has it needs.
pub struct Passwords {
    /// The present one.
    pub current: SecretText,
    /// The one to be.
    pub new: SecretText,
    /// The Secret Key that goes with the present one, where the caller has it.
    pub secret_key: Option<SecretText>,
}

/// Why a password was not changed.
pub enum Unchanged {
    /// The Secret Key has to be given.
    SecretKeyNeeded,
    /// What was given is none, or not this member's.
    WrongSecretKey,
    /// The password is another one.
    WrongPassword,
    /// For another reason.
    Failed(Failure),
}

impl From<Error> for Unchanged {
    fn from(error: Error) -> Self {
        Self::Failed(error.into())
    }
}

impl Person {
    fn of(session: &Open, listed: MemberListed) -> Self {
        let chain = session.chain();
        let known = chain.as_ref().and_then(|chain| chain.member(&listed.member));
        let changed = known.map_or(0, |known| known.changed);
        let managed = chain
            .as_ref()
            .is_some_and(|chain| listed.role.is_some_and(|role| policy::may_manage(chain, &session.member(), role)));
        let signing = known.filter(|known| known.has_keys()).map(|known| known.keys.signing);
        Self { changed, signing, managed, listed }
    }

    /// Whether it is a person: somebody who signs in with a password.
    #[must_use]
    pub fn is_login(&self) -> bool {
        self.listed.kind() == MemberKind::Person
    }

    /// Whether it is a member no more.
    #[must_use]
    pub fn is_removed(&self) -> bool {
        self.listed.state == MemberState::Removed
    }

    /// What it calls itself, where that is something else than the login name: a profile is not without a name.
    #[must_use]
    pub fn name(&self) -> Option<&str> {
        let name = self.listed.full_name();
        (!name.is_empty() && name != self.listed.login_name.as_str()).then_some(name)
    }

    /// What is said of it.
    #[must_use]
    pub fn description(&self) -> Option<&str> {
        let profile = self.listed.profile.as_ref()?;
        profile.details.description.as_deref().filter(|description| !description.is_empty())
    }

    /// Its profile; one with no more than a name where it has none.
    #[must_use]
    pub fn profile(&self) -> ProfileDetails {
        let first = || ProfileDetails { full_name: self.listed.login_name.to_string(), ..Default::default() };
        self.listed.profile.as_ref().map_or_else(first, |profile| profile.details.clone())
    }

    /// Whether the caller may do something about it.
    #[must_use]
    pub fn may(&self, action: MemberAction) -> bool {
        self.listed.actions.contains(&action)
    }

    /// Whether the caller manages it.
    #[must_use]
    pub fn may_be_managed(&self) -> bool {
        self.managed
    }

    /// Whether the caller may set its password without the one before.
    #[must_use]
    pub fn may_have_password_set(&self) -> bool {
        self.may(MemberAction::SetPassword)
    }

    /// Whether the caller may set its password with the one before.
    #[must_use]
    pub fn may_change_password(&self) -> bool {
        self.managed && self.is_login()
    }
}

/// All members in the order of their numbers, those who were removed included.
#[must_use]
pub fn list(session: &Open) -> Vec<Person> {
    session.members().into_iter().map(|listed| Person::of(session, listed)).collect()
}

/// The member of a number.
#[must_use]
pub fn find(session: &Open, number: Number) -> Option<Person> {
    let found = session.members().into_iter().find(|listed| listed.number == number);
    found.map(|listed| Person::of(session, listed))
}

/// Whether the caller brings people in.
#[must_use]
pub fn may_create(session: &Open) -> bool {
    session.chain().is_some_and(|chain| policy::may_admit_person(&chain, &session.member(), &[]))
}

/// Whether somebody is the last owner, who can neither go nor become less.
#[must_use]
pub fn is_last_owner(session: &Open, person: &Person) -> bool {
    let id = person.listed.member;
    session.chain().is_some_and(|chain| chain.role(&id) == Some(TeamRole::Owner) && !chain.has_owner_besides(&id))
}

/// Makes somebody a member, with what is said of them: both or neither.
///
/// # Errors
/// [`Failure::Invalid`] where the login name is taken, or the profile breaks a rule; others.
pub async fn create(session: &Open, kits: &Kits, new: NewPerson) -> Result<Made, Failure> {
    let NewPerson { login_name, profile, password } = new;
    let (member, kit) = match password {
        None => {
            let unsaid = || ProfileDetails { full_name: login_name.to_string(), ..Default::default() };
            (session.register_person(&login_name, &profile.unwrap_or_else(unsaid)).await?, None)
        }
        Some(password) => {
            // A rule that it breaks is found before anybody is made a member.
            profile.as_ref().map(Payload::to_bytes).transpose().map_err(Error::from)?;
            let first = FirstKeys { login_name: login_name.clone(), password, grants: Vec::new() };
            let kit = session.admit_person(&first).await?;
            let member = by_name(session, &login_name)?;
            if let Some(profile) = profile
                && let Err(error) = session.write_profile(member, None, &profile).await
            {
                // Nobody stays who is half of what was asked for.
                drop(session.remove_member(member).await);
                return Err(error.into());
            }
            (member, Some(kit))
        }
    };
    let listed = session.find_member(&member).ok_or(Failure::NotFound)?;
    let person = Person::of(session, listed);
    let secret_key = kit.map(|kit| hold(session, kits, member, kit)).transpose()?;
    Ok(Made { person, secret_key })
}

fn by_name(session: &Open, login_name: &LoginName) -> Result<MemberId, Failure> {
    let chain = session.chain().ok_or(Failure::NotFound)?;
    let found = chain.members().find(|member| member.keys.login_name == *login_name).map(|member| member.keys.member);
    found.ok_or(Failure::NotFound)
}

/// Holds a kit that was made, and gives its Secret Key.
fn hold(session: &Open, kits: &Kits, member: MemberId, kit: Device) -> Result<SecretKey, Error> {
    let shown = SecretKey::of(&kit)?;
    let signing = session.chain().and_then(|chain| Some(chain.member(&member)?.keys.signing));
    if let Some(signing) = signing {
        kits.hold(member, signing, kit);
    }
    Ok(shown)
}

/// Writes what is said of somebody.
///
/// # Errors
/// [`Error::StaleVersion`] where it was changed meanwhile; others.
pub async fn write(session: &Open, person: &Person, profile: &ProfileDetails) -> Result<(), Error> {
    session.update_member(person.listed.member, person.listed.version, profile).await.map(drop)
}

/// Gives somebody a password without the one before, and keys with it.
///
/// # Errors
/// [`Error::Recovery`] where they have keys of their own; [`Error::NotAllowed`]; others.
pub async fn set_password(
    session: &Open,
    kits: &Kits,
    person: &Person,
    password: &SecretText,
) -> Result<SecretKey, Error> {
    // Of whoever has keys of their own, trustees help to replace them, and a service is none.
    if !matches!(person.listed.state, MemberState::Keyless | MemberState::Made) {
        return Err(Error::Recovery(RecoveryFault::NotEnrolled));
    }
    let member = person.listed.member;
    match session.set_password(member, password, &[]).await? {
        PasswordSet::Done(login) => hold(session, kits, member, login.kit),
        PasswordSet::Waiting(_) => Err(Error::Recovery(RecoveryFault::NotEnrolled)),
    }
}

/// Gives somebody another password in place of the one that is named; a new Secret Key where one goes with it.
///
/// # Errors
/// [`Unchanged`].
pub async fn change_password(
    gateway: &Gateway,
    kits: &Kits,
    session: &Open,
    person: &Person,
    passwords: Passwords,
) -> Result<Option<SecretKey>, Unchanged> {
    let Passwords { current, new, secret_key } = passwords;
    let member = person.listed.member;
    let signing = person.signing.ok_or(Unchanged::WrongPassword)?;
    let kit = match secret_key {
        Some(text) => read_kit(session, person, &text).ok_or(Unchanged::WrongSecretKey)?,
        None => kits.of(session.team(), member, &signing).ok_or(Unchanged::SecretKeyNeeded)?,
    };
    let password = current.duplicate();
    if person.may(MemberAction::SetPassword) {
        // They are still keys of somebody else's making: the present password is proved, and others are made.
        let prove = async move |own: &Open| Ok(own.check_password(&current)?);
        gateway.with_person(kit, password, prove).await.map_err(unproved)?;
        return Ok(Some(set_password(session, kits, person, &new).await?));
    }
    let change = async move |own: &Open| {
        if own.made_by().is_none() {
            own.change_password(&current, &new).await?;
            return Ok(None);
        }
        let keys = own.make_keys(&current, &new)?;
        own.replace_keys(&keys).await?;
        Ok(Some(keys.device().duplicate().ok_or(Error::Refused)?))
    };
    let changed = gateway.with_person(kit, password, change).await.map_err(unproved)?;
    match changed {
        Some(kit) => Ok(Some(SecretKey::of(&kit)?)),
        None => {
            // A new password is nothing that the team's history tells: the step of the version is that of the profile.
            // It is in force whether this is written or not.
            drop(write(session, person, &person.profile()).await);
            Ok(None)
        }
    }
}

fn unproved(failure: Failure) -> Unchanged {
    match failure {
        Failure::Credential(Error::WrongPassword) => Unchanged::WrongPassword,
        Failure::Credential(Error::WrongKit) => Unchanged::WrongSecretKey,
        Failure::Credential(error) => Unchanged::Failed(Failure::Refused(error)),
        failure => Unchanged::Failed(failure),
    }
}

fn read_kit(session: &Open, person: &Person, text: &SecretText) -> Option<Device> {
    let ReadKit { team, secret_key, .. } = ReadKit::parse(text.expose()).ok()?;
    let origin = session.device().origin.clone();
    (team == session.team()).then(|| Device { team, login_name: person.listed.login_name.clone(), origin, secret_key })
}
