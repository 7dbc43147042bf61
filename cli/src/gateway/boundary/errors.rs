//! Refusals in this dialect: a kind, a message, and which fields are wrong.

use crate::{
    failure::Failure,
    gateway::exchange::{Answer, Unread},
    told::broken_rule,
};
use http::StatusCode;
use sealward_client::{error::Error, model::Unwritable};
use serde_json::{Value, json};

/// A field of a request, and what is wrong with it.
pub type Wrong<'f> = (&'f str, &'f str);

fn answer(status: StatusCode, kind: &str, message: &str, fields: &[Wrong<'_>]) -> Answer {
    let fields: Vec<Value> =
        fields.iter().map(|(name, description)| json!({ "name": name, "description": description })).collect();
    let mut body = json!({ "kind": kind, "op": "accounts", "message": message });
    if !fields.is_empty()
        && let Some(body) = body.as_object_mut()
    {
        body.insert("details".to_owned(), json!({ "request_fields": fields, "wrapped_errors": [] }));
    }
    Answer::json(status, &body)
}

/// No token, or none that is good.
pub fn unauthenticated() -> Answer {
    answer(StatusCode::UNAUTHORIZED, "Unauthenticated", "Unauthenticated, or invalid token.", &[])
}

/// The caller may not.
pub fn forbidden() -> Answer {
    answer(StatusCode::FORBIDDEN, "PermissionDenied", "Forbidden.", &[])
}

/// There is nothing of this id or path.
pub fn not_found() -> Answer {
    answer(StatusCode::NOT_FOUND, "NotFound", "Resource not found.", &[])
}

/// The method is none of this path's.
pub fn no_method() -> Answer {
    answer(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", "Method not allowed.", &[])
}

/// There is no such account, or the version is not its present one.
pub fn wrong_version(id: &str) -> Answer {
    let message = format!("Account {id:?} doesn't exist or incorrect version provided.");
    answer(StatusCode::NOT_FOUND, "NotFound", &message, &[])
}

/// Fields of the request are wrong.
pub fn invalid(fields: &[Wrong<'_>]) -> Answer {
    answer(StatusCode::BAD_REQUEST, "InvalidArgument", "Error in provided request.", fields)
}

/// Something in the request cannot be, and no field of it is to blame.
pub fn unfit(message: &str) -> Answer {
    answer(StatusCode::BAD_REQUEST, "InvalidArgument", message, &[])
}

/// Another account has this value, of which there can be one.
pub fn not_unique(field: &str) -> Answer {
    let message =
        "Invalid request. Request attempted to make second resource with the same field value that must be unique.";
    answer(StatusCode::BAD_REQUEST, "InvalidArgument", message, &[(field, "It is in use by another account.")])
}

/// It stands in the way of what is asked for, whoever asks.
pub fn precondition(message: &str) -> Answer {
    answer(StatusCode::BAD_REQUEST, "FailedPrecondition", message, &[])
}

fn unavailable(message: &str) -> Answer {
    answer(StatusCode::SERVICE_UNAVAILABLE, "Unavailable", message, &[])
}

/// A request that could not be read.
pub fn of_unread(unread: Unread) -> Answer {
    match unread {
        Unread::TooLarge => answer(StatusCode::PAYLOAD_TOO_LARGE, "InvalidArgument", "The request is too large.", &[]),
        Unread::Broken => unfit("The request could not be read."),
    }
}

/// What went wrong, whatever was asked.
pub fn of_failure(failure: &Failure) -> Answer {
    match failure {
        Failure::Credential(_) | Failure::Locked => unauthenticated(),
        Failure::NotFound => not_found(),
        Failure::Conflict { .. } => unfit("The account was changed by somebody else meanwhile."),
        Failure::Invalid(Error::NameTaken) => not_unique("attributes.login_name"),
        Failure::Invalid(Error::Unwritable(Unwritable::Invalid(invalid))) => {
            unfit(&format!("Error in provided request: {}.", broken_rule::english(*invalid)))
        }
        Failure::Invalid(error) => unfit(&format!("Error in provided request: {error}.")),
        Failure::Usage(text) => unfit(text),
        Failure::Refused(Error::LastOwner) => precondition("The team's last owner can neither go nor become less."),
        Failure::Refused(Error::NotAllowed | Error::RequestOnly) => forbidden(),
        Failure::Refused(error) | Failure::Waiting(error) => precondition(&format!("It is refused: {error}.")),
        Failure::Asked => precondition("It was asked for, and waits for an approval."),
        Failure::Busy(error) => unavailable(&format!("It cannot be done just now: {error}. Try again.")),
        Failure::Unreachable => unavailable("The Sealward server cannot be reached."),
        Failure::Untrusted(_) => {
            answer(StatusCode::BAD_GATEWAY, "Internal", "What the Sealward server gave cannot be right.", &[])
        }
        Failure::Local { .. } | Failure::Closed | Failure::Ambiguous(_) => {
            answer(StatusCode::INTERNAL_SERVER_ERROR, "Internal", "The gateway could not do it.", &[])
        }
    }
}
