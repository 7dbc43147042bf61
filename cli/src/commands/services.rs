//! Services.

use super::{read_instant, secret_args::read_grant};
use crate::{
    failure::Failure,
    tasks::{NewService, Task},
};
use clap::{Args, Subcommand};

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
    /// The vault that it uses where none is named
    #[arg(long, value_name = "VAULT")]
    default_vault: Option<String>,
}

impl Service {
    pub(super) fn task(self) -> Result<Task, Failure> {
        let Self::Create(create) = self;
        let grant = |grant: &String| {
            if grant.contains('=') { read_grant(grant) } else { Ok((grant.clone(), create.role.clone())) }
        };
        Ok(Task::CreateService(NewService {
            grants: create.vault.iter().map(grant).collect::<Result<_, _>>()?,
            expires: create.expires.as_deref().map(read_instant).transpose()?,
            name: create.name,
            hosts: create.hosts,
            requests_only: create.requests_only,
            vault: create.default_vault,
        }))
    }
}
