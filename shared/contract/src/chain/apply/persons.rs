//! People who become members with keys that somebody else made.

use super::check_keys;
use crate::{
    chain::{AdmitPerson, Member, MemberState, Refused, TeamRole, TeamState, VaultGrant, VaultKind},
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
        if self.members.len() >= limits::MEMBERS || grants.len() > limits::GRANTS {
            return Err(Refused::Limit);
        }
        let mut vaults = BTreeSet::new();
        for VaultGrant { vault, .. } in grants {
            let known = self.vaults.get(vault).ok_or(Refused::Unknown)?;
            if known.kind == VaultKind::Personal || !vaults.insert(vault) {
                return Err(Refused::Grants);
            }
            if self.recipients(vault).count() >= limits::ENVELOPES {
                return Err(Refused::Limit);
            }
        }
        let number = u32::try_from(self.members.len() + 1).map_err(|_| Refused::Limit)?;
        let made = Member::made(keys.clone(), Number(number), sequence, TeamRole::Member, *author);
        self.members.insert(keys.member, made);
        // The keys are sealed to them from now on; by `role_at` of the team they can do nothing with them.
        for VaultGrant { vault, role } in grants {
            if let Some(vault) = self.vaults.get_mut(vault) {
                vault.grants.entry(keys.member).or_default().set(sequence, Some(*role));
            }
        }
        Ok(())
    }

    /// Whoever has keys of their own now is a member like any other.
    pub(super) fn settle(&mut self, sequence: u64, id: &MemberId) {
        let Some(member) = self.members.get_mut(id).filter(|member| member.state == MemberState::Made) else { return };
        member.state = MemberState::Active;
        let role = member.kept.role.take();
        member.role.set(sequence, role);
    }
}
