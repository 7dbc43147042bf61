//! The header of a record and the container that a record travels in.

use crate::{
    bytes::Bytes,
    codec::{self, Malformed},
    crypto::{BadSignature, Hash, Signature, VerifyingKey, context::Label, hash},
    ids::{Epoch, MemberId, Number, ObjectId, TeamId, Timestamp, VaultId, Version},
    limits,
    suite::{SUITE, is_sealed_length},
};
use minicbor::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What a record is about.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize, JsonSchema,
)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum RecordKind {
    /// A vault's own name and description; its id is the vault's.
    #[n(0)]
    Vault,
    /// A folder of resources.
    #[n(1)]
    ResourceGroup,
    /// A server, site, database or other thing that has accounts.
    #[n(2)]
    Resource,
    /// A credential on a resource, without its secret.
    #[n(3)]
    Account,
    /// An account's secret; its id is the account's.
    #[n(4)]
    Secret,
    /// What reports need to know of a secret; its id is the account's.
    #[n(5)]
    Facts,
    /// The team's name; in the directory.
    #[n(6)]
    Team,
    /// A member's profile; in the directory.
    #[n(7)]
    Profile,
    /// The key and the hashes of a file's sealed chunks; its id is the file's own.
    #[n(8)]
    File,
    /// A member group's name; in the directory.
    #[n(16)]
    Group = 16,
}

impl RecordKind {
    /// Whether every holder of the catalog key may see it.
    #[must_use]
    pub const fn is_catalog(self) -> bool {
        matches!(self, Self::Vault | Self::ResourceGroup | Self::Resource | Self::Account)
    }

    /// Whether it belongs to the directory, which stands under no head.
    #[must_use]
    pub const fn is_directory(self) -> bool {
        matches!(self, Self::Team | Self::Profile | Self::Group)
    }

    /// Whether a policy decides which key seals it.
    #[must_use]
    pub const fn is_secret(self) -> bool {
        matches!(self, Self::Secret | Self::Facts | Self::File)
    }

    /// Whether it has a number of its own.
    #[must_use]
    pub const fn is_numbered(self) -> bool {
        matches!(self, Self::ResourceGroup | Self::Resource | Self::Account)
    }

    /// Whether it can be removed for good once it was deleted; a secret, its facts and files go with what they stand in.
    #[must_use]
    pub const fn is_purgeable(self) -> bool {
        self.is_numbered() || matches!(self, Self::Vault)
    }
}

/// Which of a vault's keys seals a record.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, Serialize, Deserialize, JsonSchema,
)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
#[repr(u8)]
pub enum Tier {
    /// Names and all else that is no secret.
    #[n(0)]
    Catalog = 0,
    /// Secrets that need no approval.
    #[n(1)]
    Open = 1,
    /// Secrets that need an approval.
    #[n(2)]
    Guarded = 2,
    /// The team's directory.
    #[n(3)]
    Directory = 3,
}

/// Whether the object is there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, Serialize, Deserialize, JsonSchema)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum RecordState {
    /// It is.
    #[n(0)]
    Live,
    /// It was deleted: a version of its own, which stays under the head's root. A later version may bring it back.
    #[n(1)]
    Deleted,
}

/// A place in the team chain: both its number and what stands there.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, Serialize, Deserialize, JsonSchema)]
pub struct ChainPosition {
    /// Number of the statement, from 0.
    #[n(0)]
    pub sequence: u64,
    /// Hash of the statement.
    #[n(1)]
    pub hash: Hash,
}

/// The header up to its salt: what the sealing of the payload is bound to.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RecordContext {
    /// [`SUITE`].
    #[n(0)]
    pub suite: u8,
    /// The team.
    #[n(1)]
    pub team: TeamId,
    /// The vault; [`VaultId::DIRECTORY`] for the directory.
    #[n(2)]
    pub vault: VaultId,
    /// What the record is about.
    #[n(3)]
    pub kind: RecordKind,
    /// The object.
    #[n(4)]
    pub id: ObjectId,
    /// What it stands in: a resource group's or resource's group (the vault's id at the top), an account's resource, a
    /// secret's or facts' account, a file's account or resource. The vault's own record and the directory's stand in
    /// themselves.
    #[n(5)]
    pub parent: ObjectId,
    /// Its number; secrets, facts and files carry that of what they stand in, the vault's own record the vault's, the
    /// directory's 0 or, in a profile, the member's.
    #[n(6)]
    pub number: Number,
    /// Its version, from 1.
    #[n(7)]
    pub version: Version,
    /// Hash of the version before; zero for the first.
    #[n(8)]
    pub previous: Hash,
    /// Epoch of the key that seals it.
    #[n(9)]
    pub epoch: Epoch,
    /// Which key of that epoch seals it.
    #[n(10)]
    pub tier: Tier,
    /// Live or deleted.
    #[n(11)]
    pub state: RecordState,
    /// Who signs it.
    #[n(12)]
    pub author: MemberId,
    /// The newest place of the chain that the author knew.
    #[n(13)]
    pub position: ChainPosition,
    /// When, by the author's clock.
    #[n(14)]
    pub time: Timestamp,
}

impl RecordContext {
    /// The object whose policy decides which key seals a secret, facts or a file.
    #[must_use]
    pub fn under_policy_of(&self) -> ObjectId {
        if self.kind == RecordKind::File { self.parent } else { self.id }
    }
}

/// What is signed of a record.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Header {
    /// What the payload is bound to.
    #[n(0)]
    pub context: RecordContext,
    /// Salt of this sealing.
    #[n(1)]
    pub salt: Hash,
    /// Commitment to the key of this sealing.
    #[n(2)]
    pub commitment: Hash,
    /// SHA-256 of the wrapped key; zero where there is none.
    #[n(3)]
    pub wrapped_key: Hash,
    /// SHA-256 of the sealed payload.
    #[n(4)]
    pub payload: Hash,
}

/// The key of a guarded secret, wrapped to the guarded public key of its epoch.
pub type WrappedKey = Bytes;

#[derive(Encode, Decode)]
struct Wire {
    #[n(0)]
    header: Bytes,
    #[n(1)]
    signature: Signature,
    #[n(2)]
    wrapped_key: Option<Bytes>,
    #[n(3)]
    payload: Option<Bytes>,
}

/// A record: header, signature and, where it is given, the sealed payload.
///
/// A value of this type is well-formed (canonical, of suite 1, its payload the one that the header names); its
/// signature is another matter: [`Record::verify`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    header: Header,
    header_bytes: Bytes,
    signature: Signature,
    wrapped_key: Option<WrappedKey>,
    payload: Option<Bytes>,
    hash: Hash,
}

impl Record {
    /// Puts together what an author has just sealed and signed.
    #[must_use]
    pub fn new(header: Header, signature: Signature, wrapped_key: Option<WrappedKey>, payload: Bytes) -> Self {
        let header_bytes = Bytes(codec::encode(&header));
        let hash = hash(&header_bytes);
        Self { header, header_bytes, signature, wrapped_key, payload: Some(payload), hash }
    }

    /// Reads the wire form.
    ///
    /// # Errors
    /// [`Malformed`] when it is not canonical, of another suite, over a limit, not of a padded size, or when wrapped key
    /// or payload are not the ones that the header names.
    pub fn parse(wire: &[u8]) -> Result<Self, Malformed> {
        let wire: Wire = codec::decode(wire)?;
        let header = codec::decode(&wire.header)?;
        Self::from_wire(wire, header)
    }

    /// Reads header and signature alone, whatever became of wrapped key and payload.
    ///
    /// # Errors
    /// [`Malformed`] as [`Record::parse`], but for wrapped key and payload.
    pub fn parse_header(wire: &[u8]) -> Result<Self, Malformed> {
        let wire: Wire = codec::decode(wire)?;
        let header = codec::decode(&wire.header)?;
        Self::from_wire(Wire { wrapped_key: None, payload: None, ..wire }, header)
    }

    /// Reads header and signature of a record that was parsed before and kept where nobody else writes: that it is in
    /// its one encoding is not shown once more.
    ///
    /// # Errors
    /// [`Malformed`] as [`Record::parse_header`], but for another encoding.
    pub fn parse_kept(wire: &[u8]) -> Result<Self, Malformed> {
        let wire: Wire = minicbor::decode(wire).map_err(|_| Malformed)?;
        let header = minicbor::decode(&wire.header).map_err(|_| Malformed)?;
        Self::from_wire(Wire { wrapped_key: None, payload: None, ..wire }, header)
    }

    fn from_wire(wire: Wire, header: Header) -> Result<Self, Malformed> {
        let Wire { header: header_bytes, signature, wrapped_key, payload } = wire;
        if header_bytes.len() > limits::RECORD_HEADER {
            return Err(Malformed);
        }
        let context = &header.context;
        if context.suite != SUITE || context.version.0 == 0 {
            return Err(Malformed);
        }
        let guarded = context.tier == Tier::Guarded;
        if guarded != (header.wrapped_key != Hash::ZERO) {
            return Err(Malformed);
        }
        let sound = |payload: &Bytes| {
            payload.len() <= limits::RECORD_PAYLOAD
                && is_sealed_length(payload.len())
                && hash(payload) == header.payload
        };
        if !payload.as_ref().is_none_or(sound) {
            return Err(Malformed);
        }
        match &wrapped_key {
            Some(key) if !guarded || key.len() > limits::ENVELOPE || hash(key) != header.wrapped_key => {
                return Err(Malformed);
            }
            _ => {}
        }
        let hash = hash(&header_bytes);
        Ok(Self { header, header_bytes, signature, wrapped_key, payload, hash })
    }

    /// The wire form.
    #[must_use]
    pub fn to_wire(&self) -> Bytes {
        Bytes(codec::encode(&Wire {
            header: self.header_bytes.clone(),
            signature: self.signature,
            wrapped_key: self.wrapped_key.clone(),
            payload: self.payload.clone(),
        }))
    }

    /// The wire form without wrapped key and payload.
    #[must_use]
    pub fn to_bare_wire(&self) -> Bytes {
        Bytes(codec::encode(&Wire {
            header: self.header_bytes.clone(),
            signature: self.signature,
            wrapped_key: None,
            payload: None,
        }))
    }

    /// Sets the sealed payload apart, so that the record stays without it.
    pub fn take_payload(&mut self) -> Option<Bytes> {
        self.payload.take()
    }

    /// The record without wrapped key and payload.
    #[must_use]
    pub fn without_payload(self) -> Self {
        Self { wrapped_key: None, payload: None, ..self }
    }

    /// Verifies the author's signature over the header.
    ///
    /// # Errors
    /// [`BadSignature`] when it is not `author`'s.
    pub fn verify(&self, author: &VerifyingKey) -> Result<(), BadSignature> {
        author.verify(Label::Record, &self.header_bytes, &self.signature)
    }

    /// The header.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// The header's context.
    #[must_use]
    pub fn context(&self) -> &RecordContext {
        &self.header.context
    }

    /// The record's hash: SHA-256 of its header.
    #[must_use]
    pub fn hash(&self) -> Hash {
        self.hash
    }

    /// The wrapped key of a guarded secret, where it was given.
    #[must_use]
    pub fn wrapped_key(&self) -> Option<&WrappedKey> {
        self.wrapped_key.as_ref()
    }

    /// The sealed payload, where it was given.
    #[must_use]
    pub fn payload(&self) -> Option<&Bytes> {
        self.payload.as_ref()
    }
}
