//! Files, imports, backups, and the audit.

use super::{
    PARTLY,
    caller::Caller,
    catalog::absolute,
    secret_args::{PasswordArgs, hide},
};
use crate::{
    failure::Failure,
    language::Language,
    output::Output,
    tasks::{self, Events, Running, Task},
    told::Told,
};
use clap::Args;
use sealward_client::import::ImportFormat;
use std::{path::PathBuf, process::ExitCode};

#[derive(Args)]
pub(super) struct Attach {
    /// The account's number, id or path
    account: String,
    /// The file
    file: PathBuf,
    /// What it is called there
    #[arg(long)]
    name: Option<String>,
}

impl Attach {
    pub(super) fn task(self) -> Result<Task, Failure> {
        Ok(Task::Attach(tasks::Attach { account: self.account, file: absolute(&self.file)?, name: self.name }))
    }
}

#[derive(Args)]
pub(super) struct Download {
    /// The account or resource
    item: String,
    /// The file's name or id, or the label of its field
    file: String,
    /// Where to; by default under its own name here. Nothing is overwritten
    #[arg(long, short, value_name = "FILE")]
    output: Option<PathBuf>,
}

impl Download {
    pub(super) fn task(self) -> Result<Task, Failure> {
        // Its name was given by somebody else: it never leads to another folder.
        let own = || PathBuf::from(self.file.rsplit(['/', '\\']).next().unwrap_or_default());
        let to = absolute(&self.output.clone().unwrap_or_else(own))?;
        Ok(Task::Download(tasks::Download { holder: self.item, file: self.file, to }))
    }
}

#[derive(Args)]
pub(super) struct Import {
    /// The file that another program exported
    file: PathBuf,
    /// The vault that it goes into
    #[arg(long)]
    vault: String,
    /// What it is, such as bitwarden, kdbx, backup or columns; by default that is found out
    #[arg(long)]
    format: Option<String>,
    /// It is encrypted: read or ask for its password
    #[arg(long)]
    encrypted: bool,
    #[command(flatten)]
    password: PasswordArgs,
    /// Read everything and write nothing
    #[arg(long)]
    dry_run: bool,
}

impl Import {
    /// Ends with the code of what was done in part where something was left out.
    pub(super) fn run(self, caller: &Caller, output: Output) -> Result<ExitCode, Told> {
        let answer = caller.ask(self.task(output.language)?)?;
        output.answer(&answer)?;
        let whole = match &answer {
            tasks::Answer::Transfer(view) => view.left == 0,
            _ => true,
        };
        Ok(if whole { ExitCode::SUCCESS } else { ExitCode::from(PARTLY) })
    }

    fn task(self, language: Language) -> Result<Task, Failure> {
        let named = |name: &String| {
            serde_json::from_value::<ImportFormat>(name.as_str().into())
                .map_err(|_| Failure::Usage(format!("format: {name} is none")))
        };
        let is_encrypted = self.encrypted || self.password.is_named();
        let password = is_encrypted.then(|| self.password.read(language)).transpose()?;
        Ok(Task::Import(Box::new(tasks::Import {
            file: absolute(&self.file)?,
            vault: self.vault,
            format: self.format.as_ref().map(named).transpose()?,
            password: password.as_ref().map(hide),
            running: if self.dry_run { Running::Dry } else { Running::Real },
        })))
    }
}

#[derive(Args)]
pub(super) struct Backup {
    /// The file to make; nothing is overwritten
    file: PathBuf,
    /// What goes into it; everything where nothing is named
    items: Vec<String>,
    /// Why, for whoever reads the audit
    #[arg(long)]
    reason: Option<String>,
    #[command(flatten)]
    password: PasswordArgs,
}

impl Backup {
    pub(super) fn task(self, language: Language) -> Result<Task, Failure> {
        let password = hide(&self.password.read_new(language)?);
        Ok(Task::Backup(tasks::Backup {
            file: absolute(&self.file)?,
            items: self.items,
            password,
            reason: self.reason,
        }))
    }
}

#[derive(Args)]
pub(super) struct Audit {
    /// How many events
    #[arg(long, short = 'n', default_value = "50")]
    count: usize,
    /// Only of this vault, or of this item
    #[arg(long, value_name = "ITEM")]
    of: Option<String>,
}

impl Audit {
    pub(super) fn task(self) -> Task {
        Task::Audit(Events { count: self.count, of: self.of })
    }
}
