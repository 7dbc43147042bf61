//! Why a step of a request, or of an approval given ahead, is not taken.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Why a statement of a request is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum RequestRefused {
    /// It does not decode, or is of another suite or team.
    #[error("malformed")]
    Malformed,
    /// It does not follow the last statement of its request.
    #[error("out of order")]
    Order,
    /// Its time, or the window that it asks for.
    #[error("its time")]
    Time,
    /// Its chain position.
    #[error("its chain position")]
    Position,
    /// Its signature.
    #[error("its signature")]
    Signature,
    /// Its author may not say it.
    #[error("its author's right")]
    Right,
    /// The request is in another state.
    #[error("the request is in another state")]
    State,
    /// Somebody approves what they ask for themselves, or what one asks for whose keys they made.
    #[error("an approval of one's own")]
    Own,
    /// The same person has approved already.
    #[error("approved by them already")]
    Twice,
    /// The policy in force is another one than it names, or does not allow it.
    #[error("the policy")]
    Policy,
    /// The secret has another version than it names, or there is none.
    #[error("the secret's version")]
    Version,
    /// A grant that is missing, or too many.
    #[error("the grant")]
    Grant,
    /// A reason or a ticket is missing.
    #[error("a reason is missing")]
    Reason,
    /// Nobody needs to ask for it: it is given without.
    #[error("nothing to ask for")]
    NotNeeded,
    /// Over a limit.
    #[error("over a limit")]
    Limit,
}
