//! What a statement of a request says.

use crate::{
    bytes::Bytes,
    crypto::{Hash, SealingPublicKey, Signed, SignedKind, context::Label, hash},
    ids::{AheadId, Epoch, MemberId, ObjectId, RequestId, TeamId, Timestamp, VaultId, Version},
    record::ChainPosition,
    suite::SUITE,
};
use minicbor::{Decode, Encode};

/// One signed step of a request.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RequestStatement {
    /// [`crate::suite::SUITE`].
    #[n(0)]
    pub suite: u8,
    /// The team.
    #[n(1)]
    pub team: TeamId,
    /// The request.
    #[n(2)]
    pub request: RequestId,
    /// Number of the statement in its request, from 0.
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
    pub body: RequestBody,
}

/// A statement and its author's signature.
pub type SignedRequest = Signed<RequestStatement>;

impl SignedKind for RequestStatement {
    const LABEL: Label = Label::Request;
}

/// Hash of a request's statement: over its purpose and the exact bytes that were signed.
#[must_use]
pub fn request_hash(statement: &SignedRequest) -> Hash {
    hash(&Label::RequestHash.join(&[statement.bytes()]))
}

/// What a statement of a request says.
#[expect(clippy::large_enum_variant, reason = "few are held at a time, and most of those ask")]
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub enum RequestBody {
    /// A secret is asked for.
    #[n(0)]
    Ask(#[n(0)] Ask),
    /// Somebody agrees.
    #[n(1)]
    Approve(#[n(0)] Approve),
    /// Somebody does not, and that ends it.
    #[n(2)]
    Reject(#[n(0)] Comment),
    /// Whoever asked wants it no more.
    #[n(3)]
    Cancel,
    /// Whoever asked takes it, and the clock starts.
    #[n(4)]
    CheckOut(#[n(0)] CheckOut),
    /// Whoever has it gives it back.
    #[n(5)]
    CheckIn,
    /// A custodian takes it back from whoever has it.
    #[n(6)]
    ForceCheckIn(#[n(0)] Comment),
    /// What was approved is taken back before it was used.
    #[n(7)]
    Revoke(#[n(0)] Comment),
}

/// A secret is asked for.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Ask {
    /// The vault.
    #[n(0)]
    pub vault: VaultId,
    /// The account.
    #[n(1)]
    pub account: ObjectId,
    /// When it may be checked out first.
    #[n(2)]
    pub from: Timestamp,
    /// When it ends at the latest, checked out or not.
    #[n(3)]
    pub to: Timestamp,
    /// For how many seconds it is wanted, counted from the check-out.
    #[n(4)]
    pub seconds: u32,
    /// Why, and for which ticket.
    #[n(5)]
    pub reason: Option<SealedText>,
    /// What the secret's key is to be sealed to: made for this one request.
    #[n(6)]
    pub key: SealingPublicKey,
    /// The statement that set the policy in force; `None` where none is set.
    #[n(7)]
    pub policy: Option<u64>,
    /// The request whose lease is to go on.
    #[n(8)]
    pub extends: Option<RequestId>,
    /// Whether a custodian who is named for it takes it without an approval.
    #[n(9)]
    pub break_glass: bool,
    /// The approval given ahead by which it is taken.
    #[n(10)]
    pub ahead: Option<AheadId>,
}

/// A text, sealed under a vault's catalog key.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SealedText {
    /// The epoch of the key.
    #[n(0)]
    pub epoch: Epoch,
    /// The text.
    #[n(1)]
    pub sealed: Bytes,
}

/// Somebody agrees to one version of the secret being given, under one policy.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Approve {
    /// The version of the secret.
    #[n(0)]
    pub version: Version,
    /// Hash of its record.
    #[n(1)]
    pub record: Hash,
    /// The statement that set the policy in force.
    #[n(2)]
    pub policy: Option<u64>,
    /// What is said to it.
    #[n(3)]
    pub comment: Option<SealedText>,
    /// What makes the secret open for whoever asked: with the approval that completes their number, and no other.
    #[n(4)]
    pub grant: Option<GrantNamed>,
}

/// Both halves of a grant: neither opens anything alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct GrantNamed {
    /// SHA-256 of the envelope to the lease key.
    #[n(0)]
    pub envelope: Hash,
    /// SHA-256 of the server's part.
    #[n(1)]
    pub part: Hash,
}

/// What is said to a step.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode)]
pub struct Comment {
    /// The words.
    #[n(0)]
    pub text: Option<SealedText>,
}

/// The clock starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct CheckOut {
    /// The version of the secret that is taken.
    #[n(0)]
    pub version: Version,
    /// Hash of its record.
    #[n(1)]
    pub record: Hash,
}

/// What a grant is bound to: it opens for nothing else.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct LeaseContext {
    /// The team.
    pub team: TeamId,
    /// Hash of the statement that asked.
    pub request: Hash,
    /// The vault.
    pub vault: VaultId,
    /// The account.
    pub account: ObjectId,
    /// The version of its secret.
    pub version: Version,
    /// Hash of that version's record.
    pub record: Hash,
    /// Who asked.
    pub member: MemberId,
    /// The window.
    pub window: (Timestamp, Timestamp),
}

impl LeaseContext {
    /// `label ‖ suite ‖ team ‖ request ‖ vault ‖ account ‖ version ‖ record ‖ member ‖ from ‖ to`.
    #[must_use]
    pub fn join(&self, label: Label) -> Vec<u8> {
        let Self { team, request, vault, account, version, record, member, window: (from, to) } = self;
        label.join(&[
            &[SUITE],
            &team.0,
            &request.0,
            &vault.0,
            &account.0,
            &version.0.to_be_bytes(),
            &record.0,
            &member.0,
            &from.0.to_be_bytes(),
            &to.0.to_be_bytes(),
        ])
    }
}
