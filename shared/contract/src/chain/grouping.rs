//! Member groups as the chain tells them: who is in them, what they ask for, and what only they have brought.

use crate::{
    chain::{Member, TeamRole, TeamState, VaultRole},
    ids::{GroupId, MemberId, VaultId},
    policy,
};
use std::collections::{BTreeMap, BTreeSet};

/// A member group.
#[derive(Clone, Debug)]
pub struct Group {
    /// Its id.
    pub group: GroupId,
    /// The statement that made it.
    pub since: u64,
    /// The statement that changed it last.
    pub changed: u64,
    /// The statement that ended it.
    pub ended: Option<u64>,
    pub(super) members: BTreeSet<MemberId>,
}

impl Group {
    /// Whether it is there.
    #[must_use]
    pub fn is_live(&self) -> bool {
        self.ended.is_none()
    }

    /// Who is in it, by ascending id.
    pub fn members(&self) -> impl Iterator<Item = &MemberId> {
        self.members.iter()
    }

    /// Whether somebody is in it.
    #[must_use]
    pub fn has(&self, member: &MemberId) -> bool {
        self.members.contains(member)
    }
}

/// A role in a vault that goes beyond what a member has of itself and by its groups.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Outgrown {
    /// Whose.
    pub member: MemberId,
    /// What it has.
    pub role: VaultRole,
    /// What is left of it; `None` for nothing.
    pub left: Option<VaultRole>,
}

impl TeamState {
    /// A group, whatever became of it.
    #[must_use]
    pub fn group(&self, group: &GroupId) -> Option<&Group> {
        self.groups.get(group)
    }

    /// The groups that are there, in the order of their ids.
    pub fn groups(&self) -> impl Iterator<Item = &Group> {
        self.groups.values().filter(|group| group.is_live())
    }

    /// The groups that a member is in.
    pub fn groups_of(&self, member: &MemberId) -> impl Iterator<Item = &Group> {
        let member = *member;
        self.groups().filter(move |group| group.has(&member))
    }

    /// The role that a group's members should have in a vault.
    #[must_use]
    pub fn group_role(&self, vault: &VaultId, group: &GroupId) -> Option<VaultRole> {
        self.groups.get(group).filter(|group| group.is_live())?;
        self.vaults.get(vault)?.groups.get(group).copied()
    }

    /// Groups with a role in a vault, in the order of their ids.
    pub fn group_roles(&self, vault: &VaultId) -> impl Iterator<Item = (&Group, VaultRole)> {
        let roles = self.vaults.get(vault).into_iter().flat_map(|vault| vault.groups.iter());
        roles.filter_map(|(group, role)| Some((self.groups.get(group).filter(|group| group.is_live())?, *role)))
    }

    /// As much of a role as this member may have: neither a service nor an auditor every one.
    #[must_use]
    pub fn share_of(&self, member: &MemberId, role: VaultRole) -> VaultRole {
        if self.members.get(member).and_then(Member::standing) == Some(TeamRole::Auditor) {
            return role.min(VaultRole::Viewer);
        }
        let terms = self.members.get(member).and_then(Member::service);
        terms.map_or(role, |terms| role.min(terms.scope.highest_role()))
    }

    /// The most that a member's groups ask for it in a vault.
    #[must_use]
    pub fn role_by_groups(&self, vault: &VaultId, member: &MemberId) -> Option<VaultRole> {
        let roles = self.group_roles(vault).filter(|(group, _)| group.has(member));
        roles.map(|(_, role)| self.share_of(member, role)).max()
    }

    /// What a group asks for in a vault: members who have less than it, and what each would get. Those who are suspended
    /// ask for nothing; a service whose token nobody with custody of the vault made cannot be given it.
    #[must_use]
    pub fn asked_by_group(&self, vault: &VaultId, group: &GroupId) -> BTreeMap<MemberId, VaultRole> {
        let Some(role) = self.group_role(vault, group) else { return BTreeMap::new() };
        let members = self.groups.get(group).into_iter().flat_map(Group::members);
        let asked = members.filter_map(|member| {
            let share = self.share_of(member, role);
            let lacks = self.vault_role(vault, member).is_none_or(|held| held < share);
            (self.role(member).is_some() && lacks && self.is_trusted_with(vault, member)).then_some((*member, share))
        });
        asked.collect()
    }

    /// What groups brought and do not bring any more, in the order of the members' ids.
    pub fn outgrown(&self, vault: &VaultId) -> impl Iterator<Item = Outgrown> {
        let (id, known) = (*vault, self.vaults.get(vault));
        known.into_iter().flat_map(move |vault| {
            vault.brought.iter().filter_map(move |(member, own)| {
                let role = vault.granted(member)?;
                let left = self.role_by_groups(&id, member).max(*own);
                policy::takes_away(role, left).then_some(Outgrown { member: *member, role, left })
            })
        })
    }

    /// Whether a member's role in a vault came by a group.
    #[must_use]
    pub fn is_brought(&self, vault: &VaultId, member: &MemberId) -> bool {
        self.vaults.get(vault).is_some_and(|vault| vault.brought.contains_key(member))
    }

    /// Whoever made a token can have kept it: so only the token of a custodian comes by the vault's keys.
    pub(super) fn is_trusted_with(&self, vault: &VaultId, member: &MemberId) -> bool {
        let keeper = self.members.get(member).map_or(*member, Member::keeper);
        keeper == *member || self.vault_role(vault, &keeper).is_some_and(policy::may_grant)
    }
}
