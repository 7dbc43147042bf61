//! Members: their roles in the team, suspended, resumed, removed.

use crate::{
    chain::{
        DirectoryKey, DirectoryRenewal, Member, MemberKind, MemberState, Refused, Remove, Resume, SetTeamRole, Suspend,
        TeamRole, TeamState, TouchedVault, member::Kept,
    },
    ids::{Epoch, MemberId},
    limits, policy,
};

impl TeamState {
    pub(super) fn set_team_role(&mut self, sequence: u64, author: &MemberId, set: &SetTeamRole) -> Result<(), Refused> {
        let standing = self.member(&set.member).and_then(Member::standing).ok_or(Refused::Unknown)?;
        if !policy::may_set_role(self, author, standing, set.role) {
            return Err(Refused::Right);
        }
        // Not before they have keys of their own.
        let waits = self
            .member(&set.member)
            .is_some_and(|member| member.kind() == MemberKind::Person && member.settled_state() != MemberState::Active);
        if standing == set.role || waits {
            return Err(Refused::State);
        }
        self.check_owner_besides(&set.member)?;
        let is_service = self.member(&set.member).is_some_and(|member| member.service.is_some());
        if is_service && !policy::may_hold_as_service(set.role) {
            return Err(Refused::Service);
        }
        if set.role == TeamRole::Auditor {
            self.check_auditor(&set.member)?;
        }
        let member = self.members.get_mut(&set.member).ok_or(Refused::Unknown)?;
        match member.state {
            MemberState::Active => {
                member.role.set(sequence, Some(set.role));
                match set.role {
                    TeamRole::Auditor => self.begin_auditing(sequence, &set.member),
                    _ => self.end_auditing(sequence, &set.member),
                }
            }
            MemberState::Suspended
            | MemberState::Removed
            | MemberState::Expired
            | MemberState::Made
            | MemberState::Keyless => member.kept.role = Some(set.role),
        }
        Ok(())
    }

    pub(super) fn suspend(&mut self, sequence: u64, author: &MemberId, suspend: &Suspend) -> Result<(), Refused> {
        self.check_managed(author, &suspend.member)?;
        let state = self.member(&suspend.member).map(|member| member.state);
        if !matches!(state, Some(MemberState::Active | MemberState::Made | MemberState::Keyless)) {
            return Err(Refused::State);
        }
        self.check_owner_besides(&suspend.member)?;
        self.check_touched(&suspend.member, &suspend.vaults)?;
        let kept = self.kept_of(&suspend.member);
        self.end_roles(sequence, &suspend.member, &suspend.vaults);
        let member = self.members.get_mut(&suspend.member).ok_or(Refused::Unknown)?;
        (member.state, member.kept, member.recovery) = (MemberState::Suspended, kept, None);
        Ok(())
    }

    pub(super) fn resume(&mut self, sequence: u64, author: &MemberId, resume: &Resume) -> Result<(), Refused> {
        self.check_managed(author, &resume.member)?;
        if self.member(&resume.member).is_none_or(|member| member.state != MemberState::Suspended) {
            return Err(Refused::State);
        }
        self.give_back(sequence, &resume.member);
        Ok(())
    }

    pub(super) fn remove(&mut self, sequence: u64, author: &MemberId, remove: &Remove) -> Result<(), Refused> {
        self.check_managed(author, &remove.member)?;
        self.check_owner_besides(&remove.member)?;
        self.check_touched(&remove.member, &remove.vaults)?;
        let directory =
            remove.directory.as_ref().map(|renewal| self.next_directory_key(sequence, renewal)).transpose()?;
        self.directory.extend(directory);
        self.end_roles(sequence, &remove.member, &remove.vaults);
        self.leave_groups(sequence, &remove.member);
        let member = self.members.get_mut(&remove.member).ok_or(Refused::Unknown)?;
        (member.state, member.kept) = (MemberState::Removed, Kept::default());
        (member.enrolment, member.recovery) = (None, None);
        Ok(())
    }

    /// The directory's next key: never one that was there before, or whoever left would hold it.
    fn next_directory_key(&self, sequence: u64, renewal: &DirectoryRenewal) -> Result<DirectoryKey, Refused> {
        let DirectoryRenewal { commitment, former } = renewal;
        let seen = self.directory.iter().any(|key| key.commitment == *commitment);
        if seen || former.is_empty() || former.len() > limits::FORMER_KEY {
            return Err(Refused::Directory);
        }
        let epoch = Epoch(self.directory_epoch().0.checked_add(1).ok_or(Refused::Limit)?);
        Ok(DirectoryKey { epoch, commitment: *commitment, former: Some(former.clone()), since: sequence })
    }

    fn check_managed(&self, author: &MemberId, member: &MemberId) -> Result<(), Refused> {
        let standing = self.member(member).and_then(Member::standing).ok_or(Refused::Unknown)?;
        if policy::may_manage(self, author, standing) { Ok(()) } else { Err(Refused::Right) }
    }

    /// Whether a team keeps an owner who may act when this member is none any more.
    pub(super) fn check_owner_besides(&self, member: &MemberId) -> Result<(), Refused> {
        if self.has_owner_besides(member) || self.role(member) != Some(TeamRole::Owner) {
            Ok(())
        } else {
            Err(Refused::LastOwner)
        }
    }

    /// One head of each vault in which the member has a role, in the order of their ids.
    pub(super) fn check_touched(&self, member: &MemberId, touched: &[TouchedVault]) -> Result<(), Refused> {
        let named = touched.iter().map(|touched| &touched.vault);
        if named.eq(self.standing_vaults(member)) { Ok(()) } else { Err(Refused::Heads) }
    }

    fn end_roles(&mut self, sequence: u64, member: &MemberId, touched: &[TouchedVault]) {
        self.end_auditing(sequence, member);
        if let Some(member) = self.members.get_mut(member) {
            member.role.set(sequence, None);
        }
        for TouchedVault { vault, head } in touched {
            if let Some(vault) = self.vaults.get_mut(vault) {
                vault.grants.entry(*member).or_default().set(sequence, None);
                vault.take_away(sequence, *head);
            }
        }
    }
}
