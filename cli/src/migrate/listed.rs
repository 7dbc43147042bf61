//! What another product has, as it lists it: everything but the secrets.

use super::fault::SourceFault;
use crate::views::LeftView;
use sealward_client::{
    import::{PastPassword, PlannedFile, PulledResource},
    model::{AccountDetails, SecretText},
};

/// Everything that was listed.
#[derive(Default)]
pub struct Catalog {
    /// Resources with their accounts.
    pub resources: Vec<ListedResource>,
    /// What could not be listed.
    pub left: Vec<LeftView>,
}

impl Catalog {
    /// How many accounts there are.
    pub fn accounts(&self) -> usize {
        self.resources.iter().map(|resource| resource.accounts.len()).sum()
    }
}

/// A resource.
#[derive(Default)]
pub struct ListedResource {
    /// Its id there.
    pub id: String,
    /// What is known of it.
    pub pulled: PulledResource,
    /// Its accounts.
    pub accounts: Vec<ListedAccount>,
}

/// An account.
#[derive(Clone, Default)]
pub struct ListedAccount {
    /// Its id there.
    pub id: String,
    /// The same, with the product before it.
    pub source_id: String,
    /// What is known of it. A time of 0 is none.
    pub details: AccountDetails,
    /// Custom fields.
    pub fields: Vec<(String, String)>,
    /// Whether it has a secret, where the product says so.
    pub has_secret: Option<bool>,
    /// Why its secret is not given now, where that is said in the list.
    pub withheld: Option<Withheld>,
}

/// Why a secret is not given now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withheld {
    /// Somebody has it.
    InUse,
    /// A reason has to be given.
    ReasonNeeded,
    /// A ticket has to be named.
    TicketNeeded,
}

impl Withheld {
    /// One word for programs; it stays as it is.
    pub const fn code(self) -> &'static str {
        match self {
            Self::InUse => "in_use",
            Self::ReasonNeeded => "reason_needed",
            Self::TicketNeeded => "ticket_needed",
        }
    }
}

/// What is secret of an account, and its files.
#[derive(Default)]
pub struct Fetched {
    /// The secret; empty where there is none.
    pub secret: SecretText,
    /// What else is hidden, by its label.
    pub hidden: Vec<(String, SecretText)>,
    /// The file that is the secret.
    pub secret_file: Option<PlannedFile>,
    /// Files beside it.
    pub files: Vec<PlannedFile>,
    /// Files in custom fields, by their labels.
    pub field_files: Vec<(String, PlannedFile)>,
    /// Earlier passwords, newest first.
    pub history: Vec<PastPassword>,
    /// What of it was not given, and why.
    pub lacks: Vec<(Lack, SourceFault)>,
}

/// A part that was not given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// The account or resource as a whole.
    Whole,
    /// Earlier passwords.
    History,
    /// A file.
    File,
}

impl Lack {
    /// One word for programs; it stays as it is. Nothing for the whole.
    pub const fn code(self) -> Option<&'static str> {
        match self {
            Self::Whole => None,
            Self::History => Some("history"),
            Self::File => Some("file"),
        }
    }
}
