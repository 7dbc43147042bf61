//! Taking things out: one statement for all secrets, the archive of what was released, and a program that writes it.

use super::{
    clock::now,
    editing::item_of,
    engine::{Engine, Open},
    message::tell,
    secret,
};
use crate::{
    bridge::{
        Error, ExportFormat, ExportMeasured, ExportOptions, ExportReport, Item, MeasureExport, Notice, Progress,
        RunExport, Work,
    },
    writer::load,
};
use sealward_client::{
    model::SecretText as ClientSecret,
    operations::{self, ExportSize, ExportedArchive},
    session::{ExportSettings, ExportStep, Released},
};

impl Engine {
    /// How much an export would hold.
    pub fn measure_export(&self, ask: &MeasureExport) -> Result<ExportMeasured, Error> {
        let open = self.open()?;
        let size = open.session.measure_export(&wanted(&open, &ask.items));
        let ExportSize { resources, accounts, secrets, earlier, files, bytes, reason } = size;
        Ok(ExportMeasured {
            resources: count(resources),
            accounts: count(accounts),
            secrets: count(secrets),
            earlier: count(earlier),
            files: count(files),
            bytes,
            reason,
        })
    }

    /// Writes the file; its handle goes along with the answer.
    pub async fn run_export(&self, ask: RunExport) -> Result<ExportReport, Error> {
        let open = self.open()?;
        let password = match (&ask.password, ask.format.is_encrypted()) {
            (Some(password), true) => {
                let known = vec![open.session.directory().team_name().to_owned(), open.view().login_name];
                secret::check_strength(password, known).await?;
                Some(ClientSecret::from(password.expose()))
            }
            (None, false) => None,
            _ => return Err(Error::Bridge),
        };
        let items = wanted(&open, &ask.items);
        let progress = |step: ExportStep| {
            let (work, done, total) = match step {
                ExportStep::Secrets(done, total) => (Work::Exporting, count(done), count(total)),
                // There are at most 256 MiB of them.
                ExportStep::Files(done, total) => (Work::ExportingFiles, bytes(done), bytes(total)),
            };
            tell(Notice::Progress(Progress { work, done, total }));
        };
        progress(ExportStep::Secrets(0, open.session.measure_export(&items).secrets));
        let options = ExportOptions { earlier: ask.earlier, files: ask.files };
        let settings = ExportSettings { format: ask.format, options, reason: Some(&ask.reason) };
        let exported = open.session.export_archive(&items, &settings, progress).await?;
        let ExportedArchive { archive, released, kept_back, damages } = exported;
        let Released { secrets, earlier, files } = released;
        let report = ExportReport {
            file_name: file_name(&archive.team, ask.format),
            resources: count(archive.resources.len()),
            accounts: count(archive.accounts.len()),
            secrets: count(secrets + earlier),
            earlier: count(earlier),
            files: count(files),
            kept_back: count(kept_back),
            damaged: count(damages.len()),
        };
        let items = archive.to_items().map_err(|_| Error::Bridge)?;
        drop(archive);
        let file = load::write(items, ask.format, password.as_ref()).await.map_err(|_| Error::OutOfMemory)?;
        open.files.borrow_mut().put_made(ask.transfer, file);
        Ok(report)
    }
}

/// What is meant; nothing stands for every vault.
fn wanted(open: &Open, items: &[Item]) -> Vec<operations::Item> {
    if items.is_empty() {
        return open.session.vaults().keys().map(|vault| operations::Item::vault(*vault)).collect();
    }
    items.iter().copied().map(item_of).collect()
}

/// The team, the day, and what programs expect at the end.
fn file_name(team: &str, format: ExportFormat) -> String {
    let team: String = team.chars().map(|c| if c.is_alphanumeric() { c } else { '-' }).take(40).collect();
    let ending = match format {
        ExportFormat::Backup => "sealward",
        ExportFormat::Kdbx => "kdbx",
        ExportFormat::Csv => "csv",
        ExportFormat::Json => "json",
    };
    let day = sealward_client::export::day_text(sealward_client::model::Day::of(now()));
    format!("{team}-{day}.{ending}")
}

fn bytes(bytes: u64) -> u32 {
    u32::try_from(bytes).unwrap_or(u32::MAX)
}

fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
