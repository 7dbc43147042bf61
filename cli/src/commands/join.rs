//! Joining a team by an invitation's link.

use super::{
    caller::{Caller, wait},
    kit_file,
    secret_args::{PasswordArgs, hide, source},
    session,
};
use crate::{
    agent::device_name,
    clock,
    connection::{Http, PlainHttp, ServerAddress},
    failure::Failure,
    fault::Fault,
    output::Output,
    secrets_in::Source,
    strength,
    told::Told,
};
use clap::Args;
use sealward_client::{
    api::Api,
    crypto::randomness::OsRandom,
    error::Error,
    invitation::{InvitationLink, Joining, Newcomer, open_invitation},
    surroundings::Surroundings,
};
use sealward_contract::text::LoginName;
use std::{path::PathBuf, process::ExitCode, time::Duration};

/// How long is waited before the first session is tried again, each time.
const PAUSES: [Duration; 4] =
    [Duration::from_secs(1), Duration::from_secs(2), Duration::from_secs(5), Duration::from_secs(10)];

#[derive(Args)]
pub(super) struct Join {
    /// What you will sign in with
    #[arg(long, value_name = "NAME")]
    login_name: String,
    /// Read the invitation's link from this file
    #[arg(long, value_name = "FILE", conflicts_with = "link_fd")]
    link_file: Option<PathBuf>,
    /// Read the link from this file descriptor; without either it is asked for on the terminal
    #[arg(long, value_name = "NUMBER")]
    link_fd: Option<u32>,
    /// Write the emergency kit into this file; otherwise it is printed
    #[arg(long, value_name = "FILE")]
    kit_file: Option<PathBuf>,
    #[command(flatten)]
    password: PasswordArgs,
}

impl Join {
    pub(super) fn run(self, caller: &Caller, output: Output) -> Result<ExitCode, Told> {
        let login_name = LoginName::parse(&self.login_name).map_err(|_| Failure::from(Error::LoginName))?;
        let words = caller.language.pick("Link", "邀请链接").to_owned();
        let link = source(self.link_file.as_ref(), self.link_fd).unwrap_or(Source::Prompt(words)).read()?;
        let server = server(caller, link.expose())?;
        let link = InvitationLink::read(link.expose()).map_err(|fault| Failure::from(Error::Invitation(fault)))?;
        // This machine keeps one Secret Key: somebody else's of the same team must not be lost.
        if let Some(known) = caller.home.device()?.filter(|known| known.device.team == link.team()) {
            return Err(Fault::Joined(known.device.login_name.to_string()).into());
        }
        caller.home.check_free_for(None)?;
        let password = self.password.read_new(caller.language)?;
        strength::check(password.expose(), &[&self.login_name])?;
        let http = Http::new(&server, &caller.trust()?);
        // Whoever has joined cannot join again: a kit that cannot be written is found out before.
        if let Some(file) = &self.kit_file {
            kit_file::check(file)?;
        }
        let new = Joining { login_name, password: password.duplicate() };
        let newcomer = wait(async {
            let api = Api::new(http.clone());
            let mut opened = open_invitation(&api, &surroundings(), link, server.origin()).await?;
            opened.join(&api, &surroundings(), &new).await
        })?;
        let newcomer = newcomer.map_err(Failure::from)?;
        let device = newcomer.device();
        let kit = kit_file::keep(caller, device, self.kit_file.as_deref(), output)?;
        wait(first_session(&newcomer, &http))?.map_err(Failure::from)?;
        session::unlock(caller, hide(&password), None, true)?;
        kit_file::show(self.kit_file.as_deref(), device, kit, output)?;
        Ok(ExitCode::SUCCESS)
    }
}

/// The server that was named, or the one whose address the link is.
fn server(caller: &Caller, link: &str) -> Result<ServerAddress, Fault> {
    let origin = link.trim().split_once('#').and_then(|(address, _)| {
        let (scheme, rest) = address.split_once("://")?;
        Some(format!("{scheme}://{}", rest.split('/').next()?))
    });
    match origin.filter(|_| caller.connection.server.is_none()) {
        None => caller.server(),
        Some(origin) => {
            let plain = if caller.connection.plain_http { PlainHttp::Everywhere } else { PlainHttp::LoopbackOnly };
            ServerAddress::read(&origin, plain).map_err(|fault| Failure::Usage(format!("{origin}: {fault}")).into())
        }
    }
}

fn surroundings() -> Surroundings {
    let clock = clock::system();
    Surroundings::new(move || clock(), OsRandom::new())
}

/// What was wrapped to the invitation is given once: a connection that breaks off now is waited for. The session ends; the
/// agent opens its own.
async fn first_session(newcomer: &Newcomer, http: &Http) -> Result<(), Error> {
    let mut pauses = PAUSES.iter();
    loop {
        match newcomer.sign_in(Api::new(http.clone()), surroundings(), &device_name()).await {
            Ok(session) => return session.end_session(session.id()).await,
            Err(Error::Unreachable) => match pauses.next() {
                Some(pause) => tokio::time::sleep(*pause).await,
                None => return Err(Error::Unreachable),
            },
            Err(error) => return Err(error),
        }
    }
}
