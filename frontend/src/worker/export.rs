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
        Error, ExportFormat, ExportMeasured, ExportReport, Item, MeasureExport, Notice, Progress, RunExport, Work,
    },
    writer::load,
};
use sealward_client::{
    model::SecretText as ClientSecret,
    operations::{self, ExportSize, ExportedArchive},
};
use sealward_contract::bytes::Bytes;

impl Engine {
    /// How much an export would hold.
    pub fn measure_export(&self, ask: &MeasureExport) -> Result<ExportMeasured, Error> {
        let open = self.open()?;
        let ExportSize { resources, accounts, secrets } = open.session.measure_export(&wanted(&open, &ask.items));
        Ok(ExportMeasured { resources: count(resources), accounts: count(accounts), secrets: count(secrets) })
    }

    /// Writes the file.
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
        let total = count(open.session.measure_export(&items).secrets);
        let progress = |opened: usize| {
            tell(Notice::Progress(Progress { work: Work::Exporting, done: count(opened), total }));
        };
        progress(0);
        let exported = open.session.export_archive(&items, ask.format, progress).await?;
        let ExportedArchive { archive, released, kept_back, damages } = exported;
        let report = ExportReport {
            file_name: file_name(&archive.team, ask.format),
            bytes: Bytes::default(),
            resources: count(archive.resources.len()),
            accounts: count(archive.accounts.len()),
            secrets: count(released),
            kept_back: count(kept_back),
            damaged: count(damages.len()),
        };
        let items = archive.to_items().map_err(|_| Error::Bridge)?;
        drop(archive);
        let mut file = load::write(items, ask.format, password.as_ref()).await.map_err(|_| Error::OutOfMemory)?;
        Ok(ExportReport { bytes: Bytes(std::mem::take(&mut *file)), ..report })
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

fn count(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
