//! Passkeys of the caller (`WebAuthn`): added, named and removed; and the challenge that one confirms with. What browser and
//! server say to each other about a passkey is JSON as the standard has it.

use super::{
    Empty, TeamPath,
    factors::{FactorError, FactorText},
    operation,
};
use crate::{
    bytes::Bytes,
    ids::{PasskeyId, TeamId, Timestamp},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Path of a passkey.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyPath {
    /// The team.
    pub team: TeamId,
    /// The passkey.
    pub passkey: PasskeyId,
}

/// A passkey of the caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PasskeyListed {
    /// Its id.
    pub passkey: PasskeyId,
    /// What its member calls it.
    pub name: String,
    /// When it was added.
    pub added: Timestamp,
    /// When it was used last.
    pub used: Option<Timestamp>,
}

/// Under which address the caller's browser has opened the app: a passkey belongs to its host.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyOrigin {
    /// One of the server's own.
    pub origin: String,
}

/// What the browser is to be asked; good once, in this session, for [`crate::limits::PASSKEY_CEREMONY`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PasskeyCeremony {
    /// The options, in JSON.
    pub options: FactorText,
}

/// Begins adding a passkey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyWanted {
    /// Under which address the caller's browser has opened the app: one of the server's own.
    pub origin: String,
    /// A signed [`crate::session::ProveLogin`]; needed where the caller has no factor yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proof: Option<Bytes>,
}

operation! {
    /// Begins adding a passkey.
    BeginPasskey "begin_passkey": Post "/v1/teams/{team}/factors/passkeys/challenge", Member;
    TeamPath, body PasskeyWanted => PasskeyCeremony, FactorError
}

/// A passkey that the browser made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPasskey {
    /// What its member calls it.
    pub name: String,
    /// The browser's answer, in JSON.
    pub credential: FactorText,
}

operation! {
    /// Adds a passkey; this session is confirmed with it.
    AddPasskey "add_passkey": Post "/v1/teams/{team}/factors/passkeys", Member;
    TeamPath, body NewPasskey => PasskeyListed, FactorError
}

/// Another name for a passkey.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PasskeyName {
    /// The name.
    pub name: String,
}

operation! {
    /// Gives a passkey another name.
    RenamePasskey "rename_passkey": Put "/v1/teams/{team}/factors/passkeys/{passkey}", Member;
    PasskeyPath, body PasskeyName => Empty, FactorError
}

operation! {
    /// Removes a passkey; with the last factor, recovery codes go too.
    RemovePasskey "remove_passkey": Delete "/v1/teams/{team}/factors/passkeys/{passkey}", Member;
    PasskeyPath => Empty, FactorError
}

operation! {
    /// Begins confirming this session with a passkey.
    BeginConfirmation "begin_confirmation": Post "/v1/teams/{team}/confirmation/challenge", Session;
    TeamPath, body PasskeyOrigin => PasskeyCeremony, FactorError
}
