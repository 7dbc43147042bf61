//! Refusals in this dialect: a detail, or what is wrong with each field.

use crate::{
    failure::Failure,
    gateway::{
        exchange::{Answer, Unread},
        reading::Stop,
    },
    told::broken_rule,
};
use http::{StatusCode, header};
use sealward_client::{
    error::Error,
    model::{Field, Invalid, Problem, Unwritable},
};
use serde_json::{Map, Value, json};

/// What is wrong with the fields of a body: messages by field, in the order in which they were found.
#[derive(Default)]
pub struct Wrong(Map<String, Value>);

impl Wrong {
    /// Notes that a field is wrong.
    pub fn blame(&mut self, field: &str, message: impl Into<String>) {
        let messages = self.0.entry(field).or_insert_with(|| json!([]));
        if let Value::Array(messages) = messages {
            messages.push(message.into().into());
        }
    }

    /// Ends the reading.
    ///
    /// # Errors
    /// The answer that names every field that is wrong.
    pub fn end(self) -> Result<(), Stop> {
        if self.0.is_empty() { Ok(()) } else { Err(Answer::json(StatusCode::BAD_REQUEST, &self.0).into()) }
    }
}

/// One field is wrong.
pub fn wrong(field: &str, message: impl Into<String>) -> Answer {
    let mut wrong = Wrong::default();
    wrong.blame(field, message);
    Answer::json(StatusCode::BAD_REQUEST, &wrong.0)
}

fn detail(status: StatusCode, code: &str, detail: &str) -> Answer {
    Answer::json(status, &json!({ "detail": detail, "code": code }))
}

/// No token at all.
pub fn no_credentials() -> Answer {
    detail(StatusCode::UNAUTHORIZED, "not_authenticated", "Authentication credentials were not provided.")
        .with(header::WWW_AUTHENTICATE, "Bearer realm=\"api\"")
}

/// There is nothing of this id or path, or of this organisation.
pub fn not_found() -> Answer {
    detail(StatusCode::NOT_FOUND, "not_found", "Not found.")
}

/// The caller may not.
pub fn forbidden() -> Answer {
    detail(StatusCode::FORBIDDEN, "permission_denied", "You do not have permission to perform this action.")
}

/// The method is none of this path's.
pub fn no_method(method: &http::Method) -> Answer {
    detail(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", &format!("Method \"{method}\" not allowed."))
}

/// The body is not an object in JSON.
pub fn unreadable() -> Answer {
    detail(StatusCode::BAD_REQUEST, "parse_error", "JSON parse error - an object was expected.")
}

/// A second factor has to be given first, and programs have none.
pub fn mfa_required() -> Answer {
    let body = json!({
        "type": "user_confirm_required",
        "code": "mfa",
        "detail": "This action require verify your MFA",
    });
    Answer::json(StatusCode::PRECONDITION_FAILED, &body)
}

/// A request that could not be read.
pub fn of_unread(unread: Unread) -> Answer {
    match unread {
        Unread::TooLarge => detail(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The request is too large."),
        Unread::Broken => unreadable(),
    }
}

/// A field that breaks a rule, in the words in which the product says so, under the name that it has there.
fn of_field(invalid: Invalid) -> Answer {
    let field = match invalid.field {
        Field::Name => "name",
        Field::UserName => "username",
        Field::Notes => "comment",
        Field::Tags => "labels",
        Field::Secret => "secret",
        _ => return wrong("non_field_errors", format!("It cannot be so: {}.", broken_rule::english(invalid))),
    };
    let message = match invalid.problem {
        Problem::Empty => "This field may not be blank.".to_owned(),
        Problem::TooLong { limit } => format!("Ensure this field has no more than {limit} characters."),
        Problem::TooMany { limit } => format!("Ensure this field has no more than {limit} elements."),
        Problem::Twice => "The same one is there twice.".to_owned(),
        Problem::ControlCharacters => "Not a valid string: it has to be one line of text.".to_owned(),
        Problem::NotAnAddress => "Enter a valid email address.".to_owned(),
        Problem::NotHere => "There is no such thing here.".to_owned(),
    };
    wrong(field, message)
}

/// What went wrong, whatever was asked.
pub fn of_failure(failure: &Failure) -> Answer {
    let say = |status, code, text: &str| detail(status, code, text);
    match failure {
        Failure::Credential(_) | Failure::Locked => {
            detail(StatusCode::UNAUTHORIZED, "authentication_failed", "Invalid token.")
                .with(header::WWW_AUTHENTICATE, "Bearer realm=\"api\"")
        }
        Failure::NotFound => not_found(),
        Failure::Invalid(Error::PolicyBroken(_)) => wrong("secret", "The password breaks the policy in force."),
        Failure::Invalid(Error::Unwritable(Unwritable::Invalid(invalid))) => of_field(*invalid),
        Failure::Invalid(error) => say(StatusCode::BAD_REQUEST, "invalid", &format!("It cannot be so: {error}.")),
        Failure::Usage(text) => say(StatusCode::BAD_REQUEST, "invalid", text),
        Failure::Conflict { .. } => {
            say(StatusCode::CONFLICT, "conflict", "It was changed by somebody else meanwhile. Try again.")
        }
        Failure::Refused(Error::NotAllowed) => forbidden(),
        Failure::Refused(Error::SecondFactorNeeded(_)) => mfa_required(),
        Failure::Refused(Error::RequestOnly) => {
            say(StatusCode::FORBIDDEN, "permission_denied", "This token may only ask for secrets.")
        }
        Failure::Refused(error) => say(StatusCode::FORBIDDEN, "permission_denied", &format!("It is refused: {error}.")),
        Failure::Waiting(error) => {
            say(StatusCode::FORBIDDEN, "approval_required", &format!("The secret is not given yet: {error}."))
        }
        Failure::Asked => {
            say(StatusCode::FORBIDDEN, "approval_required", "The secret was asked for, and waits for an approval.")
        }
        Failure::Busy(error) => {
            say(StatusCode::SERVICE_UNAVAILABLE, "busy", &format!("It cannot be done just now: {error}. Try again."))
        }
        Failure::Unreachable => {
            say(StatusCode::SERVICE_UNAVAILABLE, "unreachable", "The Sealward server cannot be reached.")
        }
        Failure::Untrusted(_) => {
            say(StatusCode::BAD_GATEWAY, "untrusted", "What the Sealward server gave cannot be right.")
        }
        Failure::Local { .. } | Failure::Closed | Failure::Ambiguous(_) => {
            say(StatusCode::INTERNAL_SERVER_ERROR, "error", "The gateway could not do it.")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_field_that_breaks_a_rule_is_named_in_words() {
        let said = |field, problem| {
            let error = Error::Unwritable(Invalid::new(field, problem).into());
            let answer = of_failure(&Failure::Invalid(error));
            assert_eq!(answer.status, StatusCode::BAD_REQUEST);
            serde_json::from_slice::<Value>(&answer.body).unwrap()
        };
        assert_eq!(
            said(Field::Name, Problem::TooLong { limit: 200 }),
            json!({"name": ["Ensure this field has no more than 200 characters."]})
        );
        assert_eq!(
            said(Field::Files, Problem::TooMany { limit: 20 }),
            json!({"non_field_errors": ["It cannot be so: files: too many, at most 20."]})
        );
    }
}
