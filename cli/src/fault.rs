//! Why a command did not do what it was asked: the engine's failures, and what only commands come upon.

use crate::{failure::Failure, migrate::fault::SourceFault, missing::Missing};
use sealward_client::error::Error;

/// Which of several things a fault is about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Place {
    /// A row of a list, counted from one, with the path that it has there.
    Row(usize, String),
    /// A reference, as it was given.
    Reference(String),
}

/// Why a command did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum Fault {
    /// The session, the server, or this machine.
    #[error(transparent)]
    Failure(#[from] Failure),
    /// Something that is named is not there.
    #[error("{} is not there", .0.subject())]
    Missing(Missing),
    /// What is wrong with one of several.
    #[error("{place:?}: {why}")]
    At {
        /// With which.
        place: Place,
        /// What.
        why: Box<Fault>,
    },
    /// The same path stands in a list twice.
    #[error("{0} is named twice")]
    Twice(String),
    /// A file of the same name is beside the account already.
    #[error("{item} has a file {file}")]
    FileExists {
        /// The account.
        item: String,
        /// The file.
        file: String,
    },
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
    /// The same was asked for already, and waits for an approval.
    #[error("asked for already")]
    AskedAlready,
    /// Somebody takes a secret in an emergency whom nobody named for that.
    #[error("not named for emergencies")]
    NotNamed,
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
    /// The same, with what it is about. What is about the session, the server or this machine stays as it is.
    #[must_use]
    pub fn at(self, place: Place) -> Self {
        let is_about_all = matches!(
            self,
            Self::Failure(
                Failure::Credential(_)
                    | Failure::Locked
                    | Failure::Unreachable
                    | Failure::Busy(_)
                    | Failure::Untrusted(_)
                    | Failure::Local { .. }
                    | Failure::Closed
            )
        );
        if is_about_all { self } else { Self::At { place, why: Box::new(self) } }
    }

    /// What the program ends with.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Failure(failure) => failure.exit_code(),
            Self::Source(fault) => fault.exit_code(),
            Self::At { why, .. } => why.exit_code(),
            Self::NoSite => 1,
            Self::Weak | Self::Kit(_) | Self::NoServer | Self::OtherServer { .. } => 2,
            Self::Missing(_) => 3,
            Self::NotNamed => 4,
            Self::Exists(_)
            | Self::Twice(_)
            | Self::FileExists { .. }
            | Self::Joined(_)
            | Self::OtherDevice { .. }
            | Self::AskedAlready => 5,
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
            Self::Missing(_) => "not_found",
            Self::At { why, .. } => why.code(),
            Self::UnknownDevice => "unknown_device",
            Self::Kit(_) => "kit",
            Self::OtherDevice { .. } => "other_device",
            Self::OtherServer { .. } => "other_server",
            Self::NoServer => "no_server",
            Self::NoSite => "no_site",
            Self::Exists(_) | Self::Twice(_) | Self::FileExists { .. } => "exists",
            Self::Joined(_) => "joined",
            Self::Weak => "weak",
            Self::AskedAlready => "asked_already",
            Self::NotNamed => "not_allowed",
            Self::Partly { .. } => "partly",
        }
    }
}
