//! Auditors: viewers of every shared vault, of those made later too, for as long as they are auditors.

use crate::{
    chain::{MemberState, Refused, TeamRole, TeamState, VaultKind},
    ids::{MemberId, VaultId},
    policy,
};
use std::collections::BTreeMap;

impl TeamState {
    /// Whether a member may become an auditor: with no role that opens secrets, now or once it is resumed, and room for one
    /// more recipient in every shared vault.
    pub(super) fn check_auditor(&self, member: &MemberId) -> Result<(), Refused> {
        let kept = self.members.get(member).into_iter().flat_map(|known| known.kept_grants());
        let kept: BTreeMap<VaultId, _> = kept.map(|grant| (grant.vault, grant.role)).collect();
        for (vault, known) in self.vaults.iter().filter(|(_, known)| known.kind == VaultKind::Shared) {
            let role = known.granted(member).max(kept.get(vault).copied());
            if role.is_some_and(|role| !policy::may_hold_as_auditor(role)) {
                return Err(Refused::Auditor);
            }
            if role.is_none() && !self.has_room(vault) {
                return Err(Refused::Limit);
            }
        }
        Ok(())
    }

    /// The member sees every shared vault from this statement on.
    pub(super) fn begin_auditing(&mut self, sequence: u64, member: &MemberId) {
        for vault in self.vaults.values_mut().filter(|vault| vault.kind == VaultKind::Shared) {
            vault.auditors.insert(*member, sequence);
        }
    }

    /// The member sees no vault as an auditor any more. It wrote nothing as one, so no head is cut off, but it had keys: new
    /// ones are due.
    pub(super) fn end_auditing(&mut self, sequence: u64, member: &MemberId) {
        for vault in self.vaults.values_mut() {
            if vault.auditors.remove(member).is_some() && vault.granted(member).is_none() {
                vault.due.set(sequence, true);
            }
        }
    }

    /// Everyone who sees a shared vault that is made now.
    pub(super) fn active_auditors(&self) -> impl Iterator<Item = MemberId> {
        let active = self.members.values().filter(|member| member.state == MemberState::Active);
        active.filter(|member| member.standing() == Some(TeamRole::Auditor)).map(|member| member.keys.member)
    }
}
