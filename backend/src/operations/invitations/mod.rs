//! Invitations: made, withdrawn, opened by whoever holds the link, and used.

mod create;
mod join;
mod open;
mod withdraw;

use sealward_contract::{
    chain::{Invitation, InvitationState},
    ids::Timestamp,
    operations::invitations::InvitationError,
};

/// Whether somebody may still join by an invitation, by the server's clock. Asked only for those who hold the link.
fn check_open(invitation: &Invitation, now: Timestamp) -> Result<(), InvitationError> {
    match invitation.state {
        InvitationState::Open if invitation.invite.expires <= now => Err(InvitationError::InvitationExpired),
        InvitationState::Open => Ok(()),
        InvitationState::Used => Err(InvitationError::InvitationUsed),
        InvitationState::Withdrawn | InvitationState::Lapsed => Err(InvitationError::InvitationWithdrawn),
        InvitationState::Expired => Err(InvitationError::InvitationExpired),
    }
}
