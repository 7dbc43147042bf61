//! What members have seen of the team, for devices that have no memory of their own.

use super::{Empty, TeamPath, operation};
use crate::{bytes::Bytes, problem::Never};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A checkpoint that is handed in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewCheckpoint {
    /// A [`crate::checkpoint::SignedCheckpoint`].
    pub checkpoint: Bytes,
}

/// Why a checkpoint is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum CheckpointError {
    /// It is malformed, unsigned, another's, or older than the one that is kept.
    #[error("the checkpoint is refused")]
    CheckpointRefused,
    /// Its time is too far from the server's.
    #[error("the clock is wrong")]
    ClockRefused,
    /// It does not name the newest statement, event or heads: something changed meanwhile, or never was so.
    #[error("the checkpoint is not of the present state")]
    CheckpointStale,
}

operation! {
    /// Hands in what the caller sees now; the one before is forgotten.
    PutCheckpoint "put_checkpoint": Put "/v1/teams/{team}/checkpoints", Member;
    TeamPath, body NewCheckpoint => Empty, CheckpointError
}

/// The newest checkpoints.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Checkpoints {
    /// At most [`crate::limits::CHECKPOINTS`], the newest first.
    pub checkpoints: Vec<Bytes>,
}

operation! {
    /// Gives the newest checkpoints of all members, one of each.
    ListCheckpoints "list_checkpoints": Get "/v1/teams/{team}/checkpoints", Member;
    TeamPath => Checkpoints, Never
}
