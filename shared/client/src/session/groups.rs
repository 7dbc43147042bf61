//! Member groups: made, named, changed and ended; what they ask for in vaults, and what custodians give and take for
//! them. Nothing is given by itself: whoever is a custodian names the members.

use super::{Session, profiles::DirectoryDraft};
use crate::{
    api::CallError,
    error::{Damage, Error},
    model::{MemberGroupDetails, Payload},
    transport::Transport,
};
use sealward_contract::{
    chain::{
        Body, EndGroupGrants as EndStatement, GrantByGroup as GrantStatement, Group, Outgrown, SetGroup,
        SetGroupRole as RoleStatement, SignedStatement, TeamState, VaultRole,
    },
    ids::{GroupId, MemberId, Number, VaultId, Version},
    operations::{
        Empty, Operation, VaultPath,
        directory::DirectoryWrite,
        groups::{
            CreateGroup, DeleteGroup, EndGroupGrants, GrantByGroup, GroupChange, GroupGrant, GroupPath, NewGroup,
            SetGroupMembers, SetGroupRole, UpdateGroup,
        },
        vault::{ChainError, Stated},
    },
    record::RecordKind,
};

/// A member group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupListed {
    /// Its id.
    pub group: GroupId,
    /// What it is called; empty where that cannot be read.
    pub details: MemberGroupDetails,
    /// The version of its name, which the next one follows.
    pub version: Option<Version>,
    /// What is wrong with its name.
    pub damage: Option<Damage>,
    /// Who is in it.
    pub members: Vec<MemberId>,
    /// What it asks for, in every vault.
    pub roles: Vec<(VaultId, VaultRole)>,
}

/// What a group asks for in a vault.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupAsk {
    /// The group.
    pub group: GroupId,
    /// The role that its members should have.
    pub role: VaultRole,
    /// Who has less, and what each would get.
    pub members: Vec<(MemberId, VaultRole)>,
}

impl<T: Transport> Session<T> {
    /// All groups that are there, in the order of their ids.
    #[must_use]
    pub fn groups(&self) -> Vec<GroupListed> {
        let directory = self.directory.borrow();
        let listed = self.with_chain(|chain| {
            let listed = chain.groups().map(|group| {
                let named = directory.group(&group.group);
                let roles =
                    chain.vaults().filter_map(|(vault, _)| Some((*vault, chain.group_role(vault, &group.group)?)));
                GroupListed {
                    group: group.group,
                    details: named.map(|named| named.details.clone()).unwrap_or_default(),
                    version: named.map(|named| named.version),
                    damage: directory.damage_of_group(&group.group).copied(),
                    members: group.members().copied().collect(),
                    roles: roles.collect(),
                }
            });
            listed.collect()
        });
        listed.unwrap_or_default()
    }

    /// Makes a group.
    ///
    /// # Errors
    /// [`Error::NotAllowed`]; [`Error::Unwritable`]; others.
    pub async fn create_group(&self, details: &MemberGroupDetails, members: &[MemberId]) -> Result<GroupId, Error> {
        let payload = details.to_bytes()?;
        let group = GroupId(self.surroundings.make_id());
        let members = in_order(members);
        self.say(
            async || Ok(Some(Body::SetGroup(SetGroup { group, members: Some(members.clone()) }))),
            async |statement, after| {
                // It is named from the place on from which it is there.
                let draft = DirectoryDraft {
                    kind: RecordKind::Group,
                    id: group.object(),
                    number: Number(0),
                    base: None,
                    payload: &payload,
                    position: after.position(),
                };
                let record = self.seal_directory(&draft)?.to_wire();
                let body = NewGroup { statement: statement.to_wire(), record };
                Ok(self.call_keyed::<CreateGroup>(&self.team_path(), &body).await.map(drop))
            },
        )
        .await?;
        self.keep_up(&|_| {}).await?;
        Ok(group)
    }

    /// Writes the next version of a group's name and description.
    ///
    /// # Errors
    /// [`Error::StaleVersion`] when it was changed elsewhere, and is then known here; [`Error::NotAllowed`]; others.
    pub async fn update_group(
        &self,
        group: GroupId,
        base: Option<Version>,
        details: &MemberGroupDetails,
    ) -> Result<Version, Error> {
        self.check_held()?;
        let payload = details.to_bytes()?;
        let position = self.with_chain(|chain| {
            let may = sealward_contract::policy::may_manage_groups(chain, &self.identity.member);
            let live = chain.group(&group).is_some_and(Group::is_live);
            if !live {
                return Err(Error::Gone);
            }
            if may { Ok(chain.position()) } else { Err(Error::NotAllowed) }
        })??;
        let (kind, id, number) = (RecordKind::Group, group.object(), Number(0));
        let record = self.seal_directory(&DirectoryDraft { kind, id, number, base, payload: &payload, position })?;
        let path = GroupPath { team: self.team, group };
        let answer = self.call::<UpdateGroup>(&path, &DirectoryWrite { record: record.to_wire() }).await;
        self.settle_directory(answer, &record).await
    }

    /// Says who is in a group. What it asks for in vaults is for their custodians to give.
    ///
    /// # Errors
    /// [`Error::NotAllowed`]; others.
    pub async fn set_group_members(&self, group: GroupId, members: &[MemberId]) -> Result<(), Error> {
        let members = in_order(members);
        let body = || Body::SetGroup(SetGroup { group, members: Some(members.clone()) });
        self.say(
            async || Ok(Some(body())),
            async |statement, _| Ok(self.send_group::<SetGroupMembers>(group, statement).await),
        )
        .await
    }

    /// Ends a group for good. What it brought stays until custodians take it away.
    ///
    /// # Errors
    /// [`Error::NotAllowed`]; others.
    pub async fn end_group(&self, group: GroupId) -> Result<(), Error> {
        let body = || Body::SetGroup(SetGroup { group, members: None });
        self.say(
            async || Ok(Some(body())),
            async |statement, _| Ok(self.send_group::<DeleteGroup>(group, statement).await),
        )
        .await?;
        self.take_directory(&[])
    }

    /// Says which role a group's members should have in a vault. It gives nobody anything.
    ///
    /// # Errors
    /// [`Error::NotAllowed`] for whoever is no custodian of the vault; others.
    pub async fn set_group_role(&self, vault: VaultId, group: GroupId, role: Option<VaultRole>) -> Result<(), Error> {
        let path = VaultPath { team: self.team, vault };
        let body = || Body::SetGroupRole(RoleStatement { vault, group, role });
        self.say(
            async || Ok(Some(body())),
            async |statement, _| {
                let body = GroupChange { statement: statement.to_wire() };
                Ok(self.call_keyed::<SetGroupRole>(&path, &body).await.map(drop))
            },
        )
        .await
    }

    /// What groups ask for in a vault, those that ask for nothing now included.
    #[must_use]
    pub fn group_asks(&self, vault: &VaultId) -> Vec<GroupAsk> {
        let asks = self.with_chain(|chain| {
            let asks = chain.group_roles(vault).map(|(group, role)| {
                let members = chain.asked_by_group(vault, &group.group).into_iter().collect();
                GroupAsk { group: group.group, role, members }
            });
            asks.collect()
        });
        asks.unwrap_or_default()
    }

    /// What groups brought in a vault and do not bring any more.
    #[must_use]
    pub fn outgrown(&self, vault: &VaultId) -> Vec<Outgrown> {
        self.with_chain(|chain| chain.outgrown(vault).collect()).unwrap_or_default()
    }

    /// Gives these members what their group asks for, each a role of their own with its keys. Whoever came to the group
    /// meanwhile is given nothing: the custodian has not seen them. A role that has changed meanwhile is refused.
    ///
    /// # Errors
    /// [`Error::NotAllowed`] for whoever is no custodian of the vault; [`Error::StaleVersion`] where the group asks for
    /// another role now; [`Error::Gone`] where it asks for nothing of them any more; others.
    pub async fn grant_by_group(
        &self,
        vault: VaultId,
        group: GroupId,
        role: VaultRole,
        members: &[MemberId],
    ) -> Result<(), Error> {
        let path = VaultPath { team: self.team, vault };
        self.say(
            async || {
                let (asked_for, asked) =
                    self.with_chain(|chain| (chain.group_role(&vault, &group), chain.asked_by_group(&vault, &group)))?;
                if asked_for != Some(role) {
                    return Err(Error::StaleVersion);
                }
                let members: Vec<MemberId> = asked.into_keys().filter(|member| members.contains(member)).collect();
                if members.is_empty() {
                    return Err(Error::Gone);
                }
                Ok(Some(Body::GrantByGroup(GrantStatement { vault, group, role, members })))
            },
            async |statement, after| {
                let envelopes = self.wrap_named(statement, after, vault)?;
                let body = GroupGrant { statement: statement.to_wire(), envelopes };
                Ok(self.call_keyed::<GrantByGroup>(&path, &body).await.map(drop))
            },
        )
        .await
    }

    fn wrap_named(
        &self,
        statement: &SignedStatement,
        after: &TeamState,
        vault: VaultId,
    ) -> Result<Vec<sealward_contract::operations::vault::Envelope>, Error> {
        let Body::GrantByGroup(grant) = &statement.value().body else { return Err(Error::Refused) };
        let named = after.recipients(&vault).filter(|to| grant.members.contains(&to.member));
        named.map(|to| Ok(self.wrap_all(&to, vault)?.1)).collect()
    }

    /// Takes from these members what only groups had brought. New keys become due, which this client then makes.
    ///
    /// # Errors
    /// [`Error::NotAllowed`] for whoever is no custodian of the vault; [`Error::Gone`] where nothing is to be taken any
    /// more; others.
    pub async fn end_group_grants(&self, vault: VaultId, members: &[MemberId]) -> Result<(), Error> {
        let path = VaultPath { team: self.team, vault };
        self.say(
            async || {
                let outgrown = self.outgrown(&vault).into_iter().map(|one| one.member);
                let members: Vec<MemberId> = outgrown.filter(|member| members.contains(member)).collect();
                if members.is_empty() {
                    return Err(Error::Gone);
                }
                let Some(head) = self.own_head(&vault)? else { return Ok(None) };
                Ok(Some(Body::EndGroupGrants(EndStatement { vault, members, head })))
            },
            async |statement, _| {
                let body = GroupChange { statement: statement.to_wire() };
                Ok(self.call_keyed::<EndGroupGrants>(&path, &body).await.map(drop))
            },
        )
        .await?;
        self.renew_keys().await;
        Ok(())
    }

    async fn send_group<O>(&self, group: GroupId, statement: &SignedStatement) -> Result<(), CallError<ChainError>>
    where
        O: Operation<Path = GroupPath, Query = Empty, Request = GroupChange, Response = Stated, Error = ChainError>,
    {
        let path = GroupPath { team: self.team, group };
        self.call_keyed::<O>(&path, &GroupChange { statement: statement.to_wire() }).await.map(drop)
    }
}

fn in_order(members: &[MemberId]) -> Vec<MemberId> {
    let ordered: std::collections::BTreeSet<MemberId> = members.iter().copied().collect();
    ordered.into_iter().collect()
}
