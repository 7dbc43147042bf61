//! Taking things out: how much it would be, and the file.

pub use sealward_contract::release::ExportFormat;

pub use sealward_client::export::{ExportOptions, FILES_LIMIT};

use serde::{Deserialize, Serialize};

use super::{Item, SecretText, TransferId};

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
    /// Earlier secrets, where they are wanted.
    pub earlier: u32,
    /// Files, where they are wanted.
    pub files: u32,
    /// Bytes of the files.
    pub bytes: u64,
    /// Whether a policy asks for a reason.
    pub reason: bool,
}

/// Has all secrets and files released by one decision, and written to a file, whose handle comes with the answer.
#[derive(Serialize, Deserialize)]
pub struct RunExport {
    /// Names the handle.
    pub transfer: TransferId,
    /// What; nothing stands for everything.
    pub items: Vec<Item>,
    /// The form of the file.
    pub format: ExportFormat,
    /// Whether earlier secrets are wanted.
    pub earlier: bool,
    /// Whether files are wanted.
    pub files: bool,
    /// Why; empty where nothing is said.
    pub reason: String,
    /// What encrypts it, where the format is encrypted.
    pub password: Option<SecretText>,
}

/// What is in the file.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct ExportReport {
    /// A name for it.
    pub file_name: String,
    /// Resources in it.
    pub resources: u32,
    /// Accounts in it.
    pub accounts: u32,
    /// Secrets that the server released and wrote down.
    pub secrets: u32,
    /// Earlier secrets among what was released.
    pub earlier: u32,
    /// Files among what was released.
    pub files: u32,
    /// Accounts and resources of which a role or a policy keeps something back.
    pub kept_back: u32,
    /// Objects that were left out because they do not verify.
    pub damaged: u32,
}
