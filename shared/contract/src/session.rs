//! What is signed when signing in and when changing how one signs in.

use crate::{
    crypto::{Hash, SignedKind, VerifyingKey, context::Label},
    ids::{InviteId, MemberId, SessionId, TeamId, Timestamp},
    text::LoginName,
};
use minicbor::{Decode, Encode};

/// Answer to a challenge, signed by the login key.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SignIn {
    /// [`crate::suite::SUITE`].
    #[n(0)]
    pub suite: u8,
    /// The origin that the client was given; the server compares it with its configured ones.
    #[n(1)]
    pub origin: String,
    /// The team.
    #[n(2)]
    pub team: TeamId,
    /// The login name.
    #[n(3)]
    pub login_name: LoginName,
    /// The challenge's nonce.
    #[n(4)]
    pub nonce: Hash,
}

impl SignedKind for SignIn {
    const LABEL: Label = Label::SignIn;
}

/// A new login key and bundle, signed by the login key in force. Ends every other session.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ChangeLogin {
    /// [`crate::suite::SUITE`].
    #[n(0)]
    pub suite: u8,
    /// The team.
    #[n(1)]
    pub team: TeamId,
    /// The member.
    #[n(2)]
    pub member: MemberId,
    /// The new login key.
    #[n(3)]
    pub login_key: VerifyingKey,
    /// SHA-256 of the new sealed bundle.
    #[n(4)]
    pub bundle: Hash,
    /// The new bundle's version: one more than the last.
    #[n(5)]
    pub version: u32,
}

impl SignedKind for ChangeLogin {
    const LABEL: Label = Label::ChangeLogin;
}

/// Whoever holds an invitation's link asks for the team's chain, signed by the invitation's key.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct OpenInvitation {
    /// [`crate::suite::SUITE`].
    #[n(0)]
    pub suite: u8,
    /// The origin that the link was opened under; the server compares it with its configured ones.
    #[n(1)]
    pub origin: String,
    /// The team.
    #[n(2)]
    pub team: TeamId,
    /// The invitation.
    #[n(3)]
    pub invite: InviteId,
    /// When; the server refuses one that is more than [`crate::limits::CLOCK_SKEW`] from its own clock.
    #[n(4)]
    pub time: Timestamp,
}

impl SignedKind for OpenInvitation {
    const LABEL: Label = Label::OpenInvitation;
}

/// The device that somebody is recovered on asks for what it was given, signed by the key that the recovery names.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct OpenRecovery {
    /// [`crate::suite::SUITE`].
    #[n(0)]
    pub suite: u8,
    /// The origin that the page was opened under; the server compares it with its configured ones.
    #[n(1)]
    pub origin: String,
    /// The team.
    #[n(2)]
    pub team: TeamId,
    /// Whose recovery it is.
    #[n(3)]
    pub login_name: LoginName,
    /// When; the server refuses one that is more than [`crate::limits::CLOCK_SKEW`] from its own clock.
    #[n(4)]
    pub time: Timestamp,
}

impl SignedKind for OpenRecovery {
    const LABEL: Label = Label::OpenRecovery;
}

/// Whoever has an open session knows the password now, signed by the login key: asked for where the session alone is not
/// enough.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ProveLogin {
    /// [`crate::suite::SUITE`].
    #[n(0)]
    pub suite: u8,
    /// The team.
    #[n(1)]
    pub team: TeamId,
    /// The member.
    #[n(2)]
    pub member: MemberId,
    /// The session that it is for.
    #[n(3)]
    pub session: SessionId,
    /// When; the server refuses one that is more than [`crate::limits::CLOCK_SKEW`] from its own clock.
    #[n(4)]
    pub time: Timestamp,
}

impl SignedKind for ProveLogin {
    const LABEL: Label = Label::ProveLogin;
}
