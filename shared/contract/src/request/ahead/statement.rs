//! What a statement of an approval says that is given ahead.

use super::Window;
use crate::{
    codec,
    crypto::{Hash, Signed, SignedKind, context::Label, hash},
    ids::{AheadId, MemberId, ObjectId, TeamId, Timestamp, VaultId, Version},
    record::ChainPosition,
    request::GrantNamed,
    suite::SUITE,
};
use minicbor::{Decode, Encode};

/// One signed step of an approval that is given ahead.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AheadStatement {
    /// [`crate::suite::SUITE`].
    #[n(0)]
    pub suite: u8,
    /// The team.
    #[n(1)]
    pub team: TeamId,
    /// The approval.
    #[n(2)]
    pub ahead: AheadId,
    /// Number of the statement in it, from 0.
    #[n(3)]
    pub number: u32,
    /// Hash of the statement before; zero for the first.
    #[n(4)]
    pub previous: Hash,
    /// Who signs it.
    #[n(5)]
    pub author: MemberId,
    /// The newest place of the team's chain that the author knew.
    #[n(6)]
    pub position: ChainPosition,
    /// When, by the author's clock; never before the statement before.
    #[n(7)]
    pub time: Timestamp,
    /// What it says.
    #[n(8)]
    pub body: AheadBody,
}

/// A statement and its author's signature.
pub type SignedAhead = Signed<AheadStatement>;

impl SignedKind for AheadStatement {
    const LABEL: Label = Label::Ahead;
}

/// Hash of such a statement: over its purpose and the exact bytes that were signed.
#[must_use]
pub fn ahead_hash(statement: &SignedAhead) -> Hash {
    hash(&Label::AheadHash.join(&[statement.bytes()]))
}

/// What a statement says.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum AheadBody {
    /// Somebody proposes it, and approves it thereby.
    #[n(0)]
    Propose(#[n(0)] Proposal),
    /// Somebody else approves it as well.
    #[n(1)]
    Approve(#[n(0)] AheadApproval),
    /// It ends.
    #[n(2)]
    Withdraw,
}

/// Who may have what, and when.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Proposal {
    /// The vault.
    #[n(0)]
    pub vault: VaultId,
    /// The account.
    #[n(1)]
    pub account: ObjectId,
    /// Who may have its secret.
    #[n(2)]
    pub member: MemberId,
    /// Which version of it.
    #[n(3)]
    pub version: Version,
    /// Hash of that version's record.
    #[n(4)]
    pub record: Hash,
    /// The statement that set the policy in force.
    #[n(5)]
    pub policy: Option<u64>,
    /// When.
    #[n(6)]
    pub window: Window,
    /// What makes the secret open for the member, where this approval is the only one that it takes.
    #[n(7)]
    pub grant: Option<GrantNamed>,
}

/// A further approval.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AheadApproval {
    /// What makes the secret open for the member: with the approval that completes their number, and no other.
    #[n(0)]
    pub grant: Option<GrantNamed>,
}

/// What a grant that is given ahead is bound to: it opens for nothing else.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AheadContext {
    /// The team.
    pub team: TeamId,
    /// The approval.
    pub ahead: AheadId,
    /// The vault.
    pub vault: VaultId,
    /// The account.
    pub account: ObjectId,
    /// The version of its secret.
    pub version: Version,
    /// Hash of that version's record.
    pub record: Hash,
    /// Who may have it.
    pub member: MemberId,
    /// When.
    pub window: Window,
}

impl AheadContext {
    /// `label ‖ suite ‖ team ‖ approval ‖ vault ‖ account ‖ version ‖ record ‖ member ‖ window`.
    #[must_use]
    pub fn join(&self, label: Label) -> Vec<u8> {
        let Self { team, ahead, vault, account, version, record, member, window } = self;
        label.join(&[
            &[SUITE],
            &team.0,
            &ahead.0,
            &vault.0,
            &account.0,
            &version.0.to_be_bytes(),
            &record.0,
            &member.0,
            &codec::encode(window),
        ])
    }
}
