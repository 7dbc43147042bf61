//! Members, and links that invite.

use super::{
    read_duration,
    secret_args::{PasswordArgs, hide, read_grant},
};
use crate::{
    failure::Failure,
    language::Language,
    tasks::{MemberStep, NewMember, Task},
};
use clap::{Args, Subcommand};

#[derive(Args)]
pub(super) struct Invite {
    /// A role that whoever joins has in a vault: viewer, user or editor
    #[arg(long, value_name = "VAULT=ROLE")]
    vault: Vec<String>,
    /// For how long the link is good
    #[arg(long, value_name = "TIME", default_value = "7d")]
    expires: String,
}

impl Invite {
    pub(super) fn task(self) -> Result<Task, Failure> {
        let grants = self.vault.iter().map(|grant| read_grant(grant)).collect::<Result<_, _>>()?;
        Ok(Task::Invite(grants, read_duration(&self.expires)?))
    }
}

#[derive(Subcommand)]
pub(super) enum Member {
    /// List members and services
    List,
    /// Make a member, whose kit and first password are handed over; both are replaced at their first sign-in
    Create(Create),
    /// Suspend a member or service
    Disable(Named),
    /// Let it act again
    Enable(Named),
    /// Remove it from the team for good
    Remove(Named),
}

#[derive(Args)]
pub(super) struct Named {
    /// Its number, id or login name
    member: String,
}

#[derive(Args)]
pub(super) struct Create {
    /// What they will sign in with
    login_name: String,
    /// A role in a vault: viewer, user or editor
    #[arg(long, value_name = "VAULT=ROLE")]
    vault: Vec<String>,
    #[command(flatten)]
    password: PasswordArgs,
}

impl Member {
    pub(super) fn task(self, language: Language) -> Result<Task, Failure> {
        Ok(match self {
            Self::List => Task::Members,
            Self::Create(create) => {
                let password = create.password.is_named().then(|| create.password.read(language)).transpose()?;
                let grants = create.vault.iter().map(|grant| read_grant(grant)).collect::<Result<_, _>>()?;
                let password = password.as_ref().map(hide);
                Task::CreateMember(NewMember { login_name: create.login_name, password, grants })
            }
            Self::Disable(named) => Task::Member(named.member, MemberStep::Disable),
            Self::Enable(named) => Task::Member(named.member, MemberStep::Enable),
            Self::Remove(named) => Task::Member(named.member, MemberStep::Remove),
        })
    }
}
