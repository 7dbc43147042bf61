//! The audit chain: one event for every release, change and sign-in, each bound to the one before by its hash.

use crate::{
    bytes::Bytes,
    codec,
    crypto::{Hash, context::Label, hash},
    ids::{Epoch, MemberId, ObjectId, SessionId, TeamId, Timestamp, VaultId, Version},
    release::ExportFormat,
};
use minicbor::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One event.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AuditEvent {
    /// [`crate::suite::SUITE`].
    #[n(0)]
    pub suite: u8,
    /// The team.
    #[n(1)]
    pub team: TeamId,
    /// Number of the event, from 1.
    #[n(2)]
    pub sequence: u64,
    /// Hash of the event before; zero for the first.
    #[n(3)]
    pub previous: Hash,
    /// When, by the server's clock; never before the event before.
    #[n(4)]
    pub time: Timestamp,
    /// Who, where it is known.
    #[n(5)]
    pub member: Option<MemberId>,
    /// From which address, where there was one.
    #[n(6)]
    pub address: Option<String>,
    /// What.
    #[n(7)]
    pub what: AuditedAct,
    /// The signed statement that it rests on, where there is one: anyone can check it. Without it the event is the
    /// server's word.
    #[n(8)]
    pub statement: Option<Bytes>,
}

/// What happened.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "act", rename_all = "snake_case")]
pub enum AuditedAct {
    /// The team was made.
    #[n(0)]
    TeamCreated,
    /// A session began.
    #[n(1)]
    SessionStarted {
        /// Which.
        #[n(0)]
        session: SessionId,
    },
    /// A sign-in was refused.
    #[n(2)]
    SignInRefused,
    /// A session was ended.
    #[n(3)]
    SessionEnded {
        /// Which.
        #[n(0)]
        session: SessionId,
    },
    /// Password or Secret Key were changed.
    #[n(4)]
    LoginChanged,
    /// A vault was made.
    #[n(5)]
    VaultCreated {
        /// Which.
        #[n(0)]
        vault: VaultId,
    },
    /// A vault got new keys.
    #[n(6)]
    EpochStarted {
        /// Which vault.
        #[n(0)]
        vault: VaultId,
        /// Which epoch.
        #[n(1)]
        epoch: Epoch,
    },
    /// A policy was set.
    #[n(7)]
    PolicySet {
        /// In which vault.
        #[n(0)]
        vault: VaultId,
    },
    /// Records were written.
    #[n(8)]
    RecordsWritten {
        /// Into which vault.
        #[n(0)]
        vault: VaultId,
        /// Under which head.
        #[n(1)]
        head: Hash,
        /// How many.
        #[n(2)]
        count: u32,
    },
    /// A secret was released.
    #[n(9)]
    SecretReleased {
        /// From which vault.
        #[n(0)]
        vault: VaultId,
        /// Of which account.
        #[n(1)]
        account: ObjectId,
        /// Which version.
        #[n(2)]
        version: Version,
    },
    /// Secrets and files were released for an export; the statement names every one.
    #[n(10)]
    SecretsExported {
        /// How many secrets; each version of one counts.
        #[n(0)]
        count: u32,
        /// What they are written to, by the member's word.
        #[n(1)]
        format: ExportFormat,
        /// How many files.
        #[n(2)]
        files: u32,
    },
    /// A file was released.
    #[n(11)]
    FileReleased {
        /// From which vault.
        #[n(0)]
        vault: VaultId,
        /// Which file.
        #[n(1)]
        file: ObjectId,
        /// Which version of its record.
        #[n(2)]
        version: Version,
    },
    /// Deleted objects were removed for good.
    #[n(12)]
    ObjectsPurged {
        /// From which vault.
        #[n(0)]
        vault: VaultId,
        /// How many.
        #[n(1)]
        count: u32,
    },
}

/// The newest event of a team.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AuditHead {
    /// Its number; 0 before the first.
    pub sequence: u64,
    /// Its hash; zero before the first.
    pub hash: Hash,
}

impl AuditEvent {
    /// The event's hash.
    #[must_use]
    pub fn hash(&self) -> Hash {
        hash(&Label::AuditEvent.join(&[&codec::encode(self)]))
    }
}
