//! Moving in from other products, over their own APIs.

use super::{
    PARTLY,
    caller::Caller,
    catalog::absolute,
    secret_args::{hide, source},
};
use crate::{
    failure::Failure,
    language::Language,
    migrate::{self, Product},
    output::Output,
    secrets_in::Source,
    tasks::{Answer, Running, Task},
    told::Told,
};
use clap::{Args, Subcommand};
use std::{path::PathBuf, process::ExitCode};

#[derive(Subcommand)]
pub(super) enum Migrate {
    /// From ManageEngine Password Manager Pro, or PAM360
    Pmp(Pmp),
    /// From JumpServer
    Jumpserver(JumpServer),
}

/// What is the same for each product.
#[derive(Args)]
struct Common {
    /// The address of the product's server, such as https://pmp.example:7272
    #[arg(long, value_name = "URL")]
    from: String,
    /// Read the product's token from this file
    #[arg(long, value_name = "FILE", conflicts_with = "from_token_fd")]
    from_token_file: Option<PathBuf>,
    /// Read it from this file descriptor; without either it is asked for on the terminal
    #[arg(long, value_name = "NUMBER")]
    from_token_fd: Option<u32>,
    /// Trust the certificates of this file in PEM for the product's server, and no others
    #[arg(long, value_name = "FILE")]
    from_ca: Option<PathBuf>,
    /// The vault that it goes into
    #[arg(long)]
    vault: String,
    /// Make what was brought in before like the source again; without this it is reported and left alone
    #[arg(long)]
    update: bool,
    /// List and compare everything, fetch no secret, and write nothing
    #[arg(long)]
    dry_run: bool,
}

#[derive(Args)]
pub(super) struct Pmp {
    #[command(flatten)]
    common: Common,
    /// Why passwords are fetched, where the product asks for it
    #[arg(long)]
    reason: Option<String>,
    /// For which ticket, where it asks for one
    #[arg(long)]
    ticket: Option<String>,
    /// Do not ask for the file of each account
    #[arg(long)]
    no_files: bool,
    /// What the product's ids are known by: the host and port of an earlier run, where its address has changed
    #[arg(long, value_name = "HOST:PORT")]
    known_as: Option<String>,
}

#[derive(Args)]
pub(super) struct JumpServer {
    #[command(flatten)]
    common: Common,
    /// The id of the organisation; the token's own where nothing is said
    #[arg(long, value_name = "ID")]
    organization: Option<String>,
}

impl Migrate {
    /// Ends with the code of what was done in part where something was left out.
    pub(super) fn run(self, caller: &Caller, output: Output) -> Result<ExitCode, Told> {
        let answer = caller.ask(self.task(caller)?)?;
        output.answer(&answer)?;
        let whole = match &answer {
            Answer::Migration(view) => view.left.is_empty() && view.ended.is_none(),
            _ => true,
        };
        Ok(if whole { ExitCode::SUCCESS } else { ExitCode::from(PARTLY) })
    }

    fn task(self, caller: &Caller) -> Result<Task, Failure> {
        let (common, product) = match self {
            Self::Pmp(Pmp { common, reason, ticket, no_files, known_as }) => {
                (common, Product::Pmp { reason, ticket, files: !no_files, known_as })
            }
            Self::Jumpserver(JumpServer { common, organization }) => {
                (common, Product::JumpServer { organisation: organization })
            }
        };
        Ok(Task::Migrate(Box::new(migrate::Migrate {
            product,
            token: hide(&common.token(caller.language)?),
            ca: common.from_ca.as_deref().map(absolute).transpose()?,
            from: common.from,
            plain_http: caller.connection.plain_http,
            vault: common.vault,
            update: common.update,
            running: if common.dry_run { Running::Dry } else { Running::Real },
        })))
    }
}

impl Common {
    fn token(&self, language: Language) -> Result<sealward_client::model::SecretText, Failure> {
        source(self.from_token_file.as_ref(), self.from_token_fd)
            .unwrap_or_else(|| Source::Prompt(language.pick("Token of the product", "来源产品的令牌").to_owned()))
            .read()
    }
}
