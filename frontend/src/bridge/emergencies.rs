//! Secrets that were taken without an approval: told to whoever may approve, to owners and to auditors, until they have
//! taken note.

use serde::{Deserialize, Serialize};

use super::{ObjectId, RequestId, Said, SecretNamed};

/// Asks for those that the person has not taken note of, the newest first.
#[derive(Serialize, Deserialize)]
pub struct ReadEmergencies;

/// A secret that was taken.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct EmergencyRow {
    /// By which request.
    pub request: RequestId,
    /// The login name of whoever took it.
    pub who: String,
    /// Which; `None` where the person does not see it.
    pub secret: Option<SecretNamed>,
    /// The account.
    pub account: ObjectId,
    /// When, in milliseconds since 1970.
    pub time: i64,
    /// Why, for whoever sees the account.
    pub reason: Said,
    /// Whether the request is among those that the person is shown; otherwise the audit tells of it.
    pub is_listed: bool,
}

/// Says that the person took note of them.
#[derive(Serialize, Deserialize)]
pub struct NoteEmergencies {
    /// Of which.
    pub requests: Vec<RequestId>,
}
