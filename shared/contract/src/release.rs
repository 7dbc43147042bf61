//! The signed statements with which secrets and files are asked for: one, or lists of them to be taken out of the team.

use crate::{
    bytes::Bytes,
    crypto::{SignedKind, context::Label},
    ids::{MemberId, ObjectId, ReleaseId, TeamId, Timestamp, VaultId, Version},
    record::ChainPosition,
};
use minicbor::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One release of one version of one secret, or of one file, to one member.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ReleaseStatement {
    /// [`crate::suite::SUITE`].
    #[n(0)]
    pub suite: u8,
    /// Fresh for every release; the server takes each once.
    #[n(1)]
    pub id: ReleaseId,
    /// The team.
    #[n(2)]
    pub team: TeamId,
    /// The vault.
    #[n(3)]
    pub vault: VaultId,
    /// The account; the file, where a file is asked for.
    #[n(4)]
    pub account: ObjectId,
    /// The version of its secret, or of the file's record.
    #[n(5)]
    pub version: Version,
    /// Who asks.
    #[n(6)]
    pub member: MemberId,
    /// The newest place of the chain that the member knew.
    #[n(7)]
    pub position: ChainPosition,
    /// When, by the member's clock.
    #[n(8)]
    pub time: Timestamp,
    /// Why, sealed under the catalog key.
    #[n(9)]
    pub reason: Option<Bytes>,
}

impl SignedKind for ReleaseStatement {
    const LABEL: Label = Label::Release;
}

/// One export: many secrets and files released to one member by one decision.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ExportStatement {
    /// [`crate::suite::SUITE`].
    #[n(0)]
    pub suite: u8,
    /// Fresh for every export; the server takes each once, and none that a release has used.
    #[n(1)]
    pub id: ReleaseId,
    /// The team.
    #[n(2)]
    pub team: TeamId,
    /// Who asks.
    #[n(3)]
    pub member: MemberId,
    /// The newest place of the chain that the member knew.
    #[n(4)]
    pub position: ChainPosition,
    /// When, by the member's clock.
    #[n(5)]
    pub time: Timestamp,
    /// Secrets, each once and in ascending order: of each account the newest, and as many earlier ones as are wanted.
    #[n(6)]
    pub secrets: Vec<ExportedSecret>,
    /// What the secrets are written to, by the member's word.
    #[n(7)]
    pub format: ExportFormat,
    /// Why, sealed under the directory key.
    #[n(8)]
    pub reason: Option<Bytes>,
    /// Files, each once and in ascending order.
    #[n(9)]
    pub files: Vec<ExportedFile>,
}

/// One version of one secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct ExportedSecret {
    /// The vault.
    #[n(0)]
    pub vault: VaultId,
    /// The account.
    #[n(1)]
    pub account: ObjectId,
    /// The version of its secret.
    #[n(2)]
    pub version: Version,
}

/// One file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode)]
pub struct ExportedFile {
    /// The vault.
    #[n(0)]
    pub vault: VaultId,
    /// The file.
    #[n(1)]
    pub id: ObjectId,
    /// The version of its record.
    #[n(2)]
    pub version: Version,
}

/// Form of an export.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Encode, Decode, Serialize, Deserialize, JsonSchema)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum ExportFormat {
    /// An encrypted backup of Sealward's own.
    #[n(0)]
    Backup,
    /// KDBX 4, as KeePass and KeePassXC read it; encrypted.
    #[n(1)]
    Kdbx,
    /// A sheet, in the clear.
    #[n(2)]
    Csv,
    /// JSON, in the clear.
    #[n(3)]
    Json,
}

impl ExportFormat {
    /// Whether whoever has the file needs a password to read it.
    #[must_use]
    pub fn is_encrypted(self) -> bool {
        matches!(self, Self::Backup | Self::Kdbx)
    }
}

impl ExportStatement {
    /// How many secrets and files the lists name.
    #[must_use]
    pub fn count(&self) -> usize {
        self.secrets.len() + self.files.len()
    }

    /// Whether the lists name something, nothing twice, and are in order.
    #[must_use]
    pub fn is_ordered(&self) -> bool {
        self.count() > 0
            && self.secrets.is_sorted_by(|one, next| one < next)
            && self.files.is_sorted_by(|one, next| one < next)
    }

    /// The secrets of the list; each with whether it is the last of its account, which has to be the newest.
    pub fn each_secret(&self) -> impl Iterator<Item = (ExportedSecret, bool)> {
        let next = self.secrets.iter().skip(1).map(Some).chain([None]);
        self.secrets.iter().zip(next).map(|(secret, next)| {
            let same = next.is_some_and(|next| (next.vault, next.account) == (secret.vault, secret.account));
            (*secret, !same)
        })
    }
}

impl SignedKind for ExportStatement {
    const LABEL: Label = Label::Export;
}
