//! What is fetched and waits to be written, and what it brings with it.

use super::listed::{Fetched, ListedAccount};
use crate::engine::Open;
use sealward_client::import::{ImportPlan, PlannedAccount, PulledAccount, PulledValue, Pulling};

/// What is fetched and waits to be written.
pub struct Chunk {
    /// What it becomes.
    pub pulling: Pulling,
    /// Accounts in it.
    pub accounts: usize,
    /// Bytes of files in it.
    pub bytes: usize,
}

impl Chunk {
    /// With nothing in it.
    pub fn new(session: &Open) -> Self {
        Self { pulling: Pulling::new(session.surroundings().now()), accounts: 0, bytes: 0 }
    }
}

/// What a planned account brings with it.
pub struct Row {
    /// Its row.
    pub at: usize,
    /// Whether it has a secret.
    pub has_secret: bool,
    /// Earlier secrets.
    pub versions: usize,
    /// Files.
    pub files: usize,
}

impl Row {
    /// All of a plan.
    pub fn of(plan: &ImportPlan) -> Vec<Self> {
        // Files of a resource come with its first account.
        let mut of_resources: Vec<usize> = plan.resources.iter().map(|resource| resource.files.len()).collect();
        let row = |account: &PlannedAccount| Self {
            at: account.row,
            has_secret: !account.secret.is_empty(),
            versions: account.history.len(),
            files: account.attachments.len() + of_resources.get_mut(account.resource).map(std::mem::take).unwrap_or(0),
        };
        plan.accounts.iter().map(row).collect()
    }
}

/// An account with what was fetched of it.
pub fn pulled(account: &ListedAccount, fetched: Fetched, row: usize) -> PulledAccount {
    let is_file = |label: &str| fetched.field_files.iter().any(|(known, _)| known == label);
    let plain = account.fields.iter().filter(|(label, _)| !is_file(label));
    let mut fields: Vec<(String, PulledValue)> =
        plain.map(|(label, text)| (label.clone(), PulledValue::Text(text.clone()))).collect();
    fields.extend(fetched.hidden.into_iter().map(|(label, text)| (label, PulledValue::Hidden(text))));
    fields.extend(fetched.field_files.into_iter().map(|(label, file)| (label, PulledValue::File(file))));
    PulledAccount {
        source_id: account.source_id.clone(),
        row,
        details: account.details.clone(),
        fields,
        secret: fetched.secret,
        secret_file: fetched.secret_file,
        history: fetched.history,
        files: fetched.files,
    }
}
