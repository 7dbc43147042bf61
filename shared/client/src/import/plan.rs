//! What an import would create, whatever it was read from.

use super::refusal::{LeftOut, Rejected};
use crate::model::{AccountDetails, ResourceDetails, ResourceGroupDetails, SecretPayload, SecretText};
use sealward_contract::ids::Timestamp;

/// Everything that was read. Indices are places in the lists before; a parent stands before its children.
pub struct ImportPlan {
    /// Resource groups.
    pub groups: Vec<PlannedGroup>,
    /// Resources.
    pub resources: Vec<PlannedResource>,
    /// Accounts.
    pub accounts: Vec<PlannedAccount>,
    /// Rows that were not taken.
    pub rejected: Vec<Rejected>,
    /// Parts of rows that were not taken.
    pub left_out: Vec<LeftOut>,
    /// Rows or items in the file, empty ones not counted.
    pub rows: usize,
}

/// A resource group to create.
pub struct PlannedGroup {
    /// The group that it stands in.
    pub parent: Option<usize>,
    /// Its payload. The source id is its path, so that the same file again finds it.
    pub details: ResourceGroupDetails,
}

/// A resource to create.
pub struct PlannedResource {
    /// The group that it stands in.
    pub group: Option<usize>,
    /// Its payload.
    pub details: ResourceDetails,
    /// By what it is known again.
    pub identity: Identity,
}

/// An account to create, with its secret.
pub struct PlannedAccount {
    /// The resource that it is on.
    pub resource: usize,
    /// Its payload.
    pub details: AccountDetails,
    /// The payload of its secret record.
    pub secret: SecretPayload,
    /// Earlier passwords, newest first. They have no record of their own yet.
    pub history: Vec<PastPassword>,
    /// By what it is known again.
    pub identity: Identity,
    /// The row that it was read from.
    pub row: usize,
}

/// A password that an account had before.
pub struct PastPassword {
    /// The password.
    pub value: SecretText,
    /// Until when it was in use.
    pub until: Option<Timestamp>,
}

/// By what something imported is known when the same file comes again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Identity {
    /// Its id where it came from, which stands in its details.
    SourceId(String),
    /// Its columns without the secret ones, for a keyed tag that then stands in its details.
    Columns(Vec<String>),
}

impl Identity {
    /// The bytes to compute the keyed tag over: each column after its length, so that no two lists have the same.
    pub fn to_bytes(&self) -> Vec<u8> {
        let (kind, parts) = match self {
            Self::SourceId(id) => (0, core::slice::from_ref(id)),
            Self::Columns(columns) => (1, columns.as_slice()),
        };
        let mut bytes = vec![kind];
        for part in parts {
            bytes.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
        bytes
    }
}
