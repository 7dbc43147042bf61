//! Inviting people, and joining by an invitation's link.

use super::{TeamPath, operation, sync::KeyEnvelope, vault::ChainError, vault::Stated};
use crate::{
    bytes::Bytes,
    chain::Refused,
    crypto::{Hash, VerifyingKey},
    ids::{InviteId, MemberId, TeamId, VaultId},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Path of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct InvitationPath {
    /// The team.
    pub team: TeamId,
    /// The invitation.
    pub invite: InviteId,
}

/// Keys of a vault, sealed to an invitation's key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VaultEnvelope {
    /// The vault.
    pub vault: VaultId,
    /// The HPKE message.
    pub sealed: Bytes,
}

/// A new invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvitation {
    /// The signed statement.
    pub statement: Bytes,
    /// The directory key, sealed to the invitation.
    pub directory: Bytes,
    /// The keys of each vault that it grants a role in.
    pub envelopes: Vec<VaultEnvelope>,
}

operation! {
    /// Invites somebody. The link is made and kept by whoever invites.
    CreateInvitation "create_invitation": Post "/v1/teams/{team}/invitations", Member, keyed, batch;
    TeamPath, body NewInvitation => Stated, ChainError
}

/// An invitation's end.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Withdrawal {
    /// The signed statement.
    pub statement: Bytes,
}

operation! {
    /// Withdraws an invitation.
    WithdrawInvitation "withdraw_invitation": Post "/v1/teams/{team}/invitations/{invite}/withdrawal", Member, keyed;
    InvitationPath, body Withdrawal => Stated, ChainError
}

/// Why nothing is told to the holder of a link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum InvitationError {
    /// No such team or invitation, or not signed by its key: all the same.
    #[error("refused")]
    InvitationRefused,
    /// Somebody joined by it.
    #[error("used")]
    InvitationUsed,
    /// It was withdrawn, or its inviter has no right to it any more.
    #[error("withdrawn")]
    InvitationWithdrawn,
    /// Its time is over.
    #[error("expired")]
    InvitationExpired,
    /// The request's time is more than [`crate::limits::CLOCK_SKEW`] from the server's.
    #[error("the time is refused")]
    ClockRefused,
    /// The origin is none of the server's.
    #[error("origin refused")]
    OriginRefused,
}

/// Asks for the chain.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Opening {
    /// A signed [`crate::session::OpenInvitation`].
    pub opening: Bytes,
    /// Number of statements that the caller has.
    #[serde(default)]
    pub from: u64,
}

/// The team's chain, for whoever holds a link.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct OpenedChain {
    /// Statements from there on, at most [`crate::limits::SYNC_STATEMENTS`].
    pub statements: Vec<Bytes>,
    /// Whether these are all.
    pub complete: bool,
}

operation! {
    /// Gives the team's chain to the holder of an open invitation's link.
    OpenInvitation "open_invitation": Post "/v1/teams/{team}/invitations/{invite}/chain", Anyone, small;
    InvitationPath, body Opening => OpenedChain, InvitationError
}

/// Somebody who joins.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewMember {
    /// The statement, signed by the new member and by the invitation.
    pub statement: Bytes,
    /// The new member's login key.
    pub login_key: VerifyingKey,
    /// Tag of its Secret Key.
    pub kit_tag: Hash,
    /// Its sealed identity bundle, version 1.
    pub bundle: Bytes,
}

/// Somebody joined.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Joined {
    /// The new member.
    pub member: MemberId,
    /// The keys that were wrapped for whoever joins: given this once.
    pub envelopes: Vec<KeyEnvelope>,
}

/// Why nobody joined.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum JoinError {
    /// No such team or invitation, or not signed by its key: all the same.
    #[error("refused")]
    InvitationRefused,
    /// Somebody joined by it.
    #[error("used")]
    InvitationUsed,
    /// It was withdrawn, or its inviter has no right to it any more.
    #[error("withdrawn")]
    InvitationWithdrawn,
    /// Its time is over.
    #[error("expired")]
    InvitationExpired,
    /// The chain has moved on; here is how.
    #[error("the chain has moved on")]
    StaleChain {
        /// The statements after the one that was built on.
        statements: Vec<Bytes>,
    },
    /// The statement does not follow.
    #[error("the statement is refused: {reason}")]
    StatementRefused {
        /// Why.
        reason: Refused,
    },
    /// The bundle is empty or too large.
    #[error("the bundle is refused")]
    EnvelopesRefused,
}

operation! {
    /// Joins a team by an invitation. The new member signs in afterwards like anyone.
    JoinTeam "join_team": Post "/v1/teams/{team}/members", Anyone, keyed;
    TeamPath, body NewMember => Joined, JoinError
}
