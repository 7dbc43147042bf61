//! Refusals in this dialect: a status, a code, a message.

use crate::{
    failure::Failure,
    gateway::exchange::{Answer, Unread},
    told::broken_rule,
};
use http::{StatusCode, header};
use sealward_client::{error::Error, model::Unwritable};
use serde_json::{Value, json};

/// A refusal.
pub fn refusal(status: StatusCode, code: &str, message: &str) -> Answer {
    Answer::json(status, &body(status, code, message, Value::Null))
}

/// A refusal for which a field is to blame.
pub fn of_field(code: &str, field: &str, message: &str) -> Answer {
    let status = StatusCode::UNPROCESSABLE_ENTITY;
    let mut body = body(status, code, message, Value::Null);
    if let Some(body) = body.as_object_mut() {
        body.insert("fieldName".to_owned(), field.into());
    }
    Answer::json(status, &body)
}

fn body(status: StatusCode, code: &str, message: &str, detail: Value) -> Value {
    json!({
        "type": "error",
        "baseType": "error",
        "links": {},
        "actions": {},
        "status": status.as_u16(),
        "code": code,
        "message": message,
        "detail": detail,
    })
}

/// No keys, or none that are good.
pub fn unauthorized() -> Answer {
    refusal(StatusCode::UNAUTHORIZED, "Unauthorized", "Unauthorized")
        .with(header::WWW_AUTHENTICATE, "Basic realm=\"Enter API access key and secret key as username and password\"")
}

/// The caller may not.
pub fn forbidden() -> Answer {
    refusal(StatusCode::FORBIDDEN, "Forbidden", "Forbidden")
}

/// There is nothing of this id or path, or no such project.
pub fn not_found() -> Answer {
    refusal(StatusCode::NOT_FOUND, "NotFound", "Not Found")
}

/// The method is none of this path's.
pub fn no_method() -> Answer {
    refusal(StatusCode::METHOD_NOT_ALLOWED, "MethodNotAllowed", "Method not allowed")
}

/// The team keeps an owner.
pub fn last_admin() -> Answer {
    let status = StatusCode::METHOD_NOT_ALLOWED;
    let detail = "At least one admin account is required at all times";
    Answer::json(status, &body(status, "LastAdminAccount", detail, detail.into()))
}

/// The action is none of this state.
pub fn action_not_available(action: &str) -> Answer {
    let message = format!("The action {action} is not available in the present state");
    refusal(StatusCode::UNPROCESSABLE_ENTITY, "ActionNotAvailable", &message)
}

/// There is no such action.
pub fn invalid_action(action: &str) -> Answer {
    refusal(StatusCode::UNPROCESSABLE_ENTITY, "InvalidAction", &format!("There is no action {action}"))
}

/// The body is not an object in JSON.
pub fn invalid_body() -> Answer {
    refusal(StatusCode::BAD_REQUEST, "InvalidBodyContent", "An object in JSON was expected")
}

/// It was changed meanwhile.
pub fn conflict() -> Answer {
    refusal(StatusCode::CONFLICT, "Conflict", "The account was changed by somebody else meanwhile")
}

/// A request that could not be read.
pub fn of_unread(unread: Unread) -> Answer {
    match unread {
        Unread::TooLarge => refusal(StatusCode::PAYLOAD_TOO_LARGE, "InvalidBodyContent", "The request is too large"),
        Unread::Broken => invalid_body(),
    }
}

/// What went wrong, whatever was asked.
pub fn of_failure(failure: &Failure) -> Answer {
    let unavailable = |message: &str| refusal(StatusCode::SERVICE_UNAVAILABLE, "ServerError", message);
    match failure {
        Failure::Credential(_) | Failure::Locked => unauthorized(),
        Failure::NotFound => not_found(),
        Failure::Conflict { .. } => conflict(),
        Failure::Invalid(Error::NameTaken) => {
            of_field("NotUnique", "loginName", "Another account has, or had, this login name")
        }
        Failure::Invalid(Error::Unwritable(Unwritable::Invalid(invalid))) => {
            let words = format!("It cannot be so: {}", broken_rule::english(*invalid));
            refusal(StatusCode::UNPROCESSABLE_ENTITY, "InvalidFormat", &words)
        }
        Failure::Invalid(error) => {
            refusal(StatusCode::UNPROCESSABLE_ENTITY, "InvalidFormat", &format!("It cannot be so: {error}"))
        }
        Failure::Usage(text) => refusal(StatusCode::UNPROCESSABLE_ENTITY, "InvalidFormat", text),
        Failure::Refused(Error::LastOwner) => last_admin(),
        Failure::Refused(Error::NotAllowed | Error::RequestOnly) => forbidden(),
        Failure::Refused(error) | Failure::Waiting(error) => {
            refusal(StatusCode::FORBIDDEN, "Forbidden", &format!("It is refused: {error}"))
        }
        Failure::Asked => refusal(StatusCode::FORBIDDEN, "Forbidden", "It was asked for, and waits for an approval"),
        Failure::Busy(error) => unavailable(&format!("It cannot be done just now: {error}. Try again")),
        Failure::Unreachable => unavailable("The Sealward server cannot be reached"),
        Failure::Untrusted(_) => {
            refusal(StatusCode::BAD_GATEWAY, "ServerError", "What the Sealward server gave cannot be right")
        }
        Failure::Local { .. } | Failure::Closed | Failure::Ambiguous(_) => {
            refusal(StatusCode::INTERNAL_SERVER_ERROR, "ServerError", "The gateway could not do it")
        }
    }
}
