//! Second factors: what a member can confirm with besides the password. They prove to the server who asks; they open
//! nothing, and only the server can enforce them.

use minicbor::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A kind of second factor.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, Serialize, Deserialize, JsonSchema)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum FactorKind {
    /// One-time codes of an authenticator app (RFC 6238).
    #[n(0)]
    Codes,
    /// A passkey (`WebAuthn`).
    #[n(1)]
    Passkey,
    /// Recovery codes, for whoever has lost the others.
    #[n(2)]
    RecoveryCodes,
}

/// What a member can confirm with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct FactorsHeld {
    /// Whether by one-time codes.
    pub codes: bool,
    /// By how many passkeys.
    pub passkeys: u32,
    /// By how many recovery codes that were not used yet.
    pub recovery_codes: u32,
}

impl FactorsHeld {
    /// Whether there is a second factor at all: recovery codes alone are none.
    #[must_use]
    pub const fn any(&self) -> bool {
        self.codes || self.passkeys > 0
    }
}
