//! An invitation as the chain tells it, and whom a vault's keys are wrapped to.

use crate::{
    chain::{Invite, TeamState, VaultRole},
    crypto::SealingPublicKey,
    ids::{InviteId, MemberId, VaultId},
    limits,
};
use serde::{Deserialize, Serialize};

/// What became of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum InvitationState {
    /// Somebody may join by it.
    Open,
    /// Somebody did.
    Used,
    /// It was withdrawn.
    Withdrawn,
    /// Its time is over.
    Expired,
    /// Whoever invited has no right to it any more, or has replaced their keys.
    Lapsed,
}

/// An invitation.
#[derive(Clone, Debug)]
pub struct Invitation {
    /// What was said.
    pub invite: Invite,
    /// Who invited.
    pub inviter: MemberId,
    /// The statement that brought it.
    pub since: u64,
    /// What became of it, by the time of the newest statement.
    pub state: InvitationState,
    /// The statement that closed it.
    pub closed: Option<u64>,
}

/// Somebody whom a vault's keys are wrapped to: a member, or whoever will join by an open invitation.
#[derive(Clone, Copy, Debug)]
pub struct Recipient<'s> {
    /// Who.
    pub member: MemberId,
    /// What to wrap to.
    pub sealing: &'s SealingPublicKey,
    /// Says which keys.
    pub role: VaultRole,
}

impl TeamState {
    /// An invitation, whatever became of it.
    #[must_use]
    pub fn invitation(&self, invite: &InviteId) -> Option<&Invitation> {
        self.invitations.get(invite)
    }

    /// All invitations in the order of their ids.
    pub fn invitations(&self) -> impl Iterator<Item = &Invitation> {
        self.invitations.values()
    }

    pub(super) fn open_invitations(&self) -> impl Iterator<Item = &Invitation> {
        self.invitations.values().filter(|invitation| invitation.state == InvitationState::Open)
    }

    /// Everyone who gets the vault's keys now.
    pub fn recipients(&self, vault: &VaultId) -> impl Iterator<Item = Recipient<'_>> + use<'_> {
        let vault = *vault;
        let members = self.vaults.get(&vault).into_iter().flat_map(|vault| vault.grants()).filter_map(|(id, role)| {
            let member = self.members.get(id)?;
            Some(Recipient { member: *id, sealing: &member.keys.sealing, role })
        });
        let auditors = self.vaults.get(&vault).into_iter().flat_map(|vault| {
            vault.auditors.keys().filter(|member| vault.granted(member).is_none()).filter_map(|id| {
                let member = self.members.get(id)?;
                Some(Recipient { member: *id, sealing: &member.keys.sealing, role: VaultRole::Viewer })
            })
        });
        let invited = self.open_invitations().filter_map(move |invitation| {
            let grant = invitation.invite.grants.iter().find(|grant| grant.vault == vault)?;
            let Invite { invite, sealing, .. } = &invitation.invite;
            Some(Recipient { member: invite.member(), sealing, role: grant.role })
        });
        members.chain(auditors).chain(invited)
    }

    /// Whether the vault's keys can be wrapped for one more by one statement.
    pub(super) fn has_room(&self, vault: &VaultId) -> bool {
        let listed = self.vaults.get(vault).map_or(0, |known| known.grants.len() + known.auditors.len());
        // Counting is only needed where those who have left could matter.
        listed + self.invitations.len() < limits::ENVELOPES || self.recipients(vault).count() < limits::ENVELOPES
    }

    /// Those whom no statement brought all of the vault's keys: a custodian still has to wrap them.
    pub fn missed_keys(&self, vault: &VaultId) -> impl Iterator<Item = Recipient<'_>> {
        let vault = *vault;
        self.recipients(&vault).filter(move |to| self.missed_since(&vault, &to.member).is_some())
    }

    /// The statement since which a member should have keys of the vault that none brought: that made it an auditor when
    /// the vault was there, or gave it back its role after it had been suspended while keys were made. What was wrapped to
    /// it before that is not all.
    #[must_use]
    pub fn missed_since(&self, vault: &VaultId, member: &MemberId) -> Option<u64> {
        let known = self.vaults.get(vault)?;
        if known.granted(member).is_none() {
            let since = *known.auditors.get(member)?;
            return known.epochs().first().is_some_and(|first| first.since < since).then_some(since);
        }
        let (roles, resumed) = (known.grants.get(member)?, self.members.get(member)?.resumed?);
        let (first, _) = roles.ends()?;
        let without = |since: u64| first < since && since < resumed && roles.at(since).copied().flatten().is_none();
        // A greater role since then came with all keys, a lesser one with none.
        let brought = roles.all().windows(2).any(|pair| match pair {
            [(_, before), (since, after)] => *since > resumed && after > before,
            _ => false,
        });
        (!brought && known.epochs().iter().any(|epoch| without(epoch.since))).then_some(resumed)
    }
}
