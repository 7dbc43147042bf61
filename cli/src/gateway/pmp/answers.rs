//! Answers in the product's envelope. What went wrong is said with HTTP 200 and `Failed`, as its clients expect.

use crate::{
    failure::Failure,
    gateway::{
        exchange::Answer,
        pmp::{
            input::Unusable,
            shapes::{Envelope, FAILED, Operation, Outcome, SUCCESS},
        },
    },
};
use http::StatusCode;
use sealward_client::{
    error::{Error, TokenFault},
    model::{Breach, Field, Problem, Unwritable},
};
use sealward_contract::{problem::Rejection, request::RequestRefused};
use serde::Serialize;

/// A success without details.
#[must_use]
pub fn success(name: &str, message: &str) -> Answer {
    answer(name, (SUCCESS, message), None, None::<()>)
}

/// A success with details.
#[must_use]
pub fn success_with(name: &str, message: &str, details: impl Serialize) -> Answer {
    answer(name, (SUCCESS, message), None, Some(details))
}

/// A success with a list.
#[must_use]
pub fn success_with_rows(name: &str, message: &str, rows: &[impl Serialize]) -> Answer {
    answer(name, (SUCCESS, message), Some(rows.len()), Some(rows))
}

/// A failure.
#[must_use]
pub fn failed(name: &str, message: &str) -> Answer {
    answer(name, (FAILED, message), None, None::<()>)
}

fn answer(
    name: &str,
    (status, message): (&str, &str),
    total: Option<usize>,
    details: Option<impl Serialize>,
) -> Answer {
    let result = Outcome { status: status.into(), message: message.into() };
    let operation = Operation { name: name.into(), result, total, details };
    Answer::json(StatusCode::OK, &Envelope { operation })
}

/// Why a call failed.
#[derive(Debug)]
pub enum Fault {
    /// The engine's reason, or the team's.
    Failure(Failure),
    /// In these words.
    Said(String),
}

impl Fault {
    /// In these words.
    pub fn said(words: impl Into<String>) -> Self {
        Self::Said(words.into())
    }

    /// The sentence that goes into `message`.
    #[must_use]
    pub fn message(&self) -> String {
        match self {
            Self::Said(words) => words.clone(),
            Self::Failure(failure) => explain(failure),
        }
    }
}

impl From<Failure> for Fault {
    fn from(failure: Failure) -> Self {
        Self::Failure(failure)
    }
}

impl From<Error> for Fault {
    fn from(error: Error) -> Self {
        Self::Failure(error.into())
    }
}

impl From<Unusable> for Fault {
    fn from(Unusable(words): Unusable) -> Self {
        Self::Said(words)
    }
}

/// Whether it is the token that is not good.
#[must_use]
pub fn is_of_token(failure: &Failure) -> bool {
    matches!(failure, Failure::Credential(_))
}

fn explain(failure: &Failure) -> String {
    match failure {
        Failure::Usage(words) => words.clone(),
        Failure::NotFound => "The resource, account or user does not exist, or is not shared with this user".into(),
        Failure::Ambiguous(count) => format!("{count} entries have this name. Use the ID instead"),
        Failure::Conflict { .. } => "It was changed by someone else meanwhile. Fetch it and try again".into(),
        Failure::Unreachable => "The vault's server cannot be reached. If this call changes something, look whether it did before trying again"
                .into(),
        Failure::Busy(Error::EpochDue) => {
            "The vault waits for new keys, which a custodian's browser makes. Try again later".into()
        }
        Failure::Busy(_) => "The vault's server is busy. Try again later".into(),
        Failure::Untrusted(_) => "What the server gave could not be verified, and was not used".into(),
        Failure::Credential(error) => explain_token(error).into(),
        Failure::Asked => "The request for this password waits for approval".into(),
        Failure::Waiting(error) | Failure::Invalid(error) | Failure::Refused(error) => explain_error(error),
        Failure::Locked | Failure::Closed | Failure::Local { .. } => "The gateway is shutting down".into(),
    }
}

fn explain_token(error: &Error) -> &'static str {
    match error {
        Error::Token(TokenFault::Newer) => "API key received is of a newer version. Authentication failed.",
        Error::TokenExpired => "API key received has expired. Authentication failed.",
        Error::AddressRefused => "API key received may not be used from this host. Authentication failed.",
        Error::Suspended => "The user of the API key received is locked. Authentication failed.",
        _ => "API key received is not associated to any user. Authentication failed.",
    }
}

fn explain_error(error: &Error) -> String {
    match error {
        Error::ApprovalNeeded => {
            "Access to this password has to be requested, and approved by an administrator, first".into()
        }
        Error::CheckOutNeeded => "The password has to be checked out first".into(),
        Error::NotCheckedOut => "The password is not checked out".into(),
        Error::InUse { .. } => "[ In use ]".into(),
        Error::ReasonNeeded => "A reason has to be given: REASON".into(),
        Error::TicketNeeded => "A valid ticket ID has to be given: TICKETID".into(),
        Error::NotAllowed | Error::RequestOnly => "The user has no permission to do this".into(),
        Error::SecondFactorNeeded(_) => {
            "The team asks for a second factor here, which an API user cannot give: an owner can exempt services".into()
        }
        Error::NameTaken => "The user name is taken".into(),
        Error::LoginName => "The user name cannot be one: 1 to 64 characters without blanks".into(),
        Error::LastOwner => "The last owner of the team stays".into(),
        Error::TooManyRequests => "Too many requests of this user are open".into(),
        Error::FileTooLarge => "The file is too large".into(),
        Error::Clock => "The clocks of this machine and the server are too far apart".into(),
        Error::Unwritable(unwritable) => explain_unwritable(unwritable),
        Error::PolicyBroken(breaches) => {
            let broken: Vec<String> = breaches.iter().map(explain_breach).collect();
            format!("The password does not comply with the password policy: {}", broken.join(", "))
        }
        Error::Request(refused) => explain_request(*refused).into(),
        Error::Rejected(Rejection::TooLarge { .. }) => "It is too large".into(),
        _ => "The server refused it".into(),
    }
}

fn explain_request(refused: RequestRefused) -> &'static str {
    match refused {
        RequestRefused::NotNeeded => "The password can be fetched without a request",
        RequestRefused::Own => {
            "Nobody approves their own request, nor that of a user whose keys the same administrator made"
        }
        RequestRefused::Twice => "The request was approved by this user, or one of the same administrator, already",
        RequestRefused::Right => "The user has no permission to do this",
        RequestRefused::State => "The request is not in a state that allows this",
        RequestRefused::Grant => "The last approval of this password has to be a custodian's, who has its key",
        RequestRefused::Policy | RequestRefused::Version => "Password or policy were changed since. Request it again",
        RequestRefused::Reason => "A reason has to be given: REASON",
        RequestRefused::Time => "Not at this time",
        RequestRefused::Limit => "It is over a limit",
        RequestRefused::Malformed | RequestRefused::Order | RequestRefused::Position | RequestRefused::Signature => {
            "The server refused it"
        }
    }
}

fn explain_breach(breach: &Breach) -> String {
    match breach {
        Breach::TooShort { least } => format!("at least {least} characters"),
        Breach::TooLong { most } => format!("at most {most} characters"),
        Breach::Missing { .. } => "kinds of characters are missing".into(),
        Breach::Reused => "it is in use already".into(),
    }
}

fn explain_unwritable(unwritable: &Unwritable) -> String {
    let Unwritable::Invalid(invalid) = unwritable else { return "It is too large".into() };
    let field = match invalid.field {
        Field::Name => "RESOURCENAME or ACCOUNTNAME",
        Field::ResourceType => "RESOURCETYPE",
        Field::Url => "RESOURCEURL",
        Field::DnsName => "DNSNAME",
        Field::Description => "RESOURCEDESCRIPTION",
        Field::Notes => "NOTES",
        Field::Department => "DEPARTMENT",
        Field::Location => "LOCATION",
        Field::Owner => "OWNERNAME",
        Field::CustomFields | Field::CustomValue => "a custom field",
        Field::Secret => "PASSWORD",
        Field::FullName => "FIRSTNAME, LASTNAME or FULLNAME",
        Field::Email => "EMAIL",
        Field::Telephone => "LANDLINE or MOBILE",
        Field::Reason => "REASON or TICKETID",
        _ => "a field",
    };
    match invalid.problem {
        Problem::Empty => format!("{field} is empty"),
        Problem::TooLong { limit } => format!("{field} is too long: at most {limit}"),
        Problem::TooMany { limit } => format!("{field}: at most {limit} of them"),
        Problem::Twice => format!("{field} is there twice"),
        Problem::ControlCharacters => format!("{field} has control characters"),
        Problem::NotAnAddress => format!("{field} is no e-mail address"),
        Problem::NotHere => format!("{field} cannot be here"),
    }
}
