//! Why a payload may not be written: the field and what is wrong with it. Sentences are made by the page.

use serde::{Deserialize, Serialize};

/// A field of a payload, as the person who fills in a form knows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Field {
    /// The name of anything.
    Name,
    /// A description.
    Description,
    /// Notes.
    Notes,
    /// A resource's type.
    ResourceType,
    /// A URL.
    Url,
    /// A DNS name or address.
    DnsName,
    /// A department.
    Department,
    /// A location.
    Location,
    /// The list of tags, or one of them.
    Tags,
    /// An owner.
    Owner,
    /// A user name.
    UserName,
    /// The list of custom fields, or the label of one.
    CustomFields,
    /// The value of a custom field.
    CustomValue,
    /// The id from an import.
    SourceId,
    /// The secret itself.
    Secret,
    /// A one-time-code seed.
    OtpSeed,
    /// A person's full name.
    FullName,
    /// An id that somebody has elsewhere, or what it is the id of.
    ExternalId,
    /// A free text id.
    Uuid,
    /// A person's e-mail address.
    Email,
    /// A person's telephone number.
    Telephone,
    /// The strength score of facts.
    Score,
    /// The list of files, or one of them.
    Files,
    /// A password policy.
    Policy,
    /// The public half of a key or certificate.
    PublicPart,
    /// How long deleted things are kept.
    TrashDays,
    /// Why something is asked for.
    Reason,
}

/// What is wrong with a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Problem {
    /// It must not be empty.
    Empty,
    /// It is longer than the limit: characters, or bytes for secrets.
    TooLong {
        /// The limit.
        limit: usize,
    },
    /// There are more of them than the limit.
    TooMany {
        /// The limit.
        limit: usize,
    },
    /// The same one stands there twice.
    Twice,
    /// It holds control characters where one line of text is expected.
    ControlCharacters,
    /// It is no e-mail address.
    NotAnAddress,
    /// It may not stand on this kind of object.
    NotHere,
}

/// One field that breaks one rule.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, thiserror::Error)]
#[error("{field:?}: {problem:?}")]
pub struct Invalid {
    /// Where.
    pub field: Field,
    /// What.
    pub problem: Problem,
}

impl Invalid {
    /// An error from its two parts.
    pub const fn new(field: Field, problem: Problem) -> Self {
        Self { field, problem }
    }
}

/// A name: not blank, one line, at most `limit` characters.
pub(super) fn check_name(field: Field, text: &str, limit: usize) -> Result<(), Invalid> {
    if text.trim().is_empty() {
        return Err(Invalid::new(field, Problem::Empty));
    }
    check_line(field, text, limit)
}

/// One line of text, possibly empty, at most `limit` characters.
pub(super) fn check_line(field: Field, text: &str, limit: usize) -> Result<(), Invalid> {
    if text.chars().any(char::is_control) {
        return Err(Invalid::new(field, Problem::ControlCharacters));
    }
    check_text(field, text, limit)
}

/// Any text of at most `limit` characters.
pub(super) fn check_text(field: Field, text: &str, limit: usize) -> Result<(), Invalid> {
    // A text of n bytes has at most n characters: the count is only made when it can matter.
    if text.len() > limit && text.chars().count() > limit {
        return Err(Invalid::new(field, Problem::TooLong { limit }));
    }
    Ok(())
}

/// Tags: few, short, none twice.
pub(super) fn check_tags(tags: &[String]) -> Result<(), Invalid> {
    use super::limits;
    if tags.len() > limits::TAGS {
        return Err(Invalid::new(Field::Tags, Problem::TooMany { limit: limits::TAGS }));
    }
    for (at, tag) in tags.iter().enumerate() {
        check_name(Field::Tags, tag, limits::TAG)?;
        if tags.iter().take(at).any(|other| other == tag) {
            return Err(Invalid::new(Field::Tags, Problem::Twice));
        }
    }
    Ok(())
}
