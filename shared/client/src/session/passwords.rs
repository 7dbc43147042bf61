//! People whose keys this member makes: for those who have none of their own at once, and in the stead of their device for
//! those who can be recovered.

use super::{
    Device, Session,
    fresh_keys::{FreshKeys, Owner},
    profiles::DirectoryDraft,
    sign_in,
};
use crate::{
    api::Api,
    error::Error,
    model::{Payload, ProfileDetails, SecretText},
    recovery::{Opened, Recovered, RecoveringDevice},
    surroundings::Surroundings,
    transport::Transport,
};
use sealward_contract::{
    chain::{Body, MemberState, RegisterPerson, SetPassword as SetPasswordStatement, StandIn, TeamState, VaultGrant},
    ids::{MemberId, Version},
    operations::members::{MemberPath, RegisterMember, RegisteredMember, SetPassword},
    policy,
    record::RecordKind,
    text::LoginName,
};
use std::cell::{Cell, RefCell};

/// What came of setting a password.
pub enum PasswordSet {
    /// It is in force.
    Done(FirstLogin),
    /// Trustees have still to give their shares.
    Waiting(Box<StandingIn>),
}

/// What somebody is handed to sign in with.
pub struct FirstLogin {
    /// What their kit is made from.
    pub kit: Device,
    /// Their password.
    pub password: SecretText,
}

/// The keys in the stead of somebody's device. They are nowhere but here: whoever forgets them begins anew.
pub struct StandingIn {
    member: MemberId,
    device: RecoveringDevice,
    /// How many trustees have given their share, and how many it takes, as far as is known.
    progress: Cell<Option<(usize, usize)>>,
    /// New keys of which nobody knows whether they arrived, with their password.
    begun: RefCell<Option<(Box<Recovered>, SecretText)>>,
}

impl StandingIn {
    /// Whose password is set.
    #[must_use]
    pub fn member(&self) -> MemberId {
        self.member
    }

    /// The words that this member reads to each trustee.
    #[must_use]
    pub fn words(&self) -> Vec<&'static str> {
        self.device.words()
    }

    /// How many trustees have given their share, and how many it takes; `None` before the server was asked.
    #[must_use]
    pub fn progress(&self) -> Option<(usize, usize)> {
        self.progress.get()
    }
}

impl<T: Transport> Session<T> {
    /// Makes somebody a member who has no keys yet, with a profile, in one step.
    ///
    /// # Errors
    /// [`Error::NameTaken`]; [`Error::NotAllowed`] for whoever is no owner or administrator; others.
    pub async fn register_person(&self, login_name: &LoginName, details: &ProfileDetails) -> Result<MemberId, Error> {
        let payload = details.to_bytes()?;
        let member = MemberId(self.surroundings.make_id());
        self.say(
            async || {
                let taken = |chain: &TeamState| chain.members().any(|known| known.keys.login_name == *login_name);
                if self.with_chain(taken)? {
                    return Err(Error::NameTaken);
                }
                Ok(Some(Body::RegisterPerson(RegisterPerson { member, login_name: login_name.clone() })))
            },
            async |statement, after| {
                // It is written from the place on from which they are there.
                let draft = DirectoryDraft {
                    kind: RecordKind::Profile,
                    id: member.object(),
                    number: after.member(&member).ok_or(Error::Gone)?.number,
                    base: None,
                    payload: &payload,
                    position: after.position(),
                };
                let profile = self.seal_directory(&draft)?.to_wire();
                let body = RegisteredMember { statement: statement.to_wire(), profile };
                Ok(self.call_keyed::<RegisterMember>(&self.team_path(), &body).await.map(drop))
            },
        )
        .await?;
        self.keep_up(&|_| {}).await?;
        Ok(member)
    }

    /// Writes what is known of a member, made from a version of it.
    ///
    /// # Errors
    /// [`Error::StaleVersion`] when it was changed elsewhere; [`Error::Gone`]; as [`Session::write_profile`].
    pub async fn update_member(&self, member: MemberId, version: u64, details: &ProfileDetails) -> Result<u64, Error> {
        let listed = self.find_member(&member).ok_or(Error::Gone)?;
        if listed.version != version {
            return Err(Error::StaleVersion);
        }
        let base: Option<Version> = listed.profile.map(|profile| profile.version);
        self.write_profile(member, base, details).await?;
        Ok(self.find_member(&member).ok_or(Error::Gone)?.version)
    }

    /// Sets somebody's password. Whoever has no keys of their own gets others at once, with roles in vaults if these are the
    /// first; in the stead of whoever can be recovered this client waits for the trustees, this member's own share given.
    /// Until they have replaced the keys they can do nothing else, and this member is counted as a holder of what those open.
    ///
    /// # Errors
    /// [`Error::NotAllowed`] for whoever could not bring them in with every role that they have;
    /// [`Error::Recovery`] where they are not enrolled, or another recovery is open; [`Error::OutOfMemory`]; others.
    pub async fn set_password(
        &self,
        member: MemberId,
        password: &SecretText,
        grants: &[VaultGrant],
    ) -> Result<PasswordSet, Error> {
        let state = self.with_chain(|chain| chain.member(&member).map(|known| known.state))?.ok_or(Error::Gone)?;
        match state {
            MemberState::Keyless | MemberState::Made => {
                let kit = self.make_keys_of(member, password, grants).await?;
                Ok(PasswordSet::Done(FirstLogin { kit, password: SecretText::from(password.expose()) }))
            }
            MemberState::Active if grants.is_empty() => {
                let standing_in = self.stand_in(member).await?;
                // It is begun, and can be gone on with, whatever comes of the first look.
                match self.finish_standing_in(&standing_in, password).await {
                    Ok(Some(done)) => Ok(PasswordSet::Done(done)),
                    Ok(None) | Err(_) => Ok(PasswordSet::Waiting(Box::new(standing_in))),
                }
            }
            MemberState::Active => Err(Error::NotAllowed),
            MemberState::Suspended | MemberState::Removed | MemberState::Expired => Err(Error::Gone),
        }
    }

    async fn make_keys_of(
        &self,
        member: MemberId,
        password: &SecretText,
        grants: &[VaultGrant],
    ) -> Result<Device, Error> {
        let fresh = FreshKeys::make(&self.surroundings, self.owner_of(&member)?, password, 1)?;
        let path = MemberPath { team: self.team, member };
        self.say(
            async || {
                let may = |chain: &TeamState| policy::may_set_password(chain, &self.identity.member, &member, grants);
                if !self.with_chain(may)? {
                    return Err(Error::NotAllowed);
                }
                let Some(vaults) = self.held_heads(member).await? else { return Ok(None) };
                Ok(Some(Body::SetPassword(SetPasswordStatement {
                    member,
                    signing: fresh.identity.signing.public(),
                    sealing: fresh.identity.wrapping.public(),
                    grants: grants.to_vec(),
                    vaults,
                })))
            },
            async |statement, after| {
                let body = self.send_made(&fresh, statement, after)?;
                Ok(self.call_keyed::<SetPassword>(&path, &body).await.map(drop))
            },
        )
        .await?;
        self.renew_keys().await;
        fresh.unlocking.device().duplicate().ok_or(Error::Refused)
    }

    /// Begins somebody's recovery in the stead of their device, and gives this member's own share.
    async fn stand_in(&self, member: MemberId) -> Result<StandingIn, Error> {
        let Owner { team, login_name, origin, .. } = self.owner_of(&member)?;
        let device = RecoveringDevice::make_stand_in(&self.surroundings, team, login_name, origin);
        self.begin_recovery(member, &device.keys(), Some(StandIn::Author)).await?;
        let own = self.identity.member;
        let (since, gives) = self.with_chain(|chain| {
            let begun = chain.recovery_of(&member, self.surroundings.now()).map(|begun| begun.since);
            (begun, policy::may_give_share(chain, &own, &member))
        })?;
        if let (Some(since), true) = (since, gives) {
            self.give_share(member, since).await?;
        }
        Ok(StandingIn { member, device, progress: Cell::default(), begun: RefCell::default() })
    }

    /// Sets the password once enough trustees have given their shares; `None` until then. Where an earlier attempt may have
    /// arrived, its password is the one that counts.
    ///
    /// # Errors
    /// [`Error::Recovery`] where it was stopped or has run out, or the shares open nothing; others.
    pub async fn finish_standing_in(
        &self,
        standing_in: &StandingIn,
        password: &SecretText,
    ) -> Result<Option<FirstLogin>, Error> {
        let device = &standing_in.device;
        let held = standing_in.begun.take();
        let (mut recovered, password) = match held {
            Some(held) => held,
            None => match device.look(&self.api, &self.surroundings).await? {
                Opened::Waiting { given, needed } => {
                    standing_in.progress.set(Some((given, needed)));
                    return Ok(None);
                }
                Opened::Ready(recovered) => (recovered, SecretText::from(password.expose())),
            },
        };
        recovered.choose(device, &self.surroundings, &password)?;
        if let Err(error) = recovered.finish(device, &self.api, &self.surroundings).await {
            if recovered.is_unknown() {
                standing_in.begun.replace(Some((recovered, password)));
            }
            return Err(error);
        }
        let kit = recovered.device().and_then(Device::duplicate).ok_or(Error::Refused)?;
        // It is in force whether this is brought up to date at once or later.
        drop(self.keep_up(&|_| {}).await);
        self.renew_keys().await;
        Ok(Some(FirstLogin { kit, password }))
    }

    fn owner_of(&self, member: &MemberId) -> Result<Owner, Error> {
        let login_name = self.with_chain(|chain| chain.member(member).map(|known| known.keys.login_name.clone()))?;
        Ok(Owner {
            team: self.team,
            member: *member,
            genesis: self.identity.genesis,
            login_name: login_name.ok_or(Error::Gone)?,
            origin: self.device().origin.clone(),
        })
    }
}

/// Changes somebody's password, given the present one and their kit, and signs them out. Whoever still has keys that somebody
/// else made replaces these too, and gets another kit, which is given; `None` where the kit stays.
///
/// # Errors
/// [`Error::WrongPassword`], [`Error::WrongKit`] and what signing in refuses else; [`Error::OutOfMemory`]; others.
pub async fn change_password<T: Transport>(
    api: Api<T>,
    surroundings: Surroundings,
    kit: Device,
    (current, new): (&SecretText, &SecretText),
    device_name: &str,
) -> Result<Option<Device>, Error> {
    let session = sign_in(api, surroundings, kit, current, device_name, None).await?;
    session.sync(|_| {}).await?;
    if session.made_by().is_some() {
        let keys = session.make_keys(current, new)?;
        session.replace_keys(&keys).await?;
        return keys.device().duplicate().ok_or(Error::Refused).map(Some);
    }
    session.change_password(current, new).await?;
    session.end_session(session.id).await?;
    Ok(None)
}
