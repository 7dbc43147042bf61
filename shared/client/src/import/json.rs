//! What the readers of JSON exports share: texts that are wiped, items that are found first and read one by one, so
//! that one broken item spoils no other.

use super::{FileText, ROW_LIMIT, refusal::ImportError};
use crate::model::SecretText;
use core::ops::Range;
use serde::Deserialize;
use serde::de::{self, Deserializer, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// Reads the whole of a file's JSON.
pub(super) fn read<'t, T: Deserialize<'t>>(text: &'t FileText) -> Result<T, ImportError> {
    serde_json::from_str(text.expose()).map_err(|error| {
        if error.is_data() { ImportError::UnknownFormat } else { ImportError::BrokenJson { line: error.line() } }
    })
}

/// What tells one program's JSON from another's.
#[derive(Deserialize)]
pub(super) struct Marks {
    /// Bitwarden has items.
    #[serde(default)]
    pub(super) items: Option<de::IgnoredAny>,
    /// 1Password has accounts.
    #[serde(default)]
    pub(super) accounts: Option<de::IgnoredAny>,
    /// Proton Pass has vaults.
    #[serde(default)]
    pub(super) vaults: Option<de::IgnoredAny>,
}

/// Where items stand in the text that they were found in.
pub(super) fn places(text: &FileText, items: &[&RawValue]) -> Result<Vec<Range<usize>>, ImportError> {
    if items.len() > ROW_LIMIT {
        return Err(ImportError::TooManyRows { limit: ROW_LIMIT });
    }
    let start = text.expose().as_ptr().addr();
    let place = |item: &&RawValue| {
        let at = item.get().as_ptr().addr().saturating_sub(start);
        at..at + item.get().len()
    };
    Ok(items.iter().map(place).collect())
}

/// A text that may be secret, straight into a wiped one; absent and `null` are empty.
#[derive(Default)]
pub(super) struct Secret(pub(super) SecretText);

impl<'de> Deserialize<'de> for Secret {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Text;
        impl Visitor<'_> for Text {
            type Value = Secret;
            fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
                formatter.write_str("a text")
            }
            fn visit_str<E: de::Error>(self, text: &str) -> Result<Secret, E> {
                Ok(Secret(SecretText::from(text)))
            }
            fn visit_string<E: de::Error>(self, text: String) -> Result<Secret, E> {
                Ok(Secret(SecretText::new(text)))
            }
            fn visit_bool<E: de::Error>(self, value: bool) -> Result<Secret, E> {
                self.visit_str(if value { "true" } else { "false" })
            }
            fn visit_u64<E: de::Error>(self, value: u64) -> Result<Secret, E> {
                Ok(Secret(SecretText::new(value.to_string())))
            }
            fn visit_i64<E: de::Error>(self, value: i64) -> Result<Secret, E> {
                Ok(Secret(SecretText::new(value.to_string())))
            }
            fn visit_f64<E: de::Error>(self, value: f64) -> Result<Secret, E> {
                Ok(Secret(SecretText::new(value.to_string())))
            }
            fn visit_unit<E: de::Error>(self) -> Result<Secret, E> {
                Ok(Secret::default())
            }
        }
        deserializer.deserialize_any(Text)
    }
}
