//! What a member has seen and verified, in one signed word, so that others, and the member's own next device, can tell
//! whether they are shown the same team. Two checkpoints that cannot both be true prove that somebody was lied to.

use crate::{
    chain::{NamedHead, TeamState},
    crypto::{Signed, SignedKind, context::Label},
    ids::{MemberId, TeamId, Timestamp, VaultId},
    record::ChainPosition,
    suite::SUITE,
};
use minicbor::{Decode, Encode};

/// The newest head of a vault that a member verified.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SeenHead {
    /// The vault.
    #[n(0)]
    pub vault: VaultId,
    /// Its head.
    #[n(1)]
    pub head: NamedHead,
}

/// What one member saw of a team at one time.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Checkpoint {
    /// [`crate::suite::SUITE`].
    #[n(0)]
    pub suite: u8,
    /// The team.
    #[n(1)]
    pub team: TeamId,
    /// Who saw it.
    #[n(2)]
    pub member: MemberId,
    /// When, by the member's clock.
    #[n(3)]
    pub time: Timestamp,
    /// The newest statement of the chain.
    #[n(4)]
    pub chain: ChainPosition,
    /// The newest event of the audit.
    #[n(5)]
    pub audit: ChainPosition,
    /// The newest head of each vault that the member sees, by ascending id of the vault.
    #[n(6)]
    pub heads: Vec<SeenHead>,
}

/// A checkpoint and its member's signature.
pub type SignedCheckpoint = Signed<Checkpoint>;

impl SignedKind for Checkpoint {
    const LABEL: Label = Label::Checkpoint;
}

/// Why a checkpoint says nothing, or says that something is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CheckpointRefused {
    /// It is another team's, of another suite, or not in its one form.
    #[error("the checkpoint is malformed")]
    Malformed,
    /// It stands on a statement that this chain does not have: one of the two is older, or another.
    #[error("the checkpoint stands on another chain")]
    OtherChain,
    /// Its member did not sign it, or was none where it stands.
    #[error("the checkpoint is not signed by its member")]
    Signature,
}

/// Checks a checkpoint against a verified chain: its form, that the chain has the statement that it stands on, and its
/// member's signature by the keys in force there.
///
/// # Errors
/// The first reason found. Where the chain lacks the statement, who signed it cannot always be told.
pub fn check_checkpoint(state: &TeamState, signed: &SignedCheckpoint) -> Result<(), CheckpointRefused> {
    let seen = signed.value();
    let is_ordered = seen.heads.is_sorted_by(|one, next| one.vault < next.vault);
    if seen.suite != SUITE || seen.team != state.team() || !is_ordered {
        return Err(CheckpointRefused::Malformed);
    }
    let has_place = state.has_position(&seen.chain);
    let Some(member) = state.member(&seen.member) else {
        return Err(if has_place { CheckpointRefused::Signature } else { CheckpointRefused::OtherChain });
    };
    // Statements after the newest one are judged by the newest keys: that they are missing is what is then told.
    let is_signed = signed.verify(member.signing_at(seen.chain.sequence)).is_ok();
    let was_member = !has_place || state.role_at(&seen.member, seen.chain.sequence).is_some();
    match (is_signed && was_member, has_place) {
        (false, _) => Err(CheckpointRefused::Signature),
        (true, false) => Err(CheckpointRefused::OtherChain),
        (true, true) => Ok(()),
    }
}
