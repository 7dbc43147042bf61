//! The signed statement with which a custodian removes for good what was deleted.

use crate::{
    crypto::{SignedKind, context::Label},
    ids::{MemberId, ObjectId, TeamId, Timestamp, VaultId, Version},
    record::{ChainPosition, RecordKind},
};
use minicbor::{Decode, Encode};

/// Removal of payloads and earlier versions; the headers of the newest versions stay under the vault's root.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct PurgeStatement {
    /// [`crate::suite::SUITE`].
    #[n(0)]
    pub suite: u8,
    /// The team.
    #[n(1)]
    pub team: TeamId,
    /// The vault.
    #[n(2)]
    pub vault: VaultId,
    /// Who asks.
    #[n(3)]
    pub member: MemberId,
    /// The newest place of the chain that the member knew.
    #[n(4)]
    pub position: ChainPosition,
    /// When, by the member's clock.
    #[n(5)]
    pub time: Timestamp,
    /// What is removed, containers before what stands in them; at most [`crate::limits::PURGE_OBJECTS`].
    #[n(6)]
    pub objects: Vec<PurgedObject>,
}

/// One object, in the version that the member saw: what was written since is not removed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct PurgedObject {
    /// A vault, resource group, resource or account; an account's secret and facts go with it.
    #[n(0)]
    pub kind: RecordKind,
    /// Which.
    #[n(1)]
    pub id: ObjectId,
    /// Its newest version.
    #[n(2)]
    pub version: Version,
}

impl SignedKind for PurgeStatement {
    const LABEL: Label = Label::Purge;
}
