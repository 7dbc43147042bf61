//! Why something was not done, for whoever has to answer for it: kinds of failure, each with its exit code. Sentences
//! are the commands'.

use sealward_client::error::Error;
use sealward_contract::{ids::Version, problem::Rejection};

/// Why something was not done.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// What was asked for cannot be meant: a word that fits nothing, or a value that is missing.
    #[error("{0}")]
    Usage(String),
    /// A value breaks a rule.
    #[error("{0}")]
    Invalid(Error),
    /// What was asked for is not there.
    #[error("not there")]
    NotFound,
    /// Several things have the name that was given.
    #[error("{0} things have this name")]
    Ambiguous(usize),
    /// The token, or name, kit and password are not, or no longer, good.
    #[error("{0}")]
    Credential(Error),
    /// Nothing is unlocked here.
    #[error("locked")]
    Locked,
    /// The caller has no right to it, or the team's rules forbid it.
    #[error("{0}")]
    Refused(Error),
    /// It was changed by somebody else.
    #[error("changed elsewhere")]
    Conflict {
        /// The version that it has now, where that is known.
        current: Option<Version>,
    },
    /// It is somebody else's turn: an approval is needed, or a check-out, or somebody has it.
    #[error("{0}")]
    Waiting(Error),
    /// It was asked for, and whoever may approve it has not done so yet.
    #[error("asked for, and not approved yet")]
    Asked,
    /// The server cannot be reached.
    #[error("the server cannot be reached")]
    Unreachable,
    /// The server is there and can do nothing just now: the same again later may do.
    #[error("{0}")]
    Busy(Error),
    /// What the server gave cannot be right, and nothing of it was used.
    #[error("{0}")]
    Untrusted(Error),
    /// A file, socket or program of this machine.
    #[error("{what}: {error}")]
    Local {
        /// What it was, as it was named.
        what: String,
        /// What the system said.
        error: std::io::Error,
    },
    /// The engine was closed before it was done.
    #[error("closed")]
    Closed,
}

impl Failure {
    /// A fault of this machine.
    pub fn local(what: impl Into<String>) -> impl FnOnce(std::io::Error) -> Self {
        let what = what.into();
        move |error| Self::Local { what, error }
    }

    /// What the program ends with.
    #[must_use]
    pub fn exit_code(&self) -> u8 {
        match self {
            Self::Local { .. } | Self::Closed => 1,
            // Nothing is wrong with the name itself.
            Self::Invalid(Error::NameTaken) => 5,
            Self::Usage(_) | Self::Invalid(_) | Self::Ambiguous(_) => 2,
            Self::NotFound => 3,
            Self::Refused(_) => 4,
            Self::Conflict { .. } => 5,
            Self::Unreachable | Self::Busy(_) => 6,
            Self::Credential(_) | Self::Locked => 7,
            Self::Waiting(_) | Self::Asked => 8,
            Self::Untrusted(_) => 9,
        }
    }

    /// One word for programs; it stays as it is.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match self {
            Self::Usage(_) => "usage",
            Self::Invalid(_) => "invalid",
            Self::NotFound => "not_found",
            Self::Ambiguous(_) => "ambiguous",
            Self::Credential(_) => "credential",
            Self::Locked => "locked",
            Self::Refused(_) => "refused",
            Self::Conflict { .. } => "conflict",
            Self::Waiting(_) => "waiting",
            // It is the same need, whether it was asked for or not.
            Self::Asked => "approval_needed",
            Self::Unreachable => "unreachable",
            Self::Busy(_) => "busy",
            Self::Untrusted(_) => "untrusted",
            Self::Local { .. } => "local",
            Self::Closed => "closed",
        }
    }

    /// Whether the session is of no use any more.
    #[must_use]
    pub fn ends_session(&self) -> bool {
        matches!(self, Self::Credential(Error::SessionEnded))
    }
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        match error {
            Error::Unreachable => Self::Unreachable,
            Error::Gone | Error::Rejected(Rejection::NotFound) => Self::NotFound,
            Error::StaleVersion => Self::Conflict { current: None },
            Error::WrongPassword
            | Error::WrongKit
            | Error::OriginRefused
            | Error::SessionEnded
            | Error::Suspended
            | Error::Token(_)
            | Error::TokenRefused
            | Error::TokenExpired
            | Error::AddressRefused
            | Error::Invitation(_)
            | Error::Rejected(Rejection::KeysNotOwn) => Self::Credential(error),
            Error::ApprovalNeeded | Error::CheckOutNeeded | Error::NotCheckedOut | Error::InUse { .. } => {
                Self::Waiting(error)
            }
            Error::LoginName
            | Error::Unwritable(_)
            | Error::PolicyBroken(_)
            | Error::Unfit
            | Error::ReasonNeeded
            | Error::TicketNeeded
            | Error::FileTooLarge
            | Error::FilesTooLarge { .. }
            | Error::FileChanged
            | Error::NameTaken => Self::Invalid(error),
            Error::Busy
            | Error::EpochDue
            | Error::UploadLost
            | Error::Rejected(
                Rejection::RateLimited { .. }
                | Rejection::TooManyStreams
                | Rejection::Internal
                | Rejection::ReadOnly
                | Rejection::Unavailable,
            ) => Self::Busy(error),
            Error::Damage(_) | Error::Behind { .. } | Error::Unintelligible => Self::Untrusted(error),
            error => Self::Refused(error),
        }
    }
}
