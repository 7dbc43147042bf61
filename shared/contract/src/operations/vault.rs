//! Vaults: made, listed, changed, given new keys and policies.

use super::{
    Empty, Page, PageQuery, TeamPath, VaultPath, operation,
    records::{RecordWrite, WriteError, Written},
    sync::KeyEnvelope,
};
use crate::{
    bytes::Bytes,
    chain::{Refused, VaultKind, VaultRole},
    ids::{MemberId, Number, VaultId},
    problem::Never,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Keys for one member, sealed to its public key.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Envelope {
    /// For whom.
    pub recipient: MemberId,
    /// The HPKE message: encapsulated key and ciphertext.
    pub sealed: Bytes,
}

/// A new vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewVault {
    /// The signed statement.
    pub statement: Bytes,
    /// One envelope for each member with a grant, and for each auditor of a shared vault.
    pub envelopes: Vec<Envelope>,
    /// The vault's own record.
    pub record: Bytes,
    /// Its first head.
    pub head: Bytes,
}

/// Why a statement about a vault was not taken.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum ChainError {
    /// The chain has moved on; here is how.
    #[error("the chain has moved on")]
    StaleChain {
        /// The statements after the one that was built on.
        statements: Vec<Bytes>,
    },
    /// The statement does not follow.
    #[error("the statement is refused: {reason}")]
    StatementRefused {
        /// Why.
        reason: Refused,
    },
    /// Not one envelope for each member that needs one.
    #[error("the envelopes are refused")]
    EnvelopesRefused,
    /// The vault's record is refused.
    #[error("the record is refused")]
    RecordRefused,
    /// The vault's head is refused, or no longer the newest.
    #[error("the head is refused")]
    HeadRefused,
}

operation! {
    /// Makes a vault.
    CreateVault "create_vault": Post "/v1/teams/{team}/vaults", Member, keyed, batch;
    TeamPath, body NewVault => Written, ChainError
}

/// A vault as the server knows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VaultListed {
    /// Its id.
    pub vault: VaultId,
    /// Its number.
    pub number: Number,
    /// Whose it is.
    pub kind: VaultKind,
    /// The caller's role.
    pub role: VaultRole,
    /// The vault's own record.
    pub record: Bytes,
    /// Its newest head.
    pub head: Bytes,
}

operation! {
    /// Lists the vaults in which the caller has a role.
    ListVaults "list_vaults": Get "/v1/teams/{team}/vaults", Member;
    TeamPath, query PageQuery => Page<VaultListed>, Never
}

operation! {
    /// Gives one vault.
    GetVault "get_vault": Get "/v1/teams/{team}/vaults/{vault}", Member;
    VaultPath => VaultListed, Never
}

operation! {
    /// Writes the next version of the vault's own record: renames, deletes, restores.
    UpdateVault "update_vault": Put "/v1/teams/{team}/vaults/{vault}", Member;
    VaultPath, body RecordWrite => Written, WriteError
}

/// New keys for a vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EpochStart {
    /// The signed statement.
    pub statement: Bytes,
    /// One envelope for each member with a grant, each auditor of a shared vault, and each open invitation to the vault.
    pub envelopes: Vec<Envelope>,
}

/// The statement was taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Stated {
    /// Its place in the chain.
    pub sequence: u64,
}

operation! {
    /// Gives a vault new keys.
    StartEpoch "start_epoch": Post "/v1/teams/{team}/vaults/{vault}/epochs", Member, keyed, batch;
    VaultPath, body EpochStart => Stated, ChainError
}

/// A policy for a vault, or for something in it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PolicyChange {
    /// The signed statement.
    pub statement: Bytes,
}

/// A role in a vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct GrantChange {
    /// The signed statement.
    pub statement: Bytes,
    /// The keys that go with the role, of all epochs; none where the role becomes a lesser one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub envelope: Option<Envelope>,
}

operation! {
    /// Gives a member a role in a vault, or another one.
    SetGrant "set_grant": Post "/v1/teams/{team}/vaults/{vault}/grants", Member, keyed;
    VaultPath, body GrantChange => Stated, ChainError
}

/// The end of a role in a vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Revocation {
    /// The signed statement.
    pub statement: Bytes,
}

operation! {
    /// Takes a member's role in a vault away.
    RevokeGrant "revoke_grant": Post "/v1/teams/{team}/vaults/{vault}/revocations", Member, keyed;
    VaultPath, body Revocation => Stated, ChainError
}

/// Keys that were wrapped to the caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VaultEnvelopes {
    /// The envelopes, in the order in which they were made.
    pub envelopes: Vec<KeyEnvelope>,
}

operation! {
    /// Gives all envelopes to the caller with keys of a vault.
    ListEnvelopes "list_envelopes": Get "/v1/teams/{team}/vaults/{vault}/envelopes", Member;
    VaultPath => VaultEnvelopes, Never
}

/// Keys wrapped anew.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Rewrapping {
    /// The keys: of the directory and of vaults in which the caller has a role, to the caller; of vaults of which the
    /// caller is a custodian, to anyone with a role there.
    pub envelopes: Vec<KeyEnvelope>,
    /// The statements that brought the present keys of those recipients who got other keys than they began with, as far as
    /// the caller knows: what was sealed to keys that were replaced since is refused.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub renewed: Vec<RenewedKeys>,
}

/// Since when a member has its present keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RenewedKeys {
    /// The member.
    pub member: MemberId,
    /// The statement that replaced its keys last.
    pub since: u64,
}

/// Why keys were not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum RewrapError {
    /// Keys of another vault, another epoch than the newest, to somebody without a role, or of no possible size.
    #[error("the envelopes are refused")]
    EnvelopesRefused,
    /// Sealed to keys that their recipient has no longer.
    #[error("the envelopes are sealed to keys that were replaced")]
    KeysReplaced,
}

operation! {
    /// Keeps keys that were wrapped anew: after joining, or by a custodian for whoever can open none.
    RewrapKeys "rewrap_keys": Put "/v1/teams/{team}/envelopes", Member, batch;
    TeamPath, body Rewrapping => Empty, RewrapError
}

operation! {
    /// Sets a policy for a vault, a resource or an account, or takes it back.
    SetVaultPolicy "set_vault_policy": Post "/v1/teams/{team}/vaults/{vault}/policies", Member, keyed;
    VaultPath, body PolicyChange => Stated, ChainError
}
