//! Services.

use super::{caller::Caller, read_instant, secret_args::read_grant};
use crate::{
    clock,
    failure::Failure,
    output::Output,
    tasks::{NewService, Task},
    told::Told,
};
use clap::{Args, Subcommand};
use std::process::ExitCode;

/// The role that a service writes with.
const WRITES: &str = "editor";

#[derive(Subcommand)]
pub(super) enum Service {
    /// Admit a service, and show its token this once
    Create(Create),
}

#[derive(Args)]
pub(super) struct Create {
    /// What people know it by
    name: String,
    /// A role in a vault: viewer, user or editor
    #[arg(long, value_name = "VAULT=ROLE")]
    vault: Vec<String>,
    /// The role in those vaults that are named without one
    #[arg(long, value_name = "ROLE", default_value = "user")]
    role: String,
    /// A host that it may sign in from: an address, a network or a name; from anywhere where none is named
    #[arg(long, value_name = "HOST", value_delimiter = ',')]
    hosts: Vec<String>,
    /// When its time is over: in so long a time (90d), or at an instant (2027-01-31T12:00:00Z)
    #[arg(long, value_name = "TIME")]
    expires: Option<String>,
    /// It may only ask for secrets, and holds no key that opens one
    #[arg(long)]
    requests_only: bool,
    /// The vault that new resources go into where a call names none; needed where it may write into several
    #[arg(long, value_name = "VAULT")]
    default_vault: Option<String>,
}

impl Service {
    pub(super) fn run(self, caller: &Caller, output: Output) -> Result<ExitCode, Told> {
        let Self::Create(create) = self;
        let new = create.read(clock::system()().0)?;
        // Of one vault nobody has to say that it is meant.
        let is_unsaid = new.vault.is_none() && new.grants.iter().filter(|(_, role)| role == WRITES).count() > 1;
        output.answer(&caller.ask(Task::CreateService(new))?)?;
        if is_unsaid {
            output.note(
                "It may write into several vaults, and none of them is its default: what the gateway makes for it has no place. Name one with --default-vault when the service is made.",
                "该服务可写入多个保险库，但没有默认保险库：网关无法确定为其创建的内容应放在哪里。请在创建服务时用 --default-vault 指定。",
            );
        }
        Ok(ExitCode::SUCCESS)
    }
}

impl Create {
    fn read(self, now: u64) -> Result<NewService, Failure> {
        let grant = |grant: &String| {
            if grant.contains('=') { read_grant(grant) } else { Ok((grant.clone(), self.role.clone())) }
        };
        let expires = self.expires.as_deref().map(read_instant).transpose()?;
        if expires.is_some_and(|expires| expires <= now) {
            return Err(Failure::Usage("expires: it has to lie ahead".to_owned()));
        }
        Ok(NewService {
            grants: self.vault.iter().map(grant).collect::<Result<_, _>>()?,
            expires,
            name: self.name,
            hosts: self.hosts,
            requests_only: self.requests_only,
            vault: self.default_vault,
        })
    }
}
