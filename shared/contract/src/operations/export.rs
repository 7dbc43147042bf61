//! Exports: many secrets and files released by one signed statement, and written down as one event.

use super::{TeamPath, operation};
use crate::{
    bytes::Bytes,
    ids::{ObjectId, VaultId, Version},
};
use minicbor::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Asks for secrets and files.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportRequest {
    /// A signed [`crate::release::ExportStatement`] over at most [`crate::limits::EXPORT_ITEMS`] secrets and files.
    pub statement: Bytes,
}

/// One part of an export. The answer is a sequence of them, the end last; canonical minicbor one after the other
/// (RFC 8742), or a JSON object on each line.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "frame", rename_all = "snake_case")]
pub enum ExportFrame {
    /// Records: the secrets in the order of the statement, then the files in theirs.
    #[n(0)]
    Records {
        /// The records.
        #[n(0)]
        records: Vec<Bytes>,
    },
    /// Everything on the statement was given.
    #[n(1)]
    End,
}

/// Why nothing was released: everything on an export's lists is, or nothing.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum ExportError {
    /// The caller's role does not allow it.
    #[error("forbidden")]
    Forbidden(ExportPlace),
    /// A secret or a file, what has it, or something above that was deleted.
    #[error("deleted")]
    Deleted(ExportPlace),
    /// A secret or a file was changed elsewhere, or has no such version.
    #[error("a secret has another version")]
    StaleVersion {
        /// Its vault.
        vault: VaultId,
        /// Its account; the file, where it is one.
        account: ObjectId,
        /// Its version.
        current: Version,
    },
    /// The statement is malformed, unsigned, another's or used before, or its lists are empty or not in order.
    #[error("the statement is refused")]
    ReleaseRefused,
    /// The statement's time is more than [`crate::limits::CLOCK_SKEW`] from the server's.
    #[error("the time is refused")]
    ClockRefused,
    /// A policy asks for a reason.
    #[error("a reason is required")]
    ReasonRequired(ExportPlace),
    /// A policy asks for approvals.
    #[error("an approval is required")]
    ApprovalRequired(ExportPlace),
}

/// The secret or file for which an export was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExportPlace {
    /// Its vault.
    pub vault: VaultId,
    /// Its account; the file, where it is one.
    pub account: ObjectId,
}

operation! {
    /// Releases many secrets and files at once, and writes that down as one event. The chunks of the files may be fetched
    /// for a while, as after the release of one.
    ExportSecrets "export_secrets": Post "/v1/teams/{team}/exports", Member, streams, batch;
    TeamPath, body ExportRequest => ExportFrame, ExportError
}
