//! Inviting people, and the invitations that are open.

use super::Session;
use crate::{crypto::hpke, error::Error, invitation::InvitationLink, transport::Transport};
use sealward_contract::{
    bytes::Bytes,
    chain::{
        Body, InvitationState, Invite, Recipient, TeamRole, TeamState, VaultGrant,
        WithdrawInvite as WithdrawInviteStatement,
    },
    crypto::context::of_directory_envelope,
    ids::{InviteId, MemberId, Timestamp},
    operations::invitations::{
        CreateInvitation, InvitationPath, NewInvitation, VaultEnvelope, WithdrawInvitation, Withdrawal,
    },
};

/// An invitation, as the chain tells it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InvitationListed {
    /// Its id.
    pub invite: InviteId,
    /// Who invited.
    pub inviter: MemberId,
    /// The role in the team.
    pub role: TeamRole,
    /// Roles in vaults.
    pub grants: Vec<VaultGrant>,
    /// From when on nobody joins by it.
    pub expires: Timestamp,
    /// What became of it, by this device's clock where it is still open.
    pub state: InvitationState,
}

impl<T: Transport> Session<T> {
    /// Invites somebody as a plain member with these roles in vaults, for so many milliseconds (at most
    /// [`sealward_contract::limits::INVITATION`]). The link that is given is a bearer token, and is kept nowhere else.
    ///
    /// # Errors
    /// [`Error::NotAllowed`] for whoever is no owner or administrator, or no custodian of one of the vaults, or for
    /// custody in one; others.
    pub async fn invite(&self, grants: &[VaultGrant], millis: u64) -> Result<InvitationLink, Error> {
        let invite = InviteId(self.surroundings.make_id());
        let link = self
            .surroundings
            .with_randomness(|randomness| InvitationLink::make(self.identity.genesis, invite, randomness));
        let keys = link.keys();
        let (signing, sealing) = (keys.signing.public(), keys.sealing.public());
        let directory = {
            let epoch = self.with_chain(TeamState::directory_epoch)?;
            let directory = self.directory.borrow();
            let key = directory.key_at(epoch).ok_or(Error::NotAllowed)?;
            let info = of_directory_envelope(&self.team, &invite.member());
            let wrapped = self
                .surroundings
                .with_randomness(|randomness| hpke::wrap(&sealing, &info, &[], key.expose(), randomness));
            Bytes(wrapped.map_err(|_| Error::Refused)?.into_bytes())
        };
        self.say(
            async || {
                let time = self.with_chain(|chain| self.surroundings.now().max(chain.time()))?;
                Ok(Some(Body::Invite(Invite {
                    invite,
                    signing,
                    sealing,
                    role: TeamRole::Member,
                    grants: grants.to_vec(),
                    expires: time.plus_millis(millis),
                })))
            },
            async |statement, _| {
                let envelopes = grants.iter().map(|grant| {
                    let to = Recipient { member: invite.member(), sealing: &sealing, role: grant.role };
                    let (_, envelope) = self.wrap_all(&to, grant.vault)?;
                    Ok(VaultEnvelope { vault: grant.vault, sealed: envelope.sealed })
                });
                let envelopes = envelopes.collect::<Result<Vec<_>, Error>>()?;
                let body = NewInvitation { statement: statement.to_wire(), directory: directory.clone(), envelopes };
                Ok(self.call_keyed::<CreateInvitation>(&self.team_path(), &body).await.map(drop))
            },
        )
        .await?;
        Ok(link)
    }

    /// Withdraws an invitation; new keys become due in the vaults that it gave a role in.
    ///
    /// # Errors
    /// [`Error::Gone`] where it is not open any more; others.
    pub async fn withdraw_invitation(&self, invite: InviteId) -> Result<(), Error> {
        let path = InvitationPath { team: self.team, invite };
        self.say(
            async || Ok(Some(Body::WithdrawInvite(WithdrawInviteStatement { invite }))),
            async |statement, _| {
                let body = Withdrawal { statement: statement.to_wire() };
                Ok(self.call_keyed::<WithdrawInvitation>(&path, &body).await.map(drop))
            },
        )
        .await?;
        self.renew_keys().await;
        Ok(())
    }

    /// All invitations, the newest first, those that are over included.
    #[must_use]
    pub fn invitations(&self) -> Vec<InvitationListed> {
        let now = self.surroundings.now();
        let listed = self.with_chain(|chain| {
            let mut all: Vec<_> = chain.invitations().collect();
            all.sort_by_key(|invitation| std::cmp::Reverse(invitation.since));
            let listed = all.into_iter().map(|invitation| {
                let Invite { invite, role, grants, expires, .. } = invitation.invite.clone();
                let state = match invitation.state {
                    InvitationState::Open if expires <= now => InvitationState::Expired,
                    state => state,
                };
                InvitationListed { invite, inviter: invitation.inviter, role, grants, expires, state }
            });
            listed.collect()
        });
        listed.unwrap_or_default()
    }
}
