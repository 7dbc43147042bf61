//! The team's members as the verified chain tells them, and what changes them.

use super::{Listed, Session, directory_keys::NewDirectoryKey};
use crate::{
    api::CallError,
    error::{Damage, DamagedObject, Error, Fault, from_plain_call},
    model::ProfileDetails,
    transport::Transport,
};
use sealward_contract::{
    chain::{
        Body, Member, MemberKind, MemberState, NamedHead, Remove, Resume, ServiceTerms,
        SetTeamRole as SetTeamRoleStatement, SignedStatement, Suspend, TeamRole, TouchedVault, VaultGrant,
    },
    ids::{GroupId, MemberId, Number, Timestamp, VaultId, Version},
    operations::{
        Empty, Operation,
        members::{
            ListHeldHeads, MemberChange, MemberPath, Removal, RemoveMember, ResumeMember, SetTeamRole, SuspendMember,
        },
        vault::{ChainError, Stated},
    },
    policy::{self, MemberAction},
    record::{HeadRefused, SignedHead, check_head},
    text::LoginName,
};
use std::cell::RefCell;

/// A member, as the chain tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MemberListed {
    /// Its id.
    pub member: MemberId,
    /// The number that people use.
    pub number: Number,
    /// What it signs in with.
    pub login_name: LoginName,
    /// Its profile in the directory, where it could be read. Nothing is decided by it.
    pub profile: Option<Listed<ProfileDetails>>,
    /// What is wrong with the newest version of its profile that was given.
    pub damage: Option<Damage>,
    /// Whether it has keys that count.
    pub has_keys: bool,
    /// Its version: one more with every change of it or its profile.
    pub version: u64,
    /// The groups that it is in.
    pub groups: Vec<GroupId>,
    /// When it became a member.
    pub created: Timestamp,
    /// When it or its profile was changed last.
    pub updated: Timestamp,
    /// What this member may do about it.
    pub actions: Vec<MemberAction>,
    /// Whether it may act.
    pub state: MemberState,
    /// Its role in the team, or the one that it gets back when it is resumed; `None` for whoever was removed.
    pub role: Option<TeamRole>,
    /// What binds it, where it is a service.
    pub service: Option<ServiceTerms>,
    /// Whose client made its present keys.
    pub keeper: MemberId,
    /// The roles in shared vaults that it was granted, or gets back.
    pub grants: Vec<VaultGrant>,
}

/// Whoever became a member without keys got a profile in the same step.
fn version_of(member: &Member, profile: Option<Version>) -> u64 {
    let written = profile.map_or(0, |version| u64::from(version.0));
    let own = if member.is_registered() { written.saturating_sub(1) } else { written };
    u64::from(member.changes).saturating_add(own).saturating_add(1)
}

impl MemberListed {
    /// What it calls itself; empty where nothing is known.
    #[must_use]
    pub fn full_name(&self) -> &str {
        self.profile.as_ref().map(|profile| profile.details.full_name.as_str()).unwrap_or_default()
    }

    /// Whether it is a person.
    #[must_use]
    pub fn kind(&self) -> MemberKind {
        if self.service.is_some() { MemberKind::Service } else { MemberKind::Person }
    }
}

impl<T: Transport> Session<T> {
    /// All members in the order of their numbers, those who were removed included.
    #[must_use]
    pub fn members(&self) -> Vec<MemberListed> {
        let now = self.surroundings.now();
        let directory = self.directory.borrow();
        let listed = self.with_chain(|chain| {
            let mut listed: Vec<MemberListed> = chain
                .members()
                .map(|member| {
                    let id = member.id();
                    // Whose own vault is whose is nobody else's business, and says nothing of what they may do.
                    let is_shared =
                        |vault: &VaultId| chain.vault(vault).is_some_and(|known| policy::may_share(known.kind));
                    let held = chain
                        .vaults()
                        .filter_map(|(vault, known)| Some(VaultGrant { vault: *vault, role: known.granted(&id)? }));
                    let profile = directory.profile(&id);
                    let changed = chain.time_of(member.changed);
                    MemberListed {
                        member: id,
                        number: member.number,
                        login_name: member.keys.login_name.clone(),
                        damage: directory.damage_of(&id).copied(),
                        has_keys: member.has_keys(),
                        version: version_of(member, profile.map(|profile| profile.version)),
                        groups: chain.groups_of(&id).map(|group| group.group).collect(),
                        created: chain.time_of(member.since),
                        updated: profile.map_or(changed, |profile| changed.max(profile.time)),
                        actions: policy::member_actions(chain, &self.identity.member, member),
                        profile: profile.cloned(),
                        // By this device's clock where the chain has not said so yet.
                        state: match member.state {
                            MemberState::Active if member.is_expired(now) => MemberState::Expired,
                            state => state,
                        },
                        role: member.standing(),
                        service: member.service().cloned(),
                        keeper: member.keeper(),
                        grants: held.chain(member.kept_grants()).filter(|grant| is_shared(&grant.vault)).collect(),
                    }
                })
                .collect();
            listed.sort_by_key(|member| member.number);
            listed
        });
        listed.unwrap_or_default()
    }

    /// Changes a member's role in the team. An auditor gets the keys of every catalog from the custodians' clients; where
    /// one becomes something else, new keys become due.
    ///
    /// # Errors
    /// [`Error::LastOwner`]; [`Error::NotAllowed`]; others.
    pub async fn set_team_role(&self, member: MemberId, role: TeamRole) -> Result<(), Error> {
        let body = Body::SetTeamRole(SetTeamRoleStatement { member, role });
        self.say(
            async || Ok(Some(body.clone())),
            async |statement, _| Ok(self.send_change::<SetTeamRole>(member, statement).await),
        )
        .await?;
        self.renew_keys().await;
        Ok(())
    }

    /// Suspends a member: it is signed out, and new keys become due wherever it had a role.
    ///
    /// # Errors
    /// [`Error::LastOwner`]; [`Error::NotAllowed`]; others.
    pub async fn suspend_member(&self, member: MemberId) -> Result<(), Error> {
        self.say(
            async || Ok(self.held_heads(member).await?.map(|vaults| Body::Suspend(Suspend { member, vaults }))),
            async |statement, _| Ok(self.send_change::<SuspendMember>(member, statement).await),
        )
        .await?;
        self.renew_keys().await;
        Ok(())
    }

    /// Resumes a suspended member, who gets back the roles it had.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn resume_member(&self, member: MemberId) -> Result<(), Error> {
        self.say(
            async || Ok(Some(Body::Resume(Resume { member }))),
            async |statement, _| Ok(self.send_change::<ResumeMember>(member, statement).await),
        )
        .await?;
        self.renew_keys().await;
        Ok(())
    }

    /// Removes a member for good; new keys become due wherever it had a role, and the directory gets a new one at once.
    ///
    /// # Errors
    /// [`Error::LastOwner`]; [`Error::NotAllowed`]; others.
    pub async fn remove_member(&self, member: MemberId) -> Result<(), Error> {
        let (path, made) = (MemberPath { team: self.team, member }, RefCell::new(None));
        self.say(
            async || {
                let Some(vaults) = self.held_heads(member).await? else { return Ok(None) };
                let new = self.make_directory_key()?;
                let directory = new.as_ref().map(NewDirectoryKey::renewal);
                made.replace(new.map(|new| (new, Vec::new())));
                Ok(Some(Body::Remove(Remove { member, vaults, directory })))
            },
            async |statement, after| {
                let new = made.take();
                let sealed = new.as_ref().map(|(new, _)| self.wrap_directory_key(new, after)).transpose()?;
                let directory = sealed.clone().unwrap_or_default();
                made.replace(new.map(|(new, _)| new).zip(sealed));
                let body = Removal { statement: statement.to_wire(), directory };
                Ok(self.call_keyed::<RemoveMember>(&path, &body).await.map(drop))
            },
        )
        .await?;
        if let Some((new, sealed)) = made.into_inner() {
            self.take_new_directory_key(&new, &sealed)?;
        }
        // Nothing is shown any more of what they said of themselves.
        self.take_directory(&[])?;
        self.renew_keys().await;
        Ok(())
    }

    async fn send_change<O>(&self, member: MemberId, statement: &SignedStatement) -> Result<(), CallError<ChainError>>
    where
        O: Operation<Path = MemberPath, Query = Empty, Request = MemberChange, Response = Stated, Error = ChainError>,
    {
        let path = MemberPath { team: self.team, member };
        self.call_keyed::<O>(&path, &MemberChange { statement: statement.to_wire() }).await.map(drop)
    }

    /// The newest heads of the vaults in which a member has a role, each checked as far as the chain alone tells, and that
    /// none is older than what this session has seen. `None` where the chain has moved on meanwhile.
    pub(super) async fn held_heads(&self, member: MemberId) -> Result<Option<Vec<TouchedVault>>, Error> {
        let path = MemberPath { team: self.team, member };
        let given = self.call::<ListHeldHeads>(&path, &Empty {}).await.map_err(|error| match error {
            CallError::Rejected(sealward_contract::problem::Rejection::NotFound) => Error::NotAllowed,
            error => from_plain_call(error),
        })?;
        self.with_chain(|chain| {
            let mut touched = Vec::with_capacity(given.heads.len());
            for given in &given.heads {
                let damage = |fault| Error::from(Damage::of_vault(given.vault, DamagedObject::Head, fault));
                let signed = SignedHead::parse(&given.head).map_err(|_| damage(Fault::Malformed))?;
                match check_head(chain, &given.vault, &signed) {
                    Ok(()) => {}
                    // Its author knew more of the chain than is known here.
                    Err(HeadRefused::Position) => return Ok(None),
                    Err(refused) => return Err(damage(refused.into())),
                }
                let head = NamedHead { sequence: signed.value().sequence, hash: signed.value().hash() };
                let known = self.vaults.borrow().get(&given.vault).map(|view| view.remembered());
                let back = known.is_some_and(|known| {
                    head.sequence < known.sequence || (head.sequence == known.sequence && head.hash != known.hash)
                });
                if back {
                    return Err(damage(Fault::RolledBack));
                }
                touched.push(TouchedVault { vault: given.vault, head });
            }
            let wanted = chain.standing_vaults(&member);
            Ok(touched.iter().map(|touched| &touched.vault).eq(wanted).then_some(touched))
        })?
    }
}
