//! Keeping up: what changed in the team and in its vaults, and hints that something did.

use super::{TeamPath, VaultPath, operation, vault::Envelope};
use crate::{
    audit::AuditHead,
    bytes::Bytes,
    crypto::Hash,
    ids::{Epoch, MemberId, VaultId},
    problem::Never,
    record::Leaf,
};
use minicbor::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// From where to go on in the team's chain.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct TeamSyncQuery {
    /// Number of statements that the caller has: 0 for everything.
    #[serde(default)]
    pub from: u64,
    /// `directory_at` of the answer before: only what was written to the directory since is then given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub directory: Option<u64>,
}

/// What changed in the team.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct TeamChanges {
    /// Statements from there on, at most [`crate::limits::SYNC_STATEMENTS`].
    pub statements: Vec<Bytes>,
    /// Whether these are all; the rest of the answer is given only then.
    pub complete: bool,
    /// Newest head of each vault in which the caller has a role.
    pub heads: Vec<VaultHead>,
    /// Envelopes to the caller that the statements given bring, with the directory's when `from` is 0.
    pub envelopes: Vec<KeyEnvelope>,
    /// The directory: the team's name, the members' profiles, the names of groups; or what was written since.
    pub directory: Vec<Bytes>,
    /// How often the directory was written.
    #[serde(default)]
    pub directory_at: u64,
    /// The newest audit event.
    pub audit: AuditHead,
    /// Members whom keys still have to be wrapped to in vaults of which the caller is a custodian. A hint: the chain says
    /// who may have them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub missed: Vec<MissedKeys>,
}

/// A member who has not been given all keys of a vault.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
pub struct MissedKeys {
    /// The vault.
    pub vault: VaultId,
    /// The member.
    pub member: MemberId,
}

/// Newest head of a vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct VaultHead {
    /// The vault.
    pub vault: VaultId,
    /// Its head.
    pub head: Bytes,
}

/// An envelope to the caller.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct KeyEnvelope {
    /// The vault whose keys are in it; `None` for the directory's.
    pub vault: Option<VaultId>,
    /// The epoch that it was made in.
    pub epoch: Epoch,
    /// The envelope.
    pub envelope: Envelope,
}

operation! {
    /// Says what changed in the team.
    SyncTeam "sync_team": Get "/v1/teams/{team}/sync", Member, unsettled;
    TeamPath, query TeamSyncQuery => TeamChanges, Never
}

/// From where to go on in a vault.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct VaultSyncQuery {
    /// Number of the head that the caller has everything of; 0 for nothing.
    #[serde(default)]
    pub after: u64,
    /// Number of the newest head that the caller remembers, where that is not `after`: rests are given from there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub known: Option<u64>,
    /// `next` of a call that was cut short.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// How many records at most; 1 to [`crate::limits::SYNC_RECORDS`], which is the default.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
}

/// One part of a vault's changes. The answer is a sequence of them: first heads, then records and leaves, at last the
/// end; canonical minicbor one after the other (RFC 8742), or a JSON object on each line.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "frame", rename_all = "snake_case")]
pub enum SyncFrame {
    /// The newest head at the time of the answer.
    #[n(0)]
    Head {
        /// The head.
        #[n(0)]
        head: Bytes,
    },
    /// Hashes of the rests of the heads after `known` (or `after`), oldest first, the newest included; none when that is
    /// 0 or not before the newest.
    #[n(1)]
    Rests {
        /// The hashes.
        #[n(0)]
        rests: Vec<Hash>,
    },
    /// Catalog records in their newest version, deleted ones included.
    #[n(2)]
    Records {
        /// The records.
        #[n(0)]
        records: Vec<Bytes>,
    },
    /// Secrets and facts, as leaves.
    #[n(3)]
    Leaves {
        /// The leaves.
        #[n(0)]
        leaves: Vec<Leaf>,
    },
    /// The end of this answer.
    #[n(4)]
    End {
        /// Where to go on; `None` when this was all.
        #[n(0)]
        next: Option<String>,
    },
}

operation! {
    /// Says what changed in a vault.
    SyncVault "sync_vault": Get "/v1/teams/{team}/vaults/{vault}/sync", Member, streams;
    VaultPath, query VaultSyncQuery => SyncFrame, Never
}

/// A hint that something changed. Nothing is done on its word but to synchronise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "event", rename_all = "snake_case")]
pub enum Event {
    /// The stream is open.
    Opened,
    /// The chain or the directory changed.
    Team,
    /// A vault changed.
    Vault {
        /// Which.
        vault: VaultId,
    },
    /// A request changed that concerns the caller: of a vault that it sees, or, in an emergency, of any whose events it
    /// reads.
    Request {
        /// In which vault.
        vault: VaultId,
    },
    /// Something was written down in the audit: told to those who read all of it, once for whatever happened in a second.
    Audit,
    /// The caller's session ended; the stream ends with it.
    SessionEnded,
}

operation! {
    /// Streams hints about changes (text/event-stream).
    StreamEvents "stream_events": Get "/v1/teams/{team}/events", Member, streams, unsettled;
    TeamPath => Event, Never
}
