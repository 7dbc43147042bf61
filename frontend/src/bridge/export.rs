//! Taking things out: how much it would be, and the file.

pub use sealward_contract::release::ExportFormat;

use sealward_contract::bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::{Item, SecretText};

/// Asks how much an export would hold.
#[derive(Serialize, Deserialize)]
pub struct MeasureExport {
    /// What; nothing stands for everything.
    pub items: Vec<Item>,
}

/// How much it would hold.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExportMeasured {
    /// Resources.
    pub resources: u32,
    /// Accounts.
    pub accounts: u32,
    /// Secrets that would be released.
    pub secrets: u32,
}

/// Has all secrets released by one decision, and written to a file.
#[derive(Serialize, Deserialize)]
pub struct RunExport {
    /// What; nothing stands for everything.
    pub items: Vec<Item>,
    /// The form of the file.
    pub format: ExportFormat,
    /// What encrypts it, where the format is encrypted.
    pub password: Option<SecretText>,
}

/// The file, and what is in it.
#[derive(Serialize, Deserialize)]
pub struct ExportReport {
    /// A name for it.
    pub file_name: String,
    /// Its bytes.
    pub bytes: Bytes,
    /// Resources in it.
    pub resources: u32,
    /// Accounts in it.
    pub accounts: u32,
    /// Secrets that the server released and wrote down.
    pub secrets: u32,
    /// Accounts whose secret a role or a policy keeps back.
    pub kept_back: u32,
    /// Objects that were left out because they do not verify.
    pub damaged: u32,
}
