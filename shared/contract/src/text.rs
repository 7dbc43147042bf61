//! Names that are compared: one spelling for all that look or fold the same.

use crate::{ids::MemberId, limits};
use minicbor::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::fmt::{self, Write};
use unicode_normalization::UnicodeNormalization;

/// A login name in its folded form: NFKC, lower case, no white space or control characters around or within.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, JsonSchema)]
#[cbor(transparent)]
#[serde(transparent)]
pub struct LoginName(#[n(0)] String);

/// What the names begin with that services sign in under.
const SERVICE: &str = "service:";

/// The text cannot be a login name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a login name: 1 to {} characters without spaces", limits::LOGIN_NAME_CHARS)]
pub struct NotALoginName;

impl LoginName {
    /// Folds what a person typed.
    ///
    /// # Errors
    /// [`NotALoginName`] when it is empty, too long, or has white space or control characters in it.
    pub fn parse(text: &str) -> Result<Self, NotALoginName> {
        let folded: String = text.trim().nfkc().flat_map(char::to_lowercase).nfkc().collect();
        let length = folded.chars().count();
        if length == 0
            || length > limits::LOGIN_NAME_CHARS
            || folded.chars().any(|c| c.is_whitespace() || c.is_control() || is_invisible(c))
        {
            return Err(NotALoginName);
        }
        Ok(Self(folded))
    }

    /// The name that a service signs in under: its token has its id, and not its login name.
    #[must_use]
    pub fn of_service(member: &MemberId) -> Self {
        let mut name = String::from(SERVICE);
        for byte in member.0 {
            // Writing to a text does not fail.
            let _ = write!(name, "{byte:02x}");
        }
        Self(name)
    }

    /// The service that signs in under this name, where it is such a name.
    #[must_use]
    pub fn service(&self) -> Option<MemberId> {
        let digits = self.0.strip_prefix(SERVICE)?;
        let is_id = digits.len() == 32 && digits.bytes().all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'));
        let id = is_id.then(|| u128::from_str_radix(digits, 16).ok())??;
        Some(MemberId(id.to_be_bytes()))
    }

    /// The folded name.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this value is folded; what is decoded from bytes need not be.
    #[must_use]
    pub fn is_folded(&self) -> bool {
        Self::parse(&self.0).is_ok_and(|folded| folded == *self)
    }
}

/// Characters that show nothing, so that two names with and without them look the same.
fn is_invisible(c: char) -> bool {
    matches!(c, '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
        | '\u{200b}'..='\u{200f}' | '\u{2800}' | '\u{1d173}'..='\u{1d17a}'
        | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fe00}'..='\u{fe0f}' | '\u{e0000}'..='\u{e0fff}')
}

impl fmt::Debug for LoginName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&self.0, formatter)
    }
}

impl fmt::Display for LoginName {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for LoginName {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn folds_names_that_look_alike() {
        for (typed, folded) in [("Ada", "ada"), (" ada ", "ada"), ("ＡＤＡ", "ada"), ("王伟", "王伟"), ("İ", "i̇")]
        {
            assert_eq!(LoginName::parse(typed).map(|name| name.to_string()).as_deref(), Ok(folded), "{typed}");
        }
    }

    #[test]
    fn refuses_what_is_no_name() {
        for typed in ["", "  ", "a b", "a\u{200b}b", "a\nb", &"x".repeat(limits::LOGIN_NAME_CHARS + 1)] {
            assert_eq!(LoginName::parse(typed), Err(NotALoginName), "{typed:?}");
        }
        // Fillers and marks that show nothing: two names with and without them look the same.
        for mark in ['\u{115f}', '\u{1160}', '\u{3164}', '\u{ffa0}', '\u{17b4}', '\u{2800}', '\u{1d173}', '\u{feff}'] {
            assert_eq!(LoginName::parse(&format!("ada{mark}")), Err(NotALoginName), "{mark:?}");
        }
    }
}
