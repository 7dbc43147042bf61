//! People who become members without keys, or with keys that somebody else made.

use super::check_keys;
use crate::{
    chain::{
        AdmitPerson, Member, MemberState, Refused, RegisterPerson, SetPassword, TeamRole, TeamState, VaultGrant,
        VaultKind,
    },
    ids::{InviteId, MemberId, Number},
    limits, policy,
};
use std::collections::BTreeSet;

impl TeamState {
    pub(super) fn admit_person(
        &mut self,
        sequence: u64,
        author: &MemberId,
        AdmitPerson { keys, grants }: &AdmitPerson,
    ) -> Result<(), Refused> {
        if !policy::may_admit_person(self, author, grants) {
            return Err(Refused::Right);
        }
        check_keys(keys)?;
        if self.invitations.contains_key(&InviteId(keys.member.0)) || self.is_member_used(keys) {
            return Err(Refused::Used);
        }
        if self.members.len() >= limits::MEMBERS {
            return Err(Refused::Limit);
        }
        self.check_first_grants(grants)?;
        let number = u32::try_from(self.members.len() + 1).map_err(|_| Refused::Limit)?;
        let made = Member::made(keys.clone(), Number(number), sequence, TeamRole::Member, *author);
        self.members.insert(keys.member, made);
        self.give_first(sequence, &keys.member, grants);
        Ok(())
    }

    pub(super) fn register_person(
        &mut self,
        sequence: u64,
        author: &MemberId,
        RegisterPerson { member, login_name }: &RegisterPerson,
    ) -> Result<(), Refused> {
        if !policy::may_admit_person(self, author, &[]) {
            return Err(Refused::Right);
        }
        if !login_name.is_folded() {
            return Err(Refused::Key);
        }
        if self.invitations.contains_key(&InviteId(member.0)) || self.is_name_used(member, login_name) {
            return Err(Refused::Used);
        }
        if self.members.len() >= limits::MEMBERS {
            return Err(Refused::Limit);
        }
        let number = u32::try_from(self.members.len() + 1).map_err(|_| Refused::Limit)?;
        let registered = Member::registered(*member, login_name.clone(), Number(number), sequence);
        self.members.insert(*member, registered);
        Ok(())
    }

    pub(super) fn set_password(&mut self, sequence: u64, author: &MemberId, set: &SetPassword) -> Result<(), Refused> {
        let SetPassword { member: id, signing, sealing, grants, vaults } = set;
        let member = self.member(id).ok_or(Refused::Unknown)?;
        if !policy::may_set_password(self, author, id, grants) {
            return Err(Refused::Right);
        }
        let is_first = match member.state {
            MemberState::Keyless => true,
            MemberState::Made => false,
            // Of keys of their own, recovery gives others.
            MemberState::Active | MemberState::Suspended | MemberState::Removed | MemberState::Expired => {
                return Err(Refused::State);
            }
        };
        signing.check().and_then(|()| sealing.check()).map_err(|_| Refused::Key)?;
        if self.is_key_used(signing, sealing) {
            return Err(Refused::Used);
        }
        if !is_first && !grants.is_empty() {
            return Err(Refused::Grants);
        }
        self.check_first_grants(grants)?;
        self.check_touched(id, vaults)?;
        // Whoever made the keys before may have kept the vaults' keys.
        for touched in vaults {
            if let Some(vault) = self.vaults.get_mut(&touched.vault) {
                vault.take_away(sequence, touched.head);
            }
        }
        if let Some(member) = self.members.get_mut(id) {
            match is_first {
                true => (member.keys.signing, member.keys.sealing, member.keeper) = (*signing, *sealing, *author),
                false => member.replace_keys(sequence, (*signing, *sealing), *author),
            }
            member.state = MemberState::Made;
        }
        self.give_first(sequence, id, grants);
        Ok(())
    }

    /// Roles that somebody may get who has no keys of their own yet.
    fn check_first_grants(&self, grants: &[VaultGrant]) -> Result<(), Refused> {
        if grants.len() > limits::GRANTS {
            return Err(Refused::Limit);
        }
        let mut vaults = BTreeSet::new();
        for VaultGrant { vault, .. } in grants {
            let known = self.vaults.get(vault).ok_or(Refused::Unknown)?;
            if known.kind == VaultKind::Personal || !vaults.insert(vault) {
                return Err(Refused::Grants);
            }
            if !self.has_room(vault) {
                return Err(Refused::Limit);
            }
        }
        Ok(())
    }

    /// The keys are sealed to them from now on; by `role_at` of the team they can do nothing with them.
    fn give_first(&mut self, sequence: u64, member: &MemberId, grants: &[VaultGrant]) {
        for VaultGrant { vault, role } in grants {
            if let Some(vault) = self.vaults.get_mut(vault) {
                vault.grants.entry(*member).or_default().set(sequence, Some(*role));
            }
        }
    }

    /// Whoever has keys of somebody else's making is a member like any other only once they are replaced.
    pub(super) fn unsettle(&mut self, sequence: u64, id: &MemberId) {
        self.end_auditing(sequence, id);
        let Some(member) = self.members.get_mut(id) else { return };
        member.kept.role = member.role.now().copied().flatten();
        member.role.set(sequence, None);
        member.state = MemberState::Made;
    }

    /// Whoever has keys of their own now is a member like any other.
    pub(super) fn settle(&mut self, sequence: u64, id: &MemberId) {
        let Some(member) = self.members.get_mut(id).filter(|member| member.state == MemberState::Made) else { return };
        member.state = MemberState::Active;
        let role = member.kept.role.take();
        member.role.set(sequence, role);
        if role == Some(TeamRole::Auditor) {
            self.begin_auditing(sequence, id);
        }
    }
}
