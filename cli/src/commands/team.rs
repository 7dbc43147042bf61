//! Teams made, and the founder's kit.

use super::{
    caller::{Caller, wait},
    kit_file,
    secret_args::{PasswordArgs, hide, source},
    session,
};
use crate::{
    clock,
    failure::Failure,
    fault::Fault,
    output::Output,
    strength,
    tasks::{NewItem, Running, Task},
    told::Told,
    views::Kind,
};
use clap::{Args, Subcommand};
use sealward_client::{
    api::Api,
    crypto::randomness::OsRandom,
    error::Error,
    session::{NewTeam, Unlocking, create_team},
    surroundings::Surroundings,
};
use sealward_contract::text::LoginName;
use std::{path::PathBuf, process::ExitCode};

#[derive(Subcommand)]
pub(super) enum Team {
    /// Make a team on a server, as its founder
    Create(Create),
}

#[derive(Args)]
pub(super) struct Create {
    /// The team's name
    name: String,
    /// What you will sign in with
    #[arg(long, value_name = "NAME")]
    login_name: String,
    /// Your name
    #[arg(long, value_name = "NAME", default_value = "")]
    full_name: String,
    /// The name of the team's first vault
    #[arg(long, value_name = "NAME")]
    vault: Option<String>,
    /// Write the emergency kit into this file; otherwise it is printed
    #[arg(long, value_name = "FILE")]
    kit_file: Option<PathBuf>,
    /// Read the set-up code from this file, where the server asks for one
    #[arg(long, value_name = "FILE")]
    setup_code_file: Option<PathBuf>,
    #[command(flatten)]
    password: PasswordArgs,
}

impl Team {
    pub(super) fn run(self, caller: &Caller, output: Output) -> Result<ExitCode, Told> {
        let Self::Create(create) = self;
        create.run(caller, output)
    }
}

impl Create {
    fn run(self, caller: &Caller, output: Output) -> Result<ExitCode, Told> {
        let login_name = LoginName::parse(&self.login_name).map_err(|_| Failure::from(Error::LoginName))?;
        caller.home.check_free_for(None)?;
        let code = source(self.setup_code_file.as_ref(), None).map(|source| source.read()).transpose()?;
        let password = self.password.read_new(caller.language)?;
        strength::check(password.expose(), &[&self.name, &self.login_name, &self.full_name])?;
        let full_name = if self.full_name.is_empty() { self.login_name.clone() } else { self.full_name.clone() };
        let new = NewTeam {
            name: self.name.clone(),
            full_name,
            login_name,
            password: password.duplicate(),
            origin: caller.server()?.origin().to_owned(),
            setup_code: code.map(|code| code.expose().trim().to_owned()),
        };
        let http = caller.http()?;
        let clock = clock::system();
        let surroundings = Surroundings::new(move || clock(), OsRandom::new());
        let device = wait(async { create_team(&Api::new(http), &surroundings, &new).await })?.map_err(Failure::from)?;
        let kit = kit_file::keep(caller, &device, self.kit_file.as_deref(), output)?;
        session::unlock(caller, hide(&password), None, true)?;
        if let Some(vault) = self.vault {
            let first = NewItem { path: vault, kind: Some(Kind::Vault), ..NewItem::default() };
            caller.ask(Task::Create(vec![first], Running::Real))?;
        }
        kit_file::show(self.kit_file.as_deref(), &device, kit, output)?;
        Ok(ExitCode::SUCCESS)
    }
}

#[derive(Args)]
pub(super) struct Kit {
    /// Write it into this file; otherwise it is printed
    #[arg(long, value_name = "FILE")]
    kit_file: Option<PathBuf>,
    #[command(flatten)]
    password: PasswordArgs,
}

impl Kit {
    pub(super) fn run(self, caller: &Caller, output: Output) -> Result<ExitCode, Told> {
        let known = caller.home.device()?.ok_or(Fault::UnknownDevice)?;
        let password = self.password.read(caller.language)?;
        let (http, clock) = (caller.http()?, clock::system());
        let surroundings = Surroundings::new(move || clock(), OsRandom::new());
        let device = known.device.duplicate().ok_or(Fault::UnknownDevice)?;
        // The server says whether the password is right; a session that proves it ends at once.
        let checked = wait(async {
            let unlocking = Unlocking::stretch(device, &password)?;
            let session = unlocking.sign_in(Api::new(http), surroundings, &crate::agent::device_name(), None).await?;
            session.end_session(session.id()).await
        });
        checked?.map_err(Failure::from)?;
        let kit = kit_file::of(&known.device)?;
        if let Some(file) = &self.kit_file {
            kit_file::write(file, &kit)?;
        }
        kit_file::show(self.kit_file.as_deref(), &known.device, kit, output)?;
        Ok(ExitCode::SUCCESS)
    }
}
