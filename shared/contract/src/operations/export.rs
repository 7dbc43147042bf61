//! Exports: many secrets released by one signed statement, and written down as one event.

use super::{TeamPath, operation};
use crate::{
    bytes::Bytes,
    ids::{ObjectId, VaultId, Version},
};
use minicbor::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Asks for secrets.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportRequest {
    /// A signed [`crate::release::ExportStatement`] over at most [`crate::limits::EXPORT_SECRETS`] secrets.
    pub statement: Bytes,
}

/// One part of an export. The answer is a sequence of them, the end last; canonical minicbor one after the other
/// (RFC 8742), or a JSON object on each line.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "frame", rename_all = "snake_case")]
pub enum ExportFrame {
    /// Secrets, in the order of the statement.
    #[n(0)]
    Secrets {
        /// The records.
        #[n(0)]
        records: Vec<Bytes>,
    },
    /// Every secret of the statement was given.
    #[n(1)]
    End,
}

/// Why nothing was released: all secrets of an export are, or none.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum ExportError {
    /// The caller's role does not allow it.
    #[error("forbidden")]
    Forbidden(ExportPlace),
    /// A secret, its account, or something above it was deleted.
    #[error("deleted")]
    Deleted(ExportPlace),
    /// A secret was changed elsewhere.
    #[error("a secret has another version")]
    StaleVersion {
        /// Its vault.
        vault: VaultId,
        /// Its account.
        account: ObjectId,
        /// Its version.
        current: Version,
    },
    /// The statement is malformed, unsigned, another's or used before, or its list is empty or not in order.
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

/// The secret for which an export was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct ExportPlace {
    /// Its vault.
    pub vault: VaultId,
    /// Its account.
    pub account: ObjectId,
}

operation! {
    /// Releases many secrets at once, and writes that down as one event.
    ExportSecrets "export_secrets": Post "/v1/teams/{team}/exports", Member, streams, batch;
    TeamPath, body ExportRequest => ExportFrame, ExportError
}
