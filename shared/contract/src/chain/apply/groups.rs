//! Member groups: made, changed, ended; what they ask for in vaults, and what is given and taken for it.

use crate::{
    chain::{
        EndGroupGrants, GrantByGroup, Group, Member, Refused, SetGroup, SetGroupRole, TeamState, VaultKind, VaultRole,
    },
    ids::{MemberId, VaultId},
    limits, policy,
};
use std::collections::BTreeMap;

impl TeamState {
    pub(super) fn set_group(&mut self, sequence: u64, author: &MemberId, set: &SetGroup) -> Result<(), Refused> {
        if !policy::may_manage_groups(self, author) {
            return Err(Refused::Right);
        }
        let known = self.groups.get(&set.group);
        if known.is_some_and(|known| !known.is_live()) {
            return Err(Refused::Used);
        }
        let Some(members) = &set.members else {
            let group = self.groups.get_mut(&set.group).ok_or(Refused::Unknown)?;
            (group.changed, group.ended) = (sequence, Some(sequence));
            group.members.clear();
            for vault in self.vaults.values_mut() {
                vault.groups.remove(&set.group);
            }
            return Ok(());
        };
        if members.len() > limits::GROUP_MEMBERS || (known.is_none() && self.groups.len() >= limits::MEMBER_GROUPS) {
            return Err(Refused::Limit);
        }
        let is_here = |member: &MemberId| self.member(member).and_then(Member::standing).is_some();
        if !is_ascending(members) || !members.iter().all(is_here) {
            return Err(Refused::Members);
        }
        if known.is_some_and(|known| known.members().eq(members)) {
            return Err(Refused::State);
        }
        let members = members.iter().copied().collect();
        let since = known.map_or(sequence, |known| known.since);
        let group = Group { group: set.group, since, changed: sequence, ended: None, members };
        self.groups.insert(set.group, group);
        Ok(())
    }

    pub(super) fn set_group_role(&mut self, author: &MemberId, set: &SetGroupRole) -> Result<(), Refused> {
        self.check_custody(author, &set.vault)?;
        if !self.groups.get(&set.group).is_some_and(Group::is_live) {
            return Err(Refused::Unknown);
        }
        let vault = self.vaults.get_mut(&set.vault).ok_or(Refused::Unknown)?;
        if vault.groups.get(&set.group).copied() == set.role {
            return Err(Refused::State);
        }
        if set.role.is_some() && !vault.groups.contains_key(&set.group) && vault.groups.len() >= limits::GROUP_ROLES {
            return Err(Refused::Limit);
        }
        match set.role {
            Some(role) => vault.groups.insert(set.group, role),
            None => vault.groups.remove(&set.group),
        };
        Ok(())
    }

    pub(super) fn grant_by_group(
        &mut self,
        sequence: u64,
        author: &MemberId,
        grant: &GrantByGroup,
    ) -> Result<(), Refused> {
        self.check_custody(author, &grant.vault)?;
        let asked_for = self.group_role(&grant.vault, &grant.group).ok_or(Refused::Unknown)?;
        if asked_for != grant.role {
            return Err(Refused::State);
        }
        if grant.members.is_empty() || !is_ascending(&grant.members) {
            return Err(Refused::Members);
        }
        let asked = self.asked_by_group(&grant.vault, &grant.group);
        let mut given = Vec::with_capacity(grant.members.len());
        for member in &grant.members {
            given.push((*member, *asked.get(member).ok_or(Refused::Grants)?));
        }
        let vault = self.vaults.get(&grant.vault).ok_or(Refused::Unknown)?;
        let newcomers: Vec<_> = grant.members.iter().filter(|member| vault.role(member).is_none()).collect();
        let recipients = self.recipients(&grant.vault).count() + newcomers.len();
        if recipients > limits::ENVELOPES || newcomers.into_iter().any(|member| self.is_full(member)) {
            return Err(Refused::Limit);
        }
        let vault = self.vaults.get_mut(&grant.vault).ok_or(Refused::Unknown)?;
        for (member, role) in given {
            let own = vault.granted(&member);
            vault.brought.entry(member).or_insert(own);
            vault.grants.entry(member).or_default().set(sequence, Some(role));
        }
        Ok(())
    }

    pub(super) fn end_group_grants(
        &mut self,
        sequence: u64,
        author: &MemberId,
        end: &EndGroupGrants,
    ) -> Result<(), Refused> {
        self.check_custody(author, &end.vault)?;
        if end.members.is_empty() || !is_ascending(&end.members) {
            return Err(Refused::Members);
        }
        let outgrown: BTreeMap<MemberId, _> = self.outgrown(&end.vault).map(|one| (one.member, one)).collect();
        let mut ended = Vec::with_capacity(end.members.len());
        for member in &end.members {
            ended.push(*outgrown.get(member).ok_or(Refused::Grants)?);
        }
        let vault = self.vaults.get_mut(&end.vault).ok_or(Refused::Unknown)?;
        let lost = ended.iter().filter(|one| one.role == VaultRole::Custodian).count();
        let approvals = vault.most_approvals();
        if lost > 0 && approvals > 0 && approvals >= vault.custodians().saturating_sub(lost) {
            return Err(Refused::Policy);
        }
        for one in ended {
            vault.grants.entry(one.member).or_default().set(sequence, one.left);
            if vault.brought.get(&one.member).is_some_and(|own| *own == one.left) {
                vault.brought.remove(&one.member);
            }
        }
        vault.take_away(sequence, end.head);
        Ok(())
    }

    /// Only a custodian of a shared vault says what groups ask for in it, and gives and takes for it.
    fn check_custody(&self, author: &MemberId, vault: &VaultId) -> Result<(), Refused> {
        let known = self.vaults.get(vault).ok_or(Refused::Unknown)?;
        if !self.vault_role(vault, author).is_some_and(policy::may_grant) {
            return Err(Refused::Right);
        }
        if known.kind == VaultKind::Personal { Err(Refused::Grants) } else { Ok(()) }
    }

    /// Whoever left for good is in no group, and nothing of theirs is a group's.
    pub(super) fn leave_groups(&mut self, sequence: u64, member: &MemberId) {
        for group in self.groups.values_mut() {
            if group.members.remove(member) {
                group.changed = sequence;
            }
        }
        for vault in self.vaults.values_mut() {
            vault.brought.remove(member);
        }
    }
}

fn is_ascending(members: &[MemberId]) -> bool {
    members.is_sorted_by(|a, b| a < b)
}
