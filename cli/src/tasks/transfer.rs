//! Files of other programs brought in, and the encrypted backup taken out.

use super::{Answer, Running, Stage, Step, Watcher, find};
use crate::{
    engine::Open,
    failure::Failure,
    fault::Fault,
    migrate::report,
    strength,
    views::{Hidden, RowView, TransferView},
};
use sealward_client::{
    export::backup,
    import::{FileKey, Import as Reading, ImportError, ImportFormat, Options},
    model::SecretText,
    operations::Item,
    session::{ExportSettings, ExportStep},
};
use sealward_contract::release::ExportFormat;
use serde::{Deserialize, Serialize};
use std::{
    fs::{self, OpenOptions},
    io::Write,
    os::unix::fs::OpenOptionsExt,
    path::PathBuf,
};
use zeroize::Zeroizing;

/// Rows that are read before others get their turn.
const ROWS: usize = 1_000;

/// A file that is to be brought in.
#[derive(Serialize, Deserialize)]
pub struct Import {
    /// The file, as an absolute path.
    pub file: PathBuf,
    /// Where to.
    pub vault: String,
    /// What it is, where that is not to be found out.
    pub format: Option<ImportFormat>,
    /// The password that opens it.
    pub password: Option<Hidden>,
    /// Whether it is written.
    pub running: Running,
}

/// A backup that is to be written.
#[derive(Serialize, Deserialize)]
pub struct Backup {
    /// The file, as an absolute path; nothing there is overwritten.
    pub file: PathBuf,
    /// What goes into it; everything where nothing is said.
    pub items: Vec<String>,
    /// The password that opens it.
    pub password: Hidden,
    /// Why, for the audit.
    pub reason: Option<String>,
}

pub(super) async fn import(session: &Open, import: Import, watcher: &Watcher) -> Result<Answer, Fault> {
    let vault = find::named_vault(session, &import.vault)?;
    let named = || import.file.display().to_string();
    let bytes = fs::read(&import.file).map(Zeroizing::new).map_err(Failure::local(named()))?;
    let key =
        import.password.as_ref().map(|password| FileKey { password: Some(password.0.to_string()), key_file: None });
    let options = Options { format: import.format, columns: None, key };
    let unreadable = |error: ImportError| Failure::Usage(format!("{}: {error}", named()));
    let mut reading = Reading::open_as(bytes, &options, session.surroundings().now()).map_err(unreadable)?;
    loop {
        let read = reading.next_chunk(ROWS).map_err(unreadable)?;
        watcher.tell(Step::of(Stage::Reading, read.thousandths.into(), 1_000));
        if read.is_finished() {
            break;
        }
        tokio::task::yield_now().await;
    }
    let plan = reading.finish();
    let mut left_out: Vec<RowView> = plan.rejected.iter().map(report::row).collect();
    let (resources, accounts) = (plan.resources.len(), plan.accounts.len());
    if import.running == Running::Dry {
        return Ok(Answer::Transfer(TransferView {
            resources,
            accounts,
            left: left_out.len(),
            left_out,
            dry_run: true,
            ..TransferView::default()
        }));
    }
    let scores: Vec<_> = plan
        .accounts
        .iter()
        .map(|account| strength::score(account.details.secret_type, account.secret.value.expose()))
        .collect();
    let tell = |done| watcher.tell(Step::of(Stage::BringingIn, done, accounts));
    let report = session.import(plan, vault, &scores, tell).await?;
    if let Some(error) = report.error {
        let why = Box::new(error.into());
        return Err(Fault::Partly { done: report.accounts + report.known, of: accounts, why });
    }
    left_out.extend(report.unwritten.iter().map(|row| report::unwritten(*row)));
    Ok(Answer::Transfer(TransferView {
        file: None,
        resources: report.resources,
        accounts: report.accounts,
        known: report.known,
        left: left_out.len(),
        left_out,
        dry_run: false,
    }))
}

pub(super) async fn backup(session: &Open, wanted: Backup, watcher: &Watcher) -> Result<Answer, Fault> {
    strength::check(&wanted.password.0, &[session.directory().team_name()])?;
    let items: Vec<Item> = if wanted.items.is_empty() {
        session.vaults().keys().map(|vault| Item::vault(*vault)).collect()
    } else {
        wanted.items.iter().map(|what| find::item(session, what)).collect::<Result<_, _>>()?
    };
    let named = || wanted.file.display().to_string();
    // Before anything is released: what cannot be written must not stand in the audit.
    let unwritable = Failure::local(named());
    let mut options = OpenOptions::new();
    options.write(true).create_new(true).mode(0o600);
    let mut file = options.open(&wanted.file).map_err(unwritable)?;
    let made = async {
        let settings = ExportSettings { reason: wanted.reason.as_deref(), ..ExportSettings::all(ExportFormat::Backup) };
        let tell = |step| {
            watcher.tell(match step {
                ExportStep::Secrets(done, of) => Step::of(Stage::Opening, done, of),
                ExportStep::Files(done, of) => Step { stage: Stage::Fetching, done, of: Some(of) },
            });
        };
        let exported = session.export_archive(&items, &settings, tell).await?;
        let password = SecretText::from(wanted.password.0.as_str());
        let sealed = session
            .surroundings()
            .with_randomness(|randomness| backup::write(&exported.archive, &password, randomness))
            .map_err(|error| Failure::Usage(error.to_string()))?;
        file.write_all(&sealed).and_then(|()| file.sync_all()).map_err(Failure::local(named()))?;
        Ok(TransferView {
            file: Some(named()),
            resources: exported.archive.resources.len(),
            accounts: exported.archive.accounts.len(),
            known: 0,
            left: exported.kept_back + exported.damages.len(),
            left_out: Vec::new(),
            dry_run: false,
        })
    };
    let made: Result<TransferView, Failure> = made.await;
    if made.is_err() {
        drop(fs::remove_file(&wanted.file));
    }
    Ok(Answer::Transfer(made?))
}
