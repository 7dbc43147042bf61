//! Moving in from another product, over its own API: what it lists is compared with what was brought in before, secrets and
//! files are fetched for what is new alone, and written some at a time, so that what is interrupted goes on when it is run
//! again. Nothing is ever changed at the source.

mod chunk;
pub mod fault;
mod jumpserver;
mod jumpserver_shapes;
mod listed;
mod pmp;
pub(crate) mod report;
mod run;
pub mod source;
mod update;

pub use run::run;

use crate::{
    connection::{Http, PlainHttp, ServerAddress, Trust},
    failure::Failure,
    fault::Fault,
    gateway::pmp::shapes::WhyGiven,
    tasks::Running,
    views::Hidden,
};
use fault::SourceFault;
use jumpserver::JumpServer;
use listed::{Catalog, Fetched, ListedAccount, ListedResource};
use pmp::Pmp;
use sealward_client::model::SecretText;
use serde::{Deserialize, Serialize};
use source::{Patience, Source};
use std::path::PathBuf;

/// A migration that is to be made.
#[derive(Serialize, Deserialize)]
pub struct Migrate {
    /// Which product, and how it is asked.
    pub product: Product,
    /// The address of its server.
    pub from: String,
    /// The token that it gave.
    pub token: Hidden,
    /// The file of the certificates that its server is trusted by; the system's where there is none.
    pub ca: Option<PathBuf>,
    /// Whether HTTP is taken for other machines.
    pub plain_http: bool,
    /// The vault that it goes into.
    pub vault: String,
    /// Whether what was brought in before is made like the source again.
    pub update: bool,
    /// Whether it is written.
    pub running: Running,
}

/// A product, and how it is asked.
#[derive(Serialize, Deserialize)]
pub enum Product {
    /// Password Manager Pro, or PAM360.
    Pmp {
        /// Why passwords are fetched.
        reason: Option<String>,
        /// For which ticket.
        ticket: Option<String>,
        /// Whether it is asked for files.
        files: bool,
        /// What stands before its ids; its host and port where nothing is said.
        known_as: Option<String>,
    },
    /// JumpServer.
    JumpServer {
        /// The organisation that is meant.
        organisation: Option<String>,
    },
}

impl Product {
    const fn name(&self) -> &'static str {
        match self {
            Self::Pmp { .. } => "pmp",
            Self::JumpServer { .. } => "jumpserver",
        }
    }
}

/// The way to a product.
enum Way {
    Pmp(Pmp),
    JumpServer(JumpServer),
}

impl Way {
    /// The way that a migration names; nothing is sent yet.
    fn open(wanted: &Migrate, patience: Patience) -> Result<(Self, ServerAddress), Fault> {
        let plain = if wanted.plain_http { PlainHttp::Everywhere } else { PlainHttp::LoopbackOnly };
        let unusable = |fault: &dyn std::fmt::Display| Failure::Usage(format!("{}: {fault}", wanted.from));
        let address = ServerAddress::read(&wanted.from, plain).map_err(|fault| unusable(&fault))?;
        let trust = match &wanted.ca {
            Some(file) => Trust::of_file(file),
            None => Trust::of_system(),
        };
        let http = Http::new(&address, &trust.map_err(|fault| unusable(&fault))?);
        let source = Source::new(http, patience);
        let token = SecretText::from(wanted.token.0.as_str());
        let way = match &wanted.product {
            Product::Pmp { reason, ticket, files, known_as } => {
                let text = |given: &Option<String>| given.as_deref().unwrap_or_default().into();
                let why = WhyGiven { reason: text(reason), ticketid: text(ticket) };
                let host = || address.origin().split_once("://").map_or("", |(_, host)| host).to_owned();
                Self::Pmp(Pmp::new(source, token, known_as.clone().unwrap_or_else(host), why, *files))
            }
            Product::JumpServer { organisation } => {
                Self::JumpServer(JumpServer::new(source, token, organisation.as_deref())?)
            }
        };
        Ok((way, address))
    }

    const fn lacks(&self) -> &'static [&'static str] {
        match self {
            Self::Pmp(_) => Pmp::LACKS,
            Self::JumpServer(_) => JumpServer::LACKS,
        }
    }

    async fn list(&self, seen: impl FnMut(usize) -> bool) -> Result<Catalog, SourceFault> {
        match self {
            Self::Pmp(pmp) => pmp.list(seen).await,
            Self::JumpServer(jumpserver) => jumpserver.list(seen).await,
        }
    }

    async fn fetch(&self, resource: &ListedResource, account: &ListedAccount) -> Result<Fetched, SourceFault> {
        match self {
            Self::Pmp(pmp) => pmp.fetch(resource, account).await,
            Self::JumpServer(jumpserver) => jumpserver.fetch(account).await,
        }
    }

    async fn fetch_of_resource(&self, resource: &ListedResource) -> Result<Fetched, SourceFault> {
        match self {
            Self::Pmp(pmp) => pmp.fetch_of_resource(resource).await,
            Self::JumpServer(_) => Ok(Fetched::default()),
        }
    }
}
