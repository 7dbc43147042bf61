//! Earlier versions of a secret.

use serde::{Deserialize, Serialize};

use super::{ObjectId, ReleasePurpose, VaultId, Version};

/// Asks for the versions of an account's secret.
#[derive(Serialize, Deserialize)]
pub struct ReadVersions {
    /// Its vault.
    pub vault: VaultId,
    /// The account.
    pub account: ObjectId,
}

/// One version.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionRow {
    /// Its number.
    pub version: Version,
    /// The login name of whoever wrote it.
    pub author: String,
    /// When, in milliseconds since 1970.
    pub time: i64,
}

/// Asks the server for one version; the server writes it to the audit log.
#[derive(Serialize, Deserialize)]
pub struct ReleaseVersion {
    /// The vault.
    pub vault: VaultId,
    /// The account.
    pub account: ObjectId,
    /// Which version.
    pub version: Version,
    /// What it is for.
    pub purpose: ReleasePurpose,
}

/// Writes an earlier version once more, as the newest.
#[derive(Serialize, Deserialize)]
pub struct RestoreVersion {
    /// The vault.
    pub vault: VaultId,
    /// The account.
    pub account: ObjectId,
    /// Which version.
    pub version: Version,
}
