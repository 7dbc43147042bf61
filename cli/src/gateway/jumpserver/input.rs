//! What the body of an account says. Fields that are only told, and unknown ones, are passed over, as the product does.

use super::errors::{self, Wrong};
use crate::gateway::reading::{Fields, Stop, object, take_secret};
use sealward_client::{
    keys::{read_certificate, read_ssh_key},
    model::{PublicPart, SecretText, SecretType},
};
use serde_json::Value;

/// Characters of a secret, at most.
const SECRET: usize = 40_960;
/// Characters of a passphrase, at most.
const PASSPHRASE: usize = 512;

/// What is done where there is such an account already.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum OnInvalid {
    /// It is an error.
    #[default]
    Error,
    /// It stays as it is.
    Skip,
    /// It is changed.
    Update,
}

/// What a body says of an account; `None` where it says nothing.
#[derive(Default)]
pub struct Wanted {
    pub name: Option<String>,
    pub username: Option<String>,
    pub secret_type: Option<SecretType>,
    pub secret: Option<SecretText>,
    pub passphrase: Option<SecretText>,
    pub privileged: Option<bool>,
    pub is_active: Option<bool>,
    pub comment: Option<String>,
    pub labels: Option<Vec<String>>,
    /// The id of the asset, as it was written.
    pub asset: Option<String>,
    pub push_now: bool,
    pub on_invalid: OnInvalid,
}

impl Wanted {
    /// Reads a body.
    ///
    /// # Errors
    /// The answer that says what is wrong with it.
    pub fn read(body: &[u8]) -> Result<Self, Stop> {
        let mut fields = object(body).map_err(|_| errors::unreadable())?;
        let mut wrong = Wrong::default();
        let mut secret = |name, most: usize, wrong: &mut Wrong| {
            let text = take_secret(&mut fields, name).unwrap_or_else(|name| {
                wrong.blame(name, "Not a valid string.");
                None
            });
            if text.as_ref().is_some_and(|text| text.expose().chars().count() > most) {
                wrong.blame(name, format!("Ensure this field has no more than {most} characters."));
            }
            text.filter(|text| !text.is_empty())
        };
        let (text, passphrase) = (secret("secret", SECRET, &mut wrong), secret("passphrase", PASSPHRASE, &mut wrong));
        let secret_type = choice(&fields, "secret_type").and_then(|named| {
            let found = super::shapes::read_secret_type(&named);
            if found.is_none() {
                wrong.blame("secret_type", format!("\"{named}\" is not a valid choice."));
            }
            found
        });
        let on_invalid = match choice(&fields, "on_invalid").as_deref() {
            None | Some("error") => OnInvalid::Error,
            Some("skip") => OnInvalid::Skip,
            Some("update") => OnInvalid::Update,
            Some(named) => {
                wrong.blame("on_invalid", format!("\"{named}\" is not a valid choice."));
                OnInvalid::Error
            }
        };
        let wanted = Self {
            name: line(&fields, "name", &mut wrong),
            username: line(&fields, "username", &mut wrong),
            comment: line(&fields, "comment", &mut wrong),
            privileged: flag(&fields, "privileged", &mut wrong),
            is_active: flag(&fields, "is_active", &mut wrong),
            push_now: flag(&fields, "push_now", &mut wrong).unwrap_or_default(),
            labels: labels(&fields, &mut wrong),
            asset: named(&fields, "asset", &mut wrong),
            secret: text,
            passphrase,
            secret_type,
            on_invalid,
        };
        for name in ["template", "su_from"] {
            if fields.get(name).is_some_and(|value| !matches!(value, Value::Null)) {
                wrong.blame(name, "There is no such thing here.");
            }
        }
        if wanted.push_now && wanted.secret.is_none() {
            wrong.blame("push_now", "What is pushed is a new secret, and there is none in `secret`.");
        }
        wrong.end()?;
        Ok(wanted)
    }
}

/// A text, or the value of an object that shows one.
fn choice(fields: &Fields, name: &str) -> Option<String> {
    match fields.get(name)? {
        Value::String(text) => Some(text.clone()),
        Value::Object(shown) => shown.get("value")?.as_str().map(str::to_owned),
        _ => None,
    }
}

fn line(fields: &Fields, name: &str, wrong: &mut Wrong) -> Option<String> {
    match fields.get(name)? {
        Value::Null => None,
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => {
            wrong.blame(name, "Not a valid string.");
            None
        }
    }
}

fn flag(fields: &Fields, name: &str, wrong: &mut Wrong) -> Option<bool> {
    let read = match fields.get(name)? {
        Value::Null => return None,
        Value::Bool(value) => Some(*value),
        Value::Number(number) => number.as_u64().filter(|number| *number < 2).map(|number| number == 1),
        Value::String(text) => match text.to_ascii_lowercase().as_str() {
            "true" | "1" => Some(true),
            "false" | "0" => Some(false),
            _ => None,
        },
        Value::Array(_) | Value::Object(_) => None,
    };
    if read.is_none() {
        wrong.blame(name, "Must be a valid boolean.");
    }
    read
}

/// The id of something, alone or in an object that shows it.
fn named(fields: &Fields, name: &str, wrong: &mut Wrong) -> Option<String> {
    let value = match fields.get(name)? {
        Value::Object(shown) => shown.get("id").or_else(|| shown.get("pk")).unwrap_or(&Value::Null),
        value => value,
    };
    match value {
        Value::String(text) if !text.trim().is_empty() => Some(text.trim().to_owned()),
        Value::Number(number) => Some(number.to_string()),
        _ => {
            wrong.blame(name, "Incorrect type. Expected pk value.");
            None
        }
    }
}

/// Labels, as texts or as names with values.
fn labels(fields: &Fields, wrong: &mut Wrong) -> Option<Vec<String>> {
    let Value::Array(list) = fields.get("labels")? else {
        wrong.blame("labels", "Expected a list of items.");
        return None;
    };
    let read = |label: &Value| match label {
        Value::String(text) => Some(text.trim().to_owned()),
        Value::Object(shown) => {
            let part = |name: &str| shown.get(name).and_then(Value::as_str);
            Some(format!("{}:{}", part("name")?, part("value")?))
        }
        _ => None,
    };
    let labels: Option<Vec<String>> = list.iter().map(read).collect();
    if labels.is_none() {
        wrong.blame("labels", "Not a valid label.");
    }
    labels
}

/// What may be known of a key or certificate.
pub fn public_part(secret_type: SecretType, secret: &SecretText) -> Option<PublicPart> {
    match secret_type {
        SecretType::SshKey => read_ssh_key(secret.expose()).ok()?.public.map(PublicPart::SshKey),
        SecretType::Certificate => {
            read_certificate(secret.expose()).ok().map(|read| PublicPart::Certificate(read.public))
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(body: &str) -> Result<Wanted, Value> {
        Wanted::read(body.as_bytes()).map_err(|stop| serde_json::from_slice(&stop.said().body).unwrap())
    }

    #[test]
    fn the_documents_body_is_read() {
        let body = r#"{"privileged":true,"secret_type":"password","push_now":false,"is_active":true,"name":"root",
            "username":"root","secret":"This+Is%41&Password","asset":"09e1e072-1498-42f7-a6b1-567c2db56f59"}"#;
        let wanted = read(body).unwrap_or_default();
        assert_eq!((wanted.privileged, wanted.is_active), (Some(true), Some(true)));
        assert_eq!((wanted.name.as_deref(), wanted.username.as_deref()), (Some("root"), Some("root")));
        assert_eq!(wanted.secret.unwrap().expose(), "This+Is%41&Password");
        assert_eq!(wanted.asset.as_deref(), Some("09e1e072-1498-42f7-a6b1-567c2db56f59"));
    }

    #[test]
    fn choices_assets_and_labels_are_read_as_they_are_shown() {
        let body = r#"{"secret_type":{"value":"ssh_key","label":"SSH key"},"asset":{"id":"7","name":"x"},
            "labels":["a:b",{"name":"c","value":"d"}],"on_invalid":"skip","unknown":1,"created_by":"x","secret":null}"#;
        let wanted = read(body).unwrap_or_default();
        assert_eq!((wanted.secret_type, wanted.on_invalid), (Some(SecretType::SshKey), OnInvalid::Skip));
        assert_eq!((wanted.asset.as_deref(), wanted.secret.is_none()), (Some("7"), true));
        assert_eq!(wanted.labels.unwrap(), ["a:b", "c:d"]);
    }

    #[test]
    fn each_wrong_field_is_named() {
        let long = "x".repeat(40_961);
        let body = format!(
            r#"{{"secret":"{long}","passphrase":1,"secret_type":"pin","privileged":"maybe","push_now":"maybe",
                "asset":[],"template":"x","labels":"x","name":[]}}"#
        );
        let wrong = read(&body).err().unwrap();
        let named: Vec<&String> = wrong.as_object().unwrap().keys().collect();
        assert_eq!(
            named,
            ["asset", "labels", "name", "passphrase", "privileged", "push_now", "secret", "secret_type", "template"]
        );
        assert_eq!(wrong["secret"][0], "Ensure this field has no more than 40960 characters.");
        let empty = read(r#"{"push_now":true}"#).err().unwrap();
        assert_eq!(empty["push_now"][0], "What is pushed is a new secret, and there is none in `secret`.");
        assert!(read(r#"{"push_now":true,"secret":"x"}"#).is_ok_and(|wanted| wanted.push_now));
        assert!(read("[]").is_err() && read("{").is_err());
    }
}
