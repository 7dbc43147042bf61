//! Services: admitted, given other terms and new keys, and over when their time is.

use super::{check_keys, vaults::check_holder};
use crate::{
    chain::{
        Admit, Member, MemberState, Refused, RenewService, ServiceTerms, SetService, TeamRole, TeamState, VaultGrant,
        VaultKind, member::Kept,
    },
    ids::{InviteId, MemberId, Number, Timestamp},
    limits, policy,
    text::LoginName,
};
use std::collections::BTreeSet;

impl TeamState {
    pub(super) fn admit(
        &mut self,
        sequence: u64,
        author: &MemberId,
        time: Timestamp,
        admit: &Admit,
    ) -> Result<(), Refused> {
        let Admit { keys, terms, grants } = admit;
        if !policy::may_admit(self, author, grants) {
            return Err(Refused::Right);
        }
        check_terms(terms, time)?;
        check_keys(keys)?;
        let token_name = LoginName::of_service(&keys.member);
        let named = self.members.values().any(|member| member.keys.login_name == token_name);
        let invited = self.invitations.contains_key(&InviteId(keys.member.0));
        if named || invited || self.is_member_used(keys) {
            return Err(Refused::Used);
        }
        if self.members.len() >= limits::MEMBERS || grants.len() > limits::GRANTS {
            return Err(Refused::Limit);
        }
        let mut vaults = BTreeSet::new();
        for VaultGrant { vault, role } in grants {
            let known = self.vaults.get(vault).ok_or(Refused::Unknown)?;
            if known.kind == VaultKind::Personal || !vaults.insert(vault) {
                return Err(Refused::Grants);
            }
            check_holder(Some(terms), *role)?;
            if !self.has_room(vault) {
                return Err(Refused::Limit);
            }
        }
        if terms.vault.as_ref().is_some_and(|vault| !vaults.contains(vault)) {
            return Err(Refused::Grants);
        }
        let number = u32::try_from(self.members.len() + 1).map_err(|_| Refused::Limit)?;
        let mut member = Member::new(keys.clone(), Number(number), sequence, TeamRole::Member);
        (member.service, member.keeper) = (Some(terms.clone()), *author);
        self.members.insert(keys.member, member);
        for VaultGrant { vault, role } in grants {
            if let Some(vault) = self.vaults.get_mut(vault) {
                vault.grants.entry(keys.member).or_default().set(sequence, Some(*role));
            }
        }
        Ok(())
    }

    pub(super) fn set_service(
        &mut self,
        sequence: u64,
        author: &MemberId,
        time: Timestamp,
        set: &SetService,
    ) -> Result<(), Refused> {
        if !policy::may_set_service(self, author, &set.member) {
            return Err(Refused::Right);
        }
        self.check_new_terms(&set.member, &set.terms, time)?;
        self.take_terms(sequence, &set.member, &set.terms);
        Ok(())
    }

    pub(super) fn renew_service(
        &mut self,
        sequence: u64,
        author: &MemberId,
        time: Timestamp,
        renew: &RenewService,
    ) -> Result<(), Refused> {
        let member = self.member(&renew.member).ok_or(Refused::Unknown)?;
        if !policy::may_renew_service(self, author, &renew.member) {
            return Err(Refused::Right);
        }
        if member.state == MemberState::Suspended {
            return Err(Refused::State);
        }
        self.check_new_terms(&renew.member, &renew.terms, time)?;
        renew.signing.check().and_then(|()| renew.sealing.check()).map_err(|_| Refused::Key)?;
        if self.is_key_used(&renew.signing, &renew.sealing) {
            return Err(Refused::Used);
        }
        self.check_touched(&renew.member, &renew.vaults)?;
        // Whoever had the old token may have had the vaults' keys.
        for touched in &renew.vaults {
            if let Some(vault) = self.vaults.get_mut(&touched.vault) {
                vault.take_away(sequence, touched.head);
            }
        }
        if let Some(member) = self.members.get_mut(&renew.member) {
            member.replace_keys(sequence, (renew.signing, renew.sealing), *author);
        }
        self.take_terms(sequence, &renew.member, &renew.terms);
        Ok(())
    }

    /// Services whose time is over by the newest statement lose their roles until they are given more of it.
    pub(super) fn lapse_services(&mut self, sequence: u64) {
        let is_over = |member: &&Member| member.state == MemberState::Active && member.is_expired(self.time);
        let over: Vec<MemberId> = self.members.values().filter(is_over).map(Member::id).collect();
        for id in over {
            let kept = self.kept_of(&id);
            for vault in kept.grants.keys() {
                if let Some(vault) = self.vaults.get_mut(vault) {
                    vault.grants.entry(id).or_default().set(sequence, None);
                }
            }
            if let Some(member) = self.members.get_mut(&id) {
                member.role.set(sequence, None);
                (member.state, member.kept) = (MemberState::Expired, kept);
            }
        }
    }

    /// What a member has now, to be given back later.
    pub(super) fn kept_of(&self, member: &MemberId) -> Kept {
        let grants = self.vaults.iter().filter_map(|(vault, state)| Some((*vault, state.granted(member)?)));
        Kept { role: self.members.get(member).and_then(Member::standing), grants: grants.collect() }
    }

    /// Gives back what was kept.
    pub(super) fn give_back(&mut self, sequence: u64, id: &MemberId) {
        let Some(member) = self.members.get_mut(id) else { return };
        let Kept { role, grants } = std::mem::take(&mut member.kept);
        (member.state, member.resumed) = (member.settled_state(), Some(sequence));
        let acts = member.state == MemberState::Active;
        match acts {
            true => member.role.set(sequence, role),
            // It comes with keys of their own.
            false => member.kept.role = role,
        }
        for (vault, role) in grants {
            if let Some(vault) = self.vaults.get_mut(&vault) {
                vault.grants.entry(*id).or_default().set(sequence, Some(role));
            }
        }
        if acts && role == Some(TeamRole::Auditor) {
            self.begin_auditing(sequence, id);
        }
    }

    /// Whether a service that is there may get these terms with the roles that it has.
    fn check_new_terms(&self, id: &MemberId, terms: &ServiceTerms, time: Timestamp) -> Result<(), Refused> {
        let member = self.member(id).ok_or(Refused::Unknown)?;
        member.service.as_ref().ok_or(Refused::Service)?;
        if member.state == MemberState::Removed {
            return Err(Refused::Unknown);
        }
        check_terms(terms, time)?;
        let held = self.vaults_of(id).filter_map(|(_, vault)| vault.role(id));
        for role in held.chain(member.kept_grants().map(|grant| grant.role)) {
            check_holder(Some(terms), role)?;
        }
        let known = terms.vault.as_ref().map(|vault| self.vaults.get(vault).map(|vault| vault.kind));
        match known {
            None | Some(Some(VaultKind::Shared)) => Ok(()),
            Some(Some(VaultKind::Personal)) => Err(Refused::Grants),
            Some(None) => Err(Refused::Unknown),
        }
    }

    fn take_terms(&mut self, sequence: u64, id: &MemberId, terms: &ServiceTerms) {
        let Some(member) = self.members.get_mut(id) else { return };
        member.service = Some(terms.clone());
        if member.state == MemberState::Expired {
            self.give_back(sequence, id);
        }
    }
}

fn check_terms(terms: &ServiceTerms, time: Timestamp) -> Result<(), Refused> {
    if terms.expires.is_some_and(|expires| expires <= time) {
        return Err(Refused::Time);
    }
    if terms.hosts.len() > limits::HOSTS {
        return Err(Refused::Limit);
    }
    let different: BTreeSet<_> = terms.hosts.iter().collect();
    let sound = different.len() == terms.hosts.len() && terms.hosts.iter().all(|host| host.is_folded());
    if sound { Ok(()) } else { Err(Refused::Host) }
}
