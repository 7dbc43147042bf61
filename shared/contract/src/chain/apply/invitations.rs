//! Invitations: made, withdrawn, used, and closed when their time or their inviter's right is over.

use super::check_keys;
use crate::{
    chain::{
        Invitation, InvitationState, Invite, Join, Member, Refused, TeamState, VaultGrant, VaultKind, WithdrawInvite,
    },
    ids::{InviteId, MemberId, Number, Timestamp},
    limits, policy,
};
use std::collections::BTreeSet;

impl TeamState {
    pub(super) fn invite(
        &mut self,
        sequence: u64,
        author: &MemberId,
        time: Timestamp,
        invite: &Invite,
    ) -> Result<(), Refused> {
        if !policy::may_invite(self, author, invite) {
            return Err(Refused::Right);
        }
        if invite.expires <= time || invite.expires.since(time) > limits::INVITATION {
            return Err(Refused::Time);
        }
        if self.open_invitations().count() >= limits::INVITATIONS || invite.grants.len() > limits::GRANTS {
            return Err(Refused::Limit);
        }
        if self.invitations.contains_key(&invite.invite) || self.members.contains_key(&invite.invite.member()) {
            return Err(Refused::Used);
        }
        invite.signing.check().and_then(|()| invite.sealing.check()).map_err(|_| Refused::Key)?;
        if self.is_key_used(&invite.signing, &invite.sealing) {
            return Err(Refused::Used);
        }
        let mut vaults = BTreeSet::new();
        for VaultGrant { vault, .. } in &invite.grants {
            let known = self.vaults.get(vault).ok_or(Refused::Unknown)?;
            if known.kind == VaultKind::Personal || !vaults.insert(vault) {
                return Err(Refused::Grants);
            }
            if !self.has_room(vault) {
                return Err(Refused::Limit);
            }
        }
        let (invite, inviter, state) = (invite.clone(), *author, InvitationState::Open);
        self.invitations.insert(invite.invite, Invitation { invite, inviter, since: sequence, state, closed: None });
        Ok(())
    }

    pub(super) fn withdraw(
        &mut self,
        sequence: u64,
        author: &MemberId,
        withdraw: &WithdrawInvite,
    ) -> Result<(), Refused> {
        let invitation = self.invitations.get(&withdraw.invite).ok_or(Refused::Unknown)?;
        if !policy::manages_people(self, author) {
            return Err(Refused::Right);
        }
        if invitation.state != InvitationState::Open {
            return Err(Refused::Closed);
        }
        self.close(sequence, withdraw.invite, InvitationState::Withdrawn);
        Ok(())
    }

    pub(super) fn join(&mut self, sequence: u64, time: Timestamp, join: &Join) -> Result<(), Refused> {
        let Join { invite, keys } = join;
        let invitation = self.invitations.get(invite).ok_or(Refused::Unknown)?;
        if invitation.state != InvitationState::Open || invitation.invite.expires <= time {
            return Err(Refused::Closed);
        }
        check_keys(keys)?;
        if self.is_member_used(keys) {
            return Err(Refused::Used);
        }
        if self.members.len() >= limits::MEMBERS {
            return Err(Refused::Limit);
        }
        let number = u32::try_from(self.members.len() + 1).map_err(|_| Refused::Limit)?;
        let Invite { role, grants, .. } = invitation.invite.clone();
        self.members.insert(keys.member, Member::new(keys.clone(), Number(number), sequence, role));
        for VaultGrant { vault, role } in grants {
            if let Some(vault) = self.vaults.get_mut(&vault) {
                vault.grants.entry(keys.member).or_default().set(sequence, Some(role));
            }
        }
        self.close(sequence, *invite, InvitationState::Used);
        Ok(())
    }

    /// Closes what is over by the time of the newest statement, and what its inviter could not say any more.
    pub(super) fn close_invitations(&mut self, sequence: u64) {
        let closed: Vec<_> = self
            .open_invitations()
            .filter_map(|Invitation { invite, inviter, .. }| {
                let over = invite.expires <= self.time;
                let lapsed = !policy::may_invite(self, inviter, invite);
                match (over, lapsed) {
                    (true, _) => Some((invite.invite, InvitationState::Expired)),
                    (false, true) => Some((invite.invite, InvitationState::Lapsed)),
                    (false, false) => None,
                }
            })
            .collect();
        for (invite, state) in closed {
            self.close(sequence, invite, state);
        }
    }

    /// Closes all that somebody has made.
    pub(super) fn lapse_invitations(&mut self, sequence: u64, inviter: &MemberId) {
        let made = self.open_invitations().filter(|invitation| invitation.inviter == *inviter);
        let made: Vec<_> = made.map(|invitation| invitation.invite.invite).collect();
        for invite in made {
            self.close(sequence, invite, InvitationState::Lapsed);
        }
    }

    /// An invitation that is taken back may have been read by the wrong people, and its keys with it: new ones are due. It
    /// wrote nothing, so no head is cut off.
    fn close(&mut self, sequence: u64, invite: InviteId, state: InvitationState) {
        let Some(invitation) = self.invitations.get_mut(&invite) else { return };
        (invitation.state, invitation.closed) = (state, Some(sequence));
        if matches!(state, InvitationState::Withdrawn | InvitationState::Lapsed) {
            for VaultGrant { vault, .. } in &invitation.invite.grants {
                if let Some(vault) = self.vaults.get_mut(vault) {
                    vault.due.set(sequence, true);
                }
            }
        }
    }
}
