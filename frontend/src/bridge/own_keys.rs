//! A person's own keys, replaced, and those of others, compared.

use serde::{Deserialize, Serialize};

use super::{MemberId, QrCode, SecretText};

/// Replaces keys, password and kit together.
#[derive(Serialize, Deserialize)]
pub struct ReplaceKeys {
    /// The present password.
    pub current: SecretText,
    /// The new one.
    pub new: SecretText,
}

/// Asks for the safety number with a member.
#[derive(Serialize, Deserialize)]
pub struct ReadSafety {
    /// With whom.
    pub member: MemberId,
}

/// What two people compare to know that each has the other's right keys.
#[derive(Serialize, Deserialize)]
pub struct SafetyView {
    /// Groups of five digits.
    pub groups: Vec<String>,
    /// All digits as a QR code.
    pub qr: QrCode,
    /// Whether they were compared on this device.
    pub compared: Comparison,
}

/// Whether the keys of two people were compared.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Comparison {
    /// These very keys were.
    Compared,
    /// They were not, or others were.
    #[default]
    Open,
}

/// Says whether the keys as they are were compared.
#[derive(Serialize, Deserialize)]
pub struct MarkCompared {
    /// With whom.
    pub member: MemberId,
    /// Whether they were.
    pub compared: Comparison,
}

/// Asks for what a person should know of keys and recoveries.
#[derive(Serialize, Deserialize)]
pub struct ReadKeyNews;

/// What a person should know of keys and recoveries.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct KeyNews {
    /// People whose keys were replaced, as far as nobody on this device has taken note of it.
    pub replaced: Vec<ReplacedKeys>,
    /// The login names of people whose recovery waits for this person's share.
    pub waiting: Vec<String>,
    /// Whether a recovery of this person was begun.
    pub own: OwnBegun,
}

/// Whether a recovery of the person was begun.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum OwnBegun {
    /// It was not.
    #[default]
    None,
    /// It was, by whoever has this login name.
    By(String),
}

/// A person whose keys were replaced.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReplacedKeys {
    /// Who.
    pub member: MemberId,
    /// Their login name.
    pub name: String,
    /// By which statement.
    pub statement: u64,
    /// When, in milliseconds since 1970.
    pub time: i64,
}

/// Takes note that somebody's keys were replaced.
#[derive(Serialize, Deserialize)]
pub struct NoteKeys {
    /// Whose.
    pub member: MemberId,
    /// By which statement.
    pub statement: u64,
}
