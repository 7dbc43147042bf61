//! Custom fields as the catalog knows them. The value of a hidden one is part of the secret payload.

use super::file::{FileRef, check_file};
use super::invalid::{Field, Invalid, Problem, check_name, check_text};
use super::limits;
use super::time::Day;
use minicbor::{CborLen, Decode, Encode};
use serde::{Deserialize, Serialize};

/// A field that the person named.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode, CborLen, Serialize, Deserialize)]
#[cbor(array)]
pub struct CustomField {
    /// Its label, unique on its object.
    #[n(0)]
    pub label: String,
    /// What it holds.
    #[n(1)]
    pub value: CustomValue,
}

/// What a custom field holds.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode, CborLen, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum CustomValue {
    /// Plain text.
    #[n(0)]
    Text(#[n(0)] String),
    /// A day.
    #[n(1)]
    Date(#[n(0)] Day),
    /// The value stands under this label among the hidden fields of the account's secret payload.
    #[n(2)]
    Hidden,
    /// A file.
    #[n(3)]
    File(#[n(0)] FileRef),
}

/// Whether an object has a secret payload that hidden values could stand in.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum HiddenFields {
    Possible,
    Impossible,
}

/// Whether a field holds what only schema 2 knows.
pub(super) fn has_file(fields: &[CustomField]) -> bool {
    fields.iter().any(|field| matches!(field.value, CustomValue::File(_)))
}

pub(super) fn check_custom_fields(fields: &[CustomField], hidden: HiddenFields) -> Result<(), Invalid> {
    if fields.len() > limits::CUSTOM_FIELDS {
        return Err(Invalid::new(Field::CustomFields, Problem::TooMany { limit: limits::CUSTOM_FIELDS }));
    }
    for (at, field) in fields.iter().enumerate() {
        check_name(Field::CustomFields, &field.label, limits::CUSTOM_LABEL)?;
        if fields.iter().take(at).any(|other| other.label == field.label) {
            return Err(Invalid::new(Field::CustomFields, Problem::Twice));
        }
        match &field.value {
            CustomValue::Text(text) => check_text(Field::CustomValue, text, limits::CUSTOM_TEXT)?,
            CustomValue::Hidden if hidden == HiddenFields::Impossible => {
                return Err(Invalid::new(Field::CustomValue, Problem::NotHere));
            }
            CustomValue::File(file) => check_file(file)?,
            CustomValue::Date(_) | CustomValue::Hidden => {}
        }
    }
    Ok(())
}
