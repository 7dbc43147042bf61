//! Many secrets and files at once, to be taken out of the team: one signed statement, one event in the audit; each record
//! checked against the verified tree before it is opened, as a single release is. The chunks of the files are fetched
//! afterwards.

mod listing;
mod reason;
mod taking;

use super::Session;
use crate::{
    error::{Damage, Error, from_call},
    export::{ArchivedFile, ExportOptions, PastSecret},
    model::SecretPayload,
    transport::Transport,
};
pub(crate) use listing::HolderSize;
use listing::Listing;
use sealward_contract::{
    ids::{ObjectId, ReleaseId, VaultId},
    operations::{
        Empty,
        export::{ExportError, ExportRequest, ExportSecrets},
    },
    record::LeafKey,
    release::{ExportFormat, ExportStatement},
    suite::SUITE,
};
use std::collections::{BTreeMap, BTreeSet};

/// How an export is made.
#[derive(Clone, Copy, Debug)]
pub struct ExportSettings<'r> {
    /// What it is written to, for whoever reads the audit. What it has no place for is not asked for.
    pub format: ExportFormat,
    /// What is wanted beside the newest secrets.
    pub options: ExportOptions,
    /// Why, where it is said.
    pub reason: Option<&'r str>,
}

impl ExportSettings<'_> {
    /// Everything that the format has a place for, without a reason.
    #[must_use]
    pub fn all(format: ExportFormat) -> Self {
        Self { format, options: ExportOptions::of(format), reason: None }
    }
}

/// How far an export is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportStep {
    /// Secrets opened, of how many.
    Secrets(usize, usize),
    /// Bytes of files fetched, of how many.
    Files(u64, u64),
}

/// Secrets and files that were released together.
#[derive(Default)]
pub struct Exported {
    /// Opened secrets by their account.
    pub secrets: BTreeMap<(VaultId, ObjectId), SecretPayload>,
    /// Opened earlier secrets by their account, newest first.
    pub past: BTreeMap<(VaultId, ObjectId), Vec<PastSecret>>,
    /// Files, whole.
    pub files: Vec<ArchivedFile>,
    /// What the server released and wrote down.
    pub released: Released,
    /// Accounts and resources of which the member's role or a policy keeps something back; it was not asked for.
    pub kept_back: BTreeSet<(VaultId, ObjectId)>,
    /// What was left out because it did not verify.
    pub damages: Vec<Damage>,
}

/// How much was released.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Released {
    /// Secrets, the newest of each account.
    pub secrets: usize,
    /// Earlier secrets.
    pub earlier: usize,
    /// Files.
    pub files: usize,
}

impl Exported {
    fn damaged(&mut self, damage: Damage) {
        if !self.damages.contains(&damage) {
            self.damages.push(damage);
        }
    }
}

impl<T: Transport> Session<T> {
    /// Has the server release the secrets and files of these accounts and resources, all or none, and opens them. What has
    /// none is passed over, and so is what is gone. Whoever drops this before its end gets nothing, though the server may
    /// have written it down.
    ///
    /// # Errors
    /// [`Error::FilesTooLarge`] before anything is asked for; any other [`Error`]: nothing was released then, unless the
    /// connection broke on the way.
    pub async fn export(
        &self,
        holders: &BTreeSet<(VaultId, LeafKey)>,
        settings: &ExportSettings<'_>,
        progress: impl Fn(ExportStep),
    ) -> Result<Exported, Error> {
        let attempt = async || match self.export_once(holders, settings, &progress).await {
            Err(Error::StaleVersion) => {
                let vaults: BTreeSet<VaultId> = holders.iter().map(|(vault, _)| *vault).collect();
                for vault in vaults {
                    self.sync_one(vault).await?;
                }
                self.export_once(holders, settings, &progress).await
            }
            answer => answer,
        };
        self.confirmed(attempt).await
    }

    async fn export_once(
        &self,
        holders: &BTreeSet<(VaultId, LeafKey)>,
        settings: &ExportSettings<'_>,
        progress: &impl Fn(ExportStep),
    ) -> Result<Exported, Error> {
        let mut exported = Exported::default();
        let options = settings.options.within(settings.format);
        let listing = self.list_for_export(holders, options, &mut exported)?;
        if listing.is_empty() {
            return Ok(exported);
        }
        let Listing { secrets, files, .. } = &listing;
        exported.released = Released { secrets: secrets.len(), earlier: listing.earlier(), files: files.len() };
        let id = ReleaseId(self.surroundings.make_id());
        let statement = self.identity.signing.sign(ExportStatement {
            suite: SUITE,
            id,
            team: self.team,
            member: self.identity.member,
            position: self.with_chain(|chain| chain.position())?,
            time: self.surroundings.now(),
            secrets: listing.exported_secrets(),
            format: settings.format,
            reason: self.seal_export_reason(&id, settings.reason)?,
            files: files.iter().map(|file| file.listed).collect(),
        });
        let body = ExportRequest { statement: statement.to_wire() };
        let stream = self
            .api
            .open::<ExportSecrets>(Some(&self.token), &self.team_path(), &Empty {}, &body)
            .await
            .map_err(|error| from_call(error, refusal))?;
        let opened = self.take_records(stream, &listing, &mut exported, progress).await?;
        self.fetch_files(opened, &mut exported, progress).await?;
        Ok(exported)
    }
}

fn refusal(error: ExportError) -> Error {
    match error {
        ExportError::Forbidden(_) => Error::NotAllowed,
        // Deleted elsewhere: after a synchronisation it is not asked for any more.
        ExportError::Deleted(_) | ExportError::StaleVersion { .. } => Error::StaleVersion,
        ExportError::ReleaseRefused => Error::Refused,
        ExportError::ClockRefused => Error::Clock,
        ExportError::ReasonRequired(_) => Error::ReasonNeeded,
        ExportError::ApprovalRequired(_) => Error::ApprovalNeeded,
    }
}
