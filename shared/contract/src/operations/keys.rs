//! A person's own keys, replaced.

use super::{
    TeamPath,
    invitations::VaultEnvelope,
    operation,
    vault::{ChainError, Stated},
};
use crate::{bytes::Bytes, crypto::Hash};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// New keys: the statement, what the server keeps for signing in, and the vaults' keys sealed to the new ones.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewKeys {
    /// The statement, signed by the new key and by the one in force.
    pub statement: Bytes,
    /// A signed [`crate::session::ChangeLogin`] to the login key and the bundle that the statement names.
    pub change: Bytes,
    /// Tag of the new Secret Key.
    pub kit_tag: Hash,
    /// The new identity bundle.
    pub bundle: Bytes,
    /// The directory's key, sealed to the new key.
    pub directory: Bytes,
    /// Keys of vaults in which the person has a role, sealed to the new key: of those whose keys they hold.
    pub envelopes: Vec<VaultEnvelope>,
}

operation! {
    /// Replaces a person's keys, password and kit together; every other session of theirs ends.
    ReplaceKeys "replace_keys": Post "/v1/teams/{team}/keys", Member, keyed, batch, unsettled;
    TeamPath, body NewKeys => Stated, ChainError
}
