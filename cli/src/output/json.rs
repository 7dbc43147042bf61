//! Answers as JSON: one value, and a line break.

use crate::{failure::Failure, tasks::Answer, told::Told};
use serde::Serialize;
use serde_json::json;
use zeroize::Zeroizing;

/// A single value, for scripts that ask for one.
#[derive(Serialize)]
struct Value<'v> {
    value: &'v str,
}

pub(super) fn write(answer: &Answer) -> Result<Zeroizing<String>, Failure> {
    match answer {
        Answer::Done => of(&json!({})),
        Answer::Status(view) => of(view),
        Answer::Items(views) => of(views),
        Answer::Item(view) => of(view),
        Answer::Secret(view) => of(view),
        Answer::Value(value) | Answer::Link(value) => of(&Value { value: &value.0 }),
        Answer::Values(values) => of(values),
        Answer::Report(view) => of(view),
        Answer::Versions(views) => of(views),
        Answer::Members(views) => of(views),
        Answer::NewMember(view) => of(view),
        Answer::Service(view) => of(view),
        Answer::Request(view) => of(view),
        Answer::Requests(views) => of(views),
        Answer::Events(views) => of(views),
        Answer::Verified(view) => of(view),
        Answer::Transfer(view) => of(view),
        Answer::Migration(view) => of(view),
        Answer::Web(view) => of(view),
    }
}

fn of(view: &impl Serialize) -> Result<Zeroizing<String>, Failure> {
    let mut text = serde_json::to_string_pretty(view).map_err(|error| Failure::local("stdout")(error.into()))?;
    text.push('\n');
    Ok(Zeroizing::new(text))
}

/// A failure: `{"error": {"code", "message", "exit", "current", "subject"}}`.
pub(super) fn failure(told: &Told, sentence: &str) -> String {
    let mut error = json!({ "code": told.code, "message": sentence, "exit": told.exit });
    if let (Some(fields), Some(current)) = (error.as_object_mut(), told.current) {
        fields.insert("current".to_owned(), current.into());
    }
    if let (Some(fields), Some(subject)) = (error.as_object_mut(), &told.subject) {
        fields.insert("subject".to_owned(), subject.as_str().into());
    }
    json!({ "error": error }).to_string()
}
