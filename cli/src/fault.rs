//! Why a command did not do what it was asked: the engine's failures, and what only commands come upon.

use crate::{failure::Failure, migrate::fault::SourceFault};
use sealward_client::error::Error;

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The session, the server, or this machine.
    #[error(transparent)]
    Failure(#[from] Failure),
    /// Another product, from which something was to be brought in.
    #[error(transparent)]
    Source(#[from] SourceFault),
    /// This machine has not signed in before, and no kit is given.
    #[error("no kit")]
    UnknownDevice,
    /// The text is no emergency kit.
    #[error("{0}")]
    Kit(String),
    /// Somebody else, or of another team, signs in from this machine, whose Secret Key is kept here alone.
    #[error("this machine is {login_name}'s, of {server}")]
    OtherDevice {
        /// Who signs in from here.
        login_name: String,
        /// Where.
        server: String,
    },
    /// A server is named, and this machine signs in to another one.
    #[error("this machine signs in to {known}")]
    OtherServer {
        /// The one that it signs in to.
        known: String,
    },
    /// Nothing says which server.
    #[error("no server")]
    NoServer,
    /// This program was built without a web app.
    #[error("built without a site")]
    NoSite,
    /// Something has the path already.
    #[error("{0} is there already")]
    Exists(String),
    /// This machine signs in to the team already, by this login name.
    #[error("{0} is signed in from this machine")]
    Joined(String),
    /// A password that is too easily guessed to sign in with.
    #[error("too weak")]
    Weak,
    /// Some of many were done.
    #[error("{done} of {of}: {why}")]
    Partly {
        /// How many.
        done: usize,
        /// Of how many.
        of: usize,
        /// Why the next one was not.
        why: Box<Fault>,
    },
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Failure(error.into())
    }
}

impl Fault {
    /// What the program ends with.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Failure(failure) => failure.exit_code(),
            Self::Source(fault) => fault.exit_code(),
            Self::NoSite => 1,
            Self::Weak | Self::Kit(_) | Self::NoServer | Self::OtherServer { .. } => 2,
            Self::Exists(_) | Self::Joined(_) | Self::OtherDevice { .. } => 5,
            Self::UnknownDevice => 7,
            Self::Partly { .. } => 10,
        }
    }

    /// One word for programs; it stays as it is.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Failure(failure) => failure.code(),
            Self::Source(fault) => fault.code(),
            Self::UnknownDevice => "unknown_device",
            Self::Kit(_) => "kit",
            Self::OtherDevice { .. } => "other_device",
            Self::OtherServer { .. } => "other_server",
            Self::NoServer => "no_server",
            Self::NoSite => "no_site",
            Self::Exists(_) => "exists",
            Self::Joined(_) => "joined",
            Self::Weak => "weak",
            Self::Partly { .. } => "partly",
        }
    }
}
