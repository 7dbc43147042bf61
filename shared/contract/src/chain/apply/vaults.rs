//! Vaults: made, given new keys and policies, roles in them given and taken.

use crate::{
    chain::{
        Approvals, Cut, EpochKeys, EpochState, LeaseTerms, Member, NamedHead, NewEpoch, NewVault, Refused, Revoke,
        ServiceScope, ServiceTerms, SetGrant, SetPolicy, TeamRole, TeamState, VaultKind, VaultRole, VaultState,
        timeline::Timeline,
    },
    ids::{Epoch, MemberId, Number, VaultId},
    limits, policy,
};
use std::collections::{BTreeMap, BTreeSet};

impl TeamState {
    pub(super) fn make_vault(&mut self, sequence: u64, author: &MemberId, new: &NewVault) -> Result<(), Refused> {
        if new.kind == VaultKind::Personal && self.personal_vault(author).is_some() {
            return Err(Refused::Personal);
        }
        if !policy::may_make_vault(self, author, new.kind) {
            return Err(Refused::Right);
        }
        if self.vaults.len() >= limits::VAULTS {
            return Err(Refused::Limit);
        }
        if new.grants.iter().any(|grant| self.is_full(&grant.member)) || new.grants.len() > limits::ENVELOPES {
            return Err(Refused::Limit);
        }
        if new.vault == VaultId::DIRECTORY || self.vaults.contains_key(&new.vault) {
            return Err(Refused::Used);
        }
        check_epoch_keys(self, &new.keys)?;
        let auditors: BTreeMap<MemberId, u64> = match new.kind {
            VaultKind::Shared => self.active_auditors().map(|auditor| (auditor, sequence)).collect(),
            VaultKind::Personal => BTreeMap::new(),
        };
        if auditors.len() + new.grants.len() > limits::ENVELOPES {
            return Err(Refused::Limit);
        }
        let mut grants: BTreeMap<MemberId, Timeline<Option<VaultRole>>> = BTreeMap::new();
        for grant in &new.grants {
            self.role(&grant.member).ok_or(Refused::Grants)?;
            check_holder(self.member(&grant.member).and_then(Member::service), grant.role)?;
            if auditors.contains_key(&grant.member) && !policy::may_hold_as_auditor(grant.role) {
                return Err(Refused::Auditor);
            }
            let mut roles = Timeline::default();
            roles.set(sequence, Some(grant.role));
            if grants.insert(grant.member, roles).is_some() {
                return Err(Refused::Grants);
            }
        }
        let makers_role = new.grants.iter().find(|grant| grant.member == *author).map(|grant| grant.role);
        let alone = new.grants.len() == 1;
        if makers_role != Some(VaultRole::Custodian) || (new.kind == VaultKind::Personal && !alone) {
            return Err(Refused::Grants);
        }
        let number = u32::try_from(self.vaults.len() + 1).map_err(|_| Refused::Limit)?;
        self.vaults.insert(
            new.vault,
            VaultState {
                number: Number(number),
                kind: new.kind,
                owner: (new.kind == VaultKind::Personal).then_some(*author),
                auditors,
                epochs: vec![EpochState { epoch: Epoch::FIRST, keys: new.keys.clone(), since: sequence }],
                grants,
                policies: BTreeMap::new(),
                groups: BTreeMap::new(),
                brought: BTreeMap::new(),
                cut: None,
                due: Timeline::default(),
            },
        );
        Ok(())
    }

    pub(super) fn start_epoch(&mut self, sequence: u64, author: &MemberId, new: &NewEpoch) -> Result<(), Refused> {
        let role = self.vault_role(&new.vault, author);
        let vault = self.vaults.get(&new.vault).ok_or(Refused::Unknown)?;
        if !role.is_some_and(policy::may_start_epoch) {
            return Err(Refused::Right);
        }
        let last = vault.epoch().ok_or(Refused::Unknown)?;
        if last.epoch.0.checked_add(1) != Some(new.epoch.0) {
            return Err(Refused::Epoch);
        }
        check_epoch_keys(self, &new.keys)?;
        let vault = self.vaults.get_mut(&new.vault).ok_or(Refused::Unknown)?;
        vault.epochs.push(EpochState { epoch: new.epoch, keys: new.keys.clone(), since: sequence });
        vault.cut = Some(Cut { sequence, head: Some(new.head) });
        vault.due.set(sequence, false);
        Ok(())
    }

    pub(super) fn set_policy(&mut self, sequence: u64, author: &MemberId, set: &SetPolicy) -> Result<(), Refused> {
        let role = self.vault_role(&set.vault, author);
        let vault = self.vaults.get(&set.vault).ok_or(Refused::Unknown)?;
        if !role.is_some_and(policy::may_set_policy) {
            return Err(Refused::Right);
        }
        if let Some(policy) = &set.policy {
            let unmet = usize::from(policy.approvals.0) >= self.keepers_of(vault);
            if policy.approvals > Approvals::MOST || (policy.approvals.0 > 0 && unmet) {
                return Err(Refused::Policy);
            }
            if let Some(terms) = &policy.terms {
                self.check_terms(vault, policy.approvals, terms)?;
            }
        }
        let vault = self.vaults.get_mut(&set.vault).ok_or(Refused::Unknown)?;
        vault.policies.entry(set.scope).or_default().set(sequence, set.policy.clone());
        Ok(())
    }

    /// How many different people a vault's custodians are: those whose keys one client made are one.
    fn keepers_of(&self, vault: &VaultState) -> usize {
        let custodians = vault.grants().filter(|(_, role)| *role == VaultRole::Custodian);
        let keepers = custodians.filter_map(|(member, _)| Some(self.member(member)?.keeper()));
        keepers.collect::<BTreeSet<_>>().len()
    }

    /// Whoever is named is a custodian, or a service that approves; and those who approve are enough.
    fn check_terms(&self, vault: &VaultState, approvals: Approvals, terms: &LeaseTerms) -> Result<(), Refused> {
        let custodian = |member: &MemberId| vault.granted(member) == Some(VaultRole::Custodian);
        let service = |member: &MemberId| {
            let known = self.member(member).and_then(Member::service);
            known.is_some() && vault.granted(member).is_some()
        };
        let named = terms.approvers.iter().all(|member| custodian(member) || service(member));
        let others = terms.exempt.iter().flatten().chain(&terms.break_glass).all(custodian);
        let keepers = terms.approvers.iter().filter_map(|member| Some(self.member(member)?.keeper()));
        let keepers = keepers.collect::<BTreeSet<_>>().len();
        // The last approval gives the key, so one of them has to have it.
        let can_approve = terms.approvers.is_empty()
            || (keepers >= usize::from(approvals.0) && terms.approvers.iter().any(custodian));
        if !terms.is_within_limits() {
            return Err(Refused::Limit);
        }
        if named && others && can_approve { Ok(()) } else { Err(Refused::Policy) }
    }

    pub(super) fn set_grant(&mut self, sequence: u64, author: &MemberId, set: &SetGrant) -> Result<(), Refused> {
        let vault = self.vaults.get(&set.vault).ok_or(Refused::Unknown)?;
        if !self.vault_role(&set.vault, author).is_some_and(policy::may_grant) {
            return Err(Refused::Right);
        }
        if vault.kind == VaultKind::Personal || self.role(&set.member).is_none() {
            return Err(Refused::Grants);
        }
        check_holder(self.member(&set.member).and_then(Member::service), set.role)?;
        if self.role(&set.member) == Some(TeamRole::Auditor) && !policy::may_hold_as_auditor(set.role) {
            return Err(Refused::Auditor);
        }
        let trusted = self.is_trusted_with(&set.vault, &set.member);
        let old = vault.granted(&set.member);
        // What a group brought can become the member's own.
        if old == Some(set.role) && !vault.brought.contains_key(&set.member) {
            return Err(Refused::State);
        }
        let takes_away = old.is_some_and(|old| policy::takes_away(old, Some(set.role)));
        if !trusted && !takes_away {
            return Err(Refused::Grants);
        }
        if takes_away != set.head.is_some() {
            return Err(Refused::Heads);
        }
        if takes_away {
            check_policies_without(vault, &set.member)?;
        }
        let is_new = vault.role(&set.member).is_none();
        if old.is_none() && (self.is_full(&set.member) || (is_new && !self.has_room(&set.vault))) {
            return Err(Refused::Limit);
        }
        let vault = self.vaults.get_mut(&set.vault).ok_or(Refused::Unknown)?;
        vault.grants.entry(set.member).or_default().set(sequence, Some(set.role));
        vault.brought.remove(&set.member);
        if let Some(head) = set.head {
            vault.take_away(sequence, head);
        }
        Ok(())
    }

    pub(super) fn revoke(&mut self, sequence: u64, author: &MemberId, revoke: &Revoke) -> Result<(), Refused> {
        let vault = self.vaults.get(&revoke.vault).ok_or(Refused::Unknown)?;
        if !policy::may_revoke(self, author, &revoke.vault) {
            return Err(Refused::Right);
        }
        if vault.kind == VaultKind::Personal {
            return Err(Refused::Grants);
        }
        let holds = self.standing_role(&revoke.vault, &revoke.member);
        let kept = self.member(&revoke.member).map(|member| &member.kept.grants);
        match (holds, revoke.head) {
            (Some(_), Some(head)) => {
                check_policies_without(vault, &revoke.member)?;
                let vault = self.vaults.get_mut(&revoke.vault).ok_or(Refused::Unknown)?;
                vault.grants.entry(revoke.member).or_default().set(sequence, None);
                vault.brought.remove(&revoke.member);
                vault.take_away(sequence, head);
                // Of an expired service, that it would get it back.
                if let Some(member) = self.members.get_mut(&revoke.member) {
                    member.kept.grants.remove(&revoke.vault);
                }
            }
            (None, None) if kept.is_some_and(|kept| kept.contains_key(&revoke.vault)) => {
                let member = self.members.get_mut(&revoke.member).ok_or(Refused::Unknown)?;
                member.kept.grants.remove(&revoke.vault);
                if let Some(vault) = self.vaults.get_mut(&revoke.vault) {
                    vault.brought.remove(&revoke.member);
                }
            }
            (Some(_), None) => return Err(Refused::Heads),
            (None, _) => return Err(Refused::Grants),
        }
        Ok(())
    }

    /// Whether a member was granted roles in as many vaults as it may.
    pub(super) fn is_full(&self, member: &MemberId) -> bool {
        // Nobody has a role in more vaults than there are.
        self.vaults.len() >= limits::GRANTS
            && self.vaults.values().filter(|vault| vault.granted(member).is_some()).count() >= limits::GRANTS
    }
}

impl VaultState {
    /// Somebody lost a right: new keys are due, and of the heads before only the named one counts.
    pub(super) fn take_away(&mut self, sequence: u64, head: NamedHead) {
        self.cut = Some(Cut { sequence, head: Some(head) });
        self.due.set(sequence, true);
    }
}

/// Whether a member with these terms may have a role in a vault; people may have each.
pub(super) fn check_holder(terms: Option<&ServiceTerms>, role: VaultRole) -> Result<(), Refused> {
    match terms.map(|terms| terms.scope) {
        Some(_) if role > ServiceScope::Roles.highest_role() => Err(Refused::Service),
        Some(scope) if role > scope.highest_role() => Err(Refused::Scope),
        _ => Ok(()),
    }
}

/// Whether the approvals of all policies stay fewer than the custodians when this member is none any more. Those who are
/// suspended or removed are not asked for: a custodian cannot make itself immovable by a policy.
fn check_policies_without(vault: &VaultState, member: &MemberId) -> Result<(), Refused> {
    let approvals = vault.most_approvals();
    let counts = vault.role(member) == Some(VaultRole::Custodian);
    if counts && approvals > 0 && approvals >= vault.custodians().saturating_sub(1) {
        return Err(Refused::Policy);
    }
    Ok(())
}

/// Keys are made anew for every epoch: one seen before would let its old holder open new secrets.
fn check_epoch_keys(state: &TeamState, keys: &EpochKeys) -> Result<(), Refused> {
    keys.guarded.check().map_err(|_| Refused::Key)?;
    let seen = state
        .epochs_of_all()
        .any(|known| known.guarded == keys.guarded || known.catalog == keys.catalog || known.open == keys.open);
    let members = state.members().flat_map(Member::all_keys).map(|(_, sealing)| sealing);
    let invited = state.invitations().map(|invitation| &invitation.invite.sealing);
    let devices = state.device_keys.iter().map(|device| &device.sealing);
    if seen || members.chain(invited).chain(devices).any(|sealing| *sealing == keys.guarded) {
        Err(Refused::Used)
    } else {
        Ok(())
    }
}
