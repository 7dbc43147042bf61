//! The signed statement with which a secret is asked for.

use crate::{
    bytes::Bytes,
    crypto::{SignedKind, context::Label},
    ids::{MemberId, ObjectId, ReleaseId, TeamId, Timestamp, VaultId, Version},
    record::ChainPosition,
};
use minicbor::{Decode, Encode};

/// One release of one version of one secret to one member.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ReleaseStatement {
    /// [`crate::suite::SUITE`].
    #[n(0)]
    pub suite: u8,
    /// Fresh for every release; the server takes each once.
    #[n(1)]
    pub id: ReleaseId,
    /// The team.
    #[n(2)]
    pub team: TeamId,
    /// The vault.
    #[n(3)]
    pub vault: VaultId,
    /// The account.
    #[n(4)]
    pub account: ObjectId,
    /// The version of its secret.
    #[n(5)]
    pub version: Version,
    /// Who asks.
    #[n(6)]
    pub member: MemberId,
    /// The newest place of the chain that the member knew.
    #[n(7)]
    pub position: ChainPosition,
    /// When, by the member's clock.
    #[n(8)]
    pub time: Timestamp,
    /// Why, sealed under the catalog key.
    #[n(9)]
    pub reason: Option<Bytes>,
}

impl SignedKind for ReleaseStatement {
    const LABEL: Label = Label::Release;
}
