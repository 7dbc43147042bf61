//! Resource groups, resources, accounts and secrets: written singly or in batches, always under a new head; secrets
//! released one at a time.
//!
//! To delete is to write a version whose header says so; to restore, to write one that is live again. What was deleted
//! stays until a custodian purges it.

use super::{ObjectPath, Page, PageQuery, TeamPath, VaultPath, operation};
use crate::{
    bytes::Bytes,
    crypto::Hash,
    ids::{Number, ObjectId, VaultId, Version},
    problem::Never,
    record::{Leaf, RecordKind},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One record and the head that brings it in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RecordWrite {
    /// The record.
    pub record: Bytes,
    /// The vault's new head.
    pub head: Bytes,
}

/// An account's secret with its facts, and the head that brings them in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SecretWrite {
    /// The secret.
    pub secret: Bytes,
    /// Its facts.
    pub facts: Bytes,
    /// The vault's new head.
    pub head: Bytes,
}

/// Records of one vault and the head that brings them in.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VaultWrite {
    /// The vault.
    pub vault: VaultId,
    /// The records; containers before what stands in them.
    pub records: Vec<Bytes>,
    /// The vault's new head.
    pub head: Bytes,
}

/// Up to [`crate::limits::BATCH_RECORDS`] records in one transaction; two vaults make a move.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Batch {
    /// At most [`crate::limits::BATCH_VAULTS`], each vault once.
    pub writes: Vec<VaultWrite>,
}

/// The write is durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Written {
    /// The vault.
    pub vault: VaultId,
    /// Number of its head.
    pub sequence: u64,
    /// Hash of its head.
    pub hash: Hash,
}

/// All writes of the batch are durable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct BatchWritten {
    /// One for each vault, in the order of the batch.
    pub written: Vec<Written>,
}

/// What changed in a vault after a head that someone built on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct HeadMoved {
    /// The vault.
    pub vault: VaultId,
    /// Its newest head.
    pub head: Bytes,
    /// Hashes of the rests of all heads after the one built on, oldest first, the newest included.
    pub rests: Vec<Hash>,
    /// Catalog records that changed since.
    pub records: Vec<Bytes>,
    /// Leaves of secrets and facts that changed since.
    pub leaves: Vec<Leaf>,
    /// Whether this is all; otherwise the writer synchronises first.
    pub complete: bool,
}

/// Why nothing was written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum WriteError {
    /// The caller's role does not allow it.
    #[error("forbidden")]
    Forbidden,
    /// The head has moved on. The caller has the next turn in this vault for [`crate::limits::STALE_TURN`].
    #[error("the head has moved on")]
    StaleHead(Box<HeadMoved>),
    /// The record was changed elsewhere.
    #[error("the record has another version")]
    StaleVersion {
        /// The object.
        id: ObjectId,
        /// Which of its records.
        kind: RecordKind,
        /// Its version; `None` when there is no such object.
        current: Option<Version>,
    },
    /// The head cannot follow: unsigned, by another, or not the root of what it brings in.
    #[error("the head is refused: {reason}")]
    HeadRefused {
        /// Why.
        reason: HeadFault,
    },
    /// The record cannot be taken.
    #[error("record {id} is refused: {reason}")]
    RecordRefused {
        /// The object.
        id: ObjectId,
        /// Why.
        reason: RecordFault,
    },
    /// Its number was not handed out to the caller, or is another object's.
    #[error("number {} was not handed out", number.0)]
    NotReserved {
        /// The number.
        number: Number,
    },
    /// The chain has moved on, and with it the epoch.
    #[error("the chain has moved on")]
    StaleChain,
    /// Somebody lost a right in the vault: nothing is written until a custodian has made new keys.
    #[error("new keys are due")]
    EpochDue,
}

/// What is wrong with a head.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum HeadFault {
    /// It does not decode.
    #[error("malformed")]
    Malformed,
    /// Another vault or team.
    #[error("another vault")]
    Other,
    /// A chain position that is not this chain's, or from before a cut.
    #[error("its chain position")]
    Position,
    /// Not the caller's.
    #[error("its author")]
    Author,
    /// Its signature.
    #[error("its signature")]
    Signature,
    /// Its root is not that of the vault with these records.
    #[error("its root")]
    Root,
    /// Its time is too far ahead.
    #[error("its time")]
    Time,
}

/// What is wrong with a record.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema, thiserror::Error)]
#[serde(rename_all = "snake_case")]
pub enum RecordFault {
    /// It does not decode, is unsealed, or not of a padded size.
    #[error("malformed")]
    Malformed,
    /// Another kind, id, vault or team than where it was sent.
    #[error("not what was asked for")]
    Other,
    /// A chain position that is not this chain's.
    #[error("its chain position")]
    Position,
    /// Not the caller's.
    #[error("its author")]
    Author,
    /// The caller may not write it.
    #[error("the author's right")]
    Right,
    /// Its epoch.
    #[error("its epoch")]
    Epoch,
    /// Its tier.
    #[error("its tier")]
    Tier,
    /// Its signature.
    #[error("its signature")]
    Signature,
    /// It does not name the hash of the version before, or changes its number.
    #[error("its history")]
    History,
    /// What it stands in is not there, deleted, of the wrong kind, below itself, or too deep.
    #[error("its parent")]
    Parent,
    /// Its time is too far ahead.
    #[error("its time")]
    Time,
    /// A secret without its facts, facts without their secret, or one record twice.
    #[error("its company")]
    Company,
    /// A file whose chunks are not all there, or were sent by somebody else.
    #[error("its upload")]
    Upload,
    /// The object was purged: there is no further version of it.
    #[error("its object was purged")]
    Purged,
}

/// One record, as stored.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct RecordListed {
    /// The record.
    pub record: Bytes,
}

operation! {
    /// Creates a resource group in a vault.
    CreateResourceGroup "create_resource_group": Post "/v1/teams/{team}/vaults/{vault}/resource-groups", Member, keyed;
    VaultPath, body RecordWrite => Written, WriteError
}

operation! {
    /// Lists a vault's resource groups in the order of their ids.
    ListResourceGroups "list_resource_groups": Get "/v1/teams/{team}/vaults/{vault}/resource-groups", Member;
    VaultPath, query PageQuery => Page<RecordListed>, Never
}

operation! {
    /// Gives a resource group.
    GetResourceGroup "get_resource_group": Get "/v1/teams/{team}/vaults/{vault}/resource-groups/{id}", Member;
    ObjectPath => RecordListed, Never
}

operation! {
    /// Writes the next version of a resource group: changes, moves, deletes, restores.
    UpdateResourceGroup "update_resource_group": Put "/v1/teams/{team}/vaults/{vault}/resource-groups/{id}", Member;
    ObjectPath, body RecordWrite => Written, WriteError
}

operation! {
    /// Creates a resource in a vault.
    CreateResource "create_resource": Post "/v1/teams/{team}/vaults/{vault}/resources", Member, keyed;
    VaultPath, body RecordWrite => Written, WriteError
}

operation! {
    /// Lists a vault's resources in the order of their ids.
    ListResources "list_resources": Get "/v1/teams/{team}/vaults/{vault}/resources", Member;
    VaultPath, query PageQuery => Page<RecordListed>, Never
}

operation! {
    /// Gives a resource.
    GetResource "get_resource": Get "/v1/teams/{team}/vaults/{vault}/resources/{id}", Member;
    ObjectPath => RecordListed, Never
}

operation! {
    /// Writes the next version of a resource: changes, moves, deletes, restores.
    UpdateResource "update_resource": Put "/v1/teams/{team}/vaults/{vault}/resources/{id}", Member;
    ObjectPath, body RecordWrite => Written, WriteError
}

operation! {
    /// Creates an account in a vault.
    CreateAccount "create_account": Post "/v1/teams/{team}/vaults/{vault}/accounts", Member, keyed;
    VaultPath, body RecordWrite => Written, WriteError
}

operation! {
    /// Lists a vault's accounts in the order of their ids.
    ListAccounts "list_accounts": Get "/v1/teams/{team}/vaults/{vault}/accounts", Member;
    VaultPath, query PageQuery => Page<RecordListed>, Never
}

operation! {
    /// Gives an account.
    GetAccount "get_account": Get "/v1/teams/{team}/vaults/{vault}/accounts/{id}", Member;
    ObjectPath => RecordListed, Never
}

operation! {
    /// Writes the next version of an account: changes, moves, deletes, restores.
    UpdateAccount "update_account": Put "/v1/teams/{team}/vaults/{vault}/accounts/{id}", Member;
    ObjectPath, body RecordWrite => Written, WriteError
}

operation! {
    /// Writes the next version of an account's secret, with its facts.
    PutSecret "put_secret": Put "/v1/teams/{team}/vaults/{vault}/accounts/{id}/secret", Member;
    ObjectPath, body SecretWrite => Written, WriteError
}

/// Asks for a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ReleaseRequest {
    /// A signed [`crate::release::ReleaseStatement`].
    pub statement: Bytes,
    /// What the statement's version is to the caller.
    #[serde(default)]
    pub wanted: WantedVersion,
}

/// Which version of a secret is wanted. Without it, a caller whose view is out of date would be given an earlier version
/// where it wants the newest.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum WantedVersion {
    /// The newest: any other is refused as stale.
    #[default]
    Newest,
    /// The one that the statement names, as long as it is stored.
    Named,
}

/// Why a secret was not released.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum ReleaseError {
    /// The caller's role does not allow it.
    #[error("forbidden")]
    Forbidden,
    /// The secret, its account, or something above it was deleted.
    #[error("deleted")]
    Deleted,
    /// The secret was changed elsewhere.
    #[error("the secret has another version")]
    StaleVersion {
        /// Its version.
        current: Version,
    },
    /// The statement is malformed, unsigned, another's or used before.
    #[error("the statement is refused")]
    ReleaseRefused,
    /// The statement's time is more than [`crate::limits::CLOCK_SKEW`] from the server's.
    #[error("the time is refused")]
    ClockRefused,
    /// The policy asks for a reason.
    #[error("a reason is required")]
    ReasonRequired,
    /// The policy asks for approvals.
    #[error("an approval is required")]
    ApprovalRequired,
    /// One person has the secret at a time: it has to be checked out.
    #[error("a check-out is required")]
    CheckOutRequired,
}

operation! {
    /// Releases one version of one secret, and writes that down.
    ReleaseSecret "release_secret": Post "/v1/teams/{team}/vaults/{vault}/accounts/{id}/secret/releases", Member;
    ObjectPath, body ReleaseRequest => RecordListed, ReleaseError
}

/// Why versions are not listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum ListVersionsError {
    /// The caller's role does not allow it.
    #[error("forbidden")]
    Forbidden,
}

operation! {
    /// Lists the versions of an account's secret, newest first: headers and signatures alone.
    ListSecretVersions "list_secret_versions": Get
    "/v1/teams/{team}/vaults/{vault}/accounts/{id}/secret/versions", Member;
    ObjectPath, query PageQuery => Page<RecordListed>, ListVersionsError
}

operation! {
    /// Lists the newest versions of a vault's secrets: headers and signatures alone.
    ListSecretHeaders "list_secret_headers": Get "/v1/teams/{team}/vaults/{vault}/secret-headers", Member;
    VaultPath, query PageQuery => Page<RecordListed>, ListVersionsError
}

operation! {
    /// Lists the facts of a vault's secrets, as far as the caller could open the secrets.
    ListFacts "list_facts": Get "/v1/teams/{team}/vaults/{vault}/facts", Member;
    VaultPath, query PageQuery => Page<RecordListed>, Never
}

operation! {
    /// Writes many records in one transaction.
    WriteBatch "write_batch": Post "/v1/teams/{team}/batches", Member, keyed, batch;
    TeamPath, body Batch => BatchWritten, WriteError
}

/// Asks that what was deleted be removed for good.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PurgeRequest {
    /// A signed [`crate::purge::PurgeStatement`].
    pub statement: Bytes,
}

/// The removal is durable.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct Purged {
    /// How many objects had not been purged before.
    pub count: u32,
}

/// Why nothing was purged.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum PurgeError {
    /// The caller's role does not allow it.
    #[error("forbidden")]
    Forbidden,
    /// The statement is malformed, unsigned, another's, or names what cannot be purged.
    #[error("the statement is refused")]
    PurgeRefused,
    /// The statement's time is more than [`crate::limits::CLOCK_SKEW`] from the server's.
    #[error("the time is refused")]
    ClockRefused,
    /// The object is there: neither deleted, nor in something that is purged.
    #[error("{id} was not deleted")]
    NotDeleted {
        /// The object.
        id: ObjectId,
    },
    /// The object was written since.
    #[error("the object has another version")]
    StaleVersion {
        /// The object.
        id: ObjectId,
        /// Which of its records.
        kind: RecordKind,
        /// Its version.
        current: Option<Version>,
    },
}

operation! {
    /// Removes for good what was deleted, and writes that down: payloads and earlier versions go, the newest headers stay.
    PurgeObjects "purge_objects": Post "/v1/teams/{team}/vaults/{vault}/purges", Member;
    VaultPath, body PurgeRequest => Purged, PurgeError
}
