//! What stands in the bodies of this dialect's calls.

use super::errors::{self, Wrong};
use crate::gateway::reading::{Fields, NoObject, Stop, object, take_secret};
use sealward_client::model::SecretText;
use serde_json::Value;

/// Fields that are told and never taken.
const READ_ONLY: [&str; 8] = [
    "id",
    "scope",
    "scope_id",
    "created_time",
    "updated_time",
    "authorized_actions",
    "managed_group_ids",
    "auth_method_id",
];

/// What a change does to a field.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Change {
    /// Nothing.
    #[default]
    None,
    /// It says nothing any more.
    Unset,
    /// It says this.
    To(String),
}

impl Change {
    /// What is to be there, where something is.
    #[must_use]
    pub fn text(self) -> Option<String> {
        match self {
            Self::To(text) => Some(text),
            Self::None | Self::Unset => None,
        }
    }
}

/// A body, and what was found wrong with it.
pub struct Body {
    fields: Fields,
    wrong: Vec<(String, &'static str)>,
}

impl Body {
    /// Reads a body.
    ///
    /// # Errors
    /// The answer to what is none.
    pub fn read(body: &[u8]) -> Result<Self, Stop> {
        match object(body) {
            Ok(fields) => Ok(Self { fields, wrong: Vec::new() }),
            Err(NoObject::Syntax | NoObject::Kind) => Err(errors::unfit("Unable to parse request body.").into()),
        }
    }

    /// Notes that a field is wrong.
    pub fn blame(&mut self, field: &str, description: &'static str) {
        self.wrong.push((field.to_owned(), description));
    }

    /// A text that may be set, unset, or left as it is.
    pub fn change(&mut self, name: &str) -> Change {
        match self.fields.remove(name) {
            None => Change::None,
            Some(Value::Null) => Change::Unset,
            Some(Value::String(text)) => Change::To(text.trim().to_owned()),
            Some(_) => {
                self.blame(name, "This must be a text.");
                Change::None
            }
        }
    }

    /// Something secret that has to be there.
    pub fn secret(&mut self, name: &'static str) -> SecretText {
        match take_secret(&mut self.fields, name) {
            Ok(Some(text)) if !text.is_empty() => return text,
            Ok(_) => self.blame(name, "This is a required field."),
            Err(name) => self.blame(name, "This must be a text."),
        }
        SecretText::default()
    }

    /// Something secret that may be there.
    pub fn optional_secret(&mut self, name: &'static str) -> Option<SecretText> {
        let text = take_secret(&mut self.fields, name).unwrap_or_else(|name| {
            self.blame(name, "This must be a text.");
            None
        });
        text.filter(|text| !text.is_empty())
    }

    /// The version that the caller knows.
    pub fn version(&mut self) -> u64 {
        let version = match self.fields.remove("version") {
            Some(Value::Number(number)) => number.as_u64(),
            Some(Value::String(text)) => text.parse().ok(),
            _ => None,
        };
        if version.is_none_or(|version| version == 0) {
            self.blame("version", "Existing resource version is required for an update.");
        }
        version.unwrap_or_default()
    }

    /// The fields of an object in it.
    pub fn inner(&mut self, name: &str) -> Self {
        let fields = match self.fields.remove(name) {
            None | Some(Value::Null) => Fields::new(),
            Some(Value::Object(fields)) => fields,
            Some(_) => {
                self.blame(name, "This must be an object.");
                Fields::new()
            }
        };
        Self { fields, wrong: Vec::new() }
    }

    /// What is wrong with what stood in `name`, and what is left there.
    pub fn end_inner(&mut self, name: &str, inner: Self) {
        let left = inner.fields.keys().map(|field| (field.clone(), "This is not a field of such an account."));
        let wrong = inner.wrong.into_iter().chain(left);
        self.wrong.extend(wrong.map(|(field, description)| (format!("{name}.{field}"), description)));
    }

    /// Ends the reading: whatever is left over is wrong.
    ///
    /// # Errors
    /// The answer that names every field that is wrong.
    pub fn end(mut self) -> Result<(), Stop> {
        for name in self.fields.keys() {
            let description = match READ_ONLY.contains(&name.as_str()) {
                true => "This is a read only field.",
                false => "This is not a field of an account.",
            };
            self.wrong.push((name.clone(), description));
        }
        if self.wrong.is_empty() {
            return Ok(());
        }
        let wrong: Vec<Wrong<'_>> =
            self.wrong.iter().map(|(name, description)| (name.as_str(), *description)).collect();
        Err(errors::invalid(&wrong).into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn said(stop: Stop) -> String {
        String::from_utf8(stop.said().body.to_vec()).unwrap()
    }

    #[test]
    fn a_change_tells_nothing_from_null() {
        let mut body = Body::read(br#"{"name":null,"description":" x ","version":"3"}"#).unwrap_or_else(|_| panic!());
        assert_eq!((body.change("name"), body.change("other")), (Change::Unset, Change::None));
        assert_eq!(body.change("description"), Change::To("x".into()));
        assert_eq!(body.version(), 3);
        assert!(body.end().is_ok());
    }

    #[test]
    fn every_wrong_field_is_named() {
        let mut body =
            Body::read(br#"{"created_time":"x","color":1,"name":2,"attributes":{"a":1}}"#).unwrap_or_else(|_| panic!());
        body.version();
        body.change("name");
        body.secret("password");
        let inner = body.inner("attributes");
        body.end_inner("attributes", inner);
        let said = said(body.end().err().unwrap());
        let fields: Value = serde_json::from_str(&said).unwrap();
        let fields = fields["details"]["request_fields"].as_array().unwrap();
        let names: Vec<&str> = fields.iter().map(|field| field["name"].as_str().unwrap()).collect();
        assert_eq!(names, ["version", "name", "password", "attributes.a", "color", "created_time"]);
        assert_eq!(fields[5]["description"], "This is a read only field.");
        assert!(Body::read(b"{").is_err() && Body::read(b"[]").is_err());
    }
}
