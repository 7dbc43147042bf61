//! What an import would create, whatever it was read from, and its bytes: a file is read by a program of its own.

use super::refusal::{LeftOut, Rejected};
use crate::model::{AccountDetails, ResourceDetails, ResourceGroupDetails, SecretPayload, SecretText};
use minicbor::{Decode, Encode};
use sealward_contract::ids::{ObjectId, Timestamp};
use zeroize::Zeroizing;

/// Everything that was read. Indices are places in the lists before; a parent stands before its children.
#[derive(Default, Encode, Decode)]
#[cbor(array)]
pub struct ImportPlan {
    /// Resource groups.
    #[n(0)]
    pub groups: Vec<PlannedGroup>,
    /// Resources.
    #[n(1)]
    pub resources: Vec<PlannedResource>,
    /// Accounts.
    #[n(2)]
    pub accounts: Vec<PlannedAccount>,
    /// Rows that were not taken.
    #[n(3)]
    #[cbor(with = "by_serde")]
    pub rejected: Vec<Rejected>,
    /// Parts of rows that were not taken.
    #[n(4)]
    #[cbor(with = "by_serde")]
    pub left_out: Vec<LeftOut>,
    /// Rows or items in the file, empty ones not counted.
    #[n(5)]
    pub rows: usize,
}

impl ImportPlan {
    /// The plan as bytes, for whoever runs the import. The buffer is made in its final size, so that no copy of a secret
    /// is left behind by growth.
    pub fn to_bytes(&self) -> Zeroizing<Vec<u8>> {
        let mut counter = Counter(0);
        let mut bytes = Zeroizing::new(Vec::new());
        // Counting cannot fail, and neither can writing into a Vec.
        if minicbor::encode(self, &mut counter).is_ok() {
            bytes.reserve_exact(counter.0);
            let written: Result<(), minicbor::encode::Error<core::convert::Infallible>> =
                minicbor::encode(self, &mut *bytes);
            debug_assert!(written.is_ok(), "a plan encodes infallibly");
        }
        bytes
    }

    /// Reads what [`ImportPlan::to_bytes`] made.
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        minicbor::decode(bytes).ok()
    }
}

/// Counts bytes instead of keeping them.
struct Counter(usize);

impl minicbor::encode::Write for Counter {
    type Error = core::convert::Infallible;

    fn write_all(&mut self, bytes: &[u8]) -> Result<(), Self::Error> {
        self.0 += bytes.len();
        Ok(())
    }
}

/// A resource group to create.
#[derive(Encode, Decode)]
#[cbor(array)]
pub struct PlannedGroup {
    /// The group that it stands in.
    #[n(0)]
    pub parent: Option<usize>,
    /// Its payload. The source id is its path, so that the same file again finds it.
    #[n(1)]
    pub details: ResourceGroupDetails,
}

/// A resource to create.
#[derive(Encode, Decode)]
#[cbor(array)]
pub struct PlannedResource {
    /// The group that it stands in.
    #[n(0)]
    pub group: Option<usize>,
    /// Its payload.
    #[n(1)]
    pub details: ResourceDetails,
    /// By what it is known again.
    #[n(2)]
    pub identity: Identity,
    /// What is in the files that its details name.
    #[n(3)]
    pub files: Vec<PlannedFile>,
}

/// An account to create, with its secret.
#[derive(Encode, Decode)]
#[cbor(array)]
pub struct PlannedAccount {
    /// The resource that it is on.
    #[n(0)]
    pub resource: usize,
    /// Its payload.
    #[n(1)]
    pub details: AccountDetails,
    /// The payload of its secret record.
    #[n(2)]
    pub secret: SecretPayload,
    /// Earlier passwords, newest first: they become the first versions of the secret.
    #[n(3)]
    pub history: Vec<PastPassword>,
    /// By what it is known again.
    #[n(4)]
    pub identity: Identity,
    /// The row that it was read from.
    #[n(5)]
    pub row: usize,
    /// Files that lie beside it, and what is in those that its details name.
    #[n(6)]
    pub attachments: Vec<PlannedFile>,
}

/// A password that an account had before.
#[derive(Encode, Decode)]
#[cbor(array)]
pub struct PastPassword {
    /// The password.
    #[n(0)]
    pub value: SecretText,
    /// Until when it was in use.
    #[n(1)]
    pub until: Option<Timestamp>,
}

/// A file to attach to an account.
#[derive(Encode, Decode)]
#[cbor(array)]
pub struct PlannedFile {
    /// Its name, without a path.
    #[n(0)]
    pub name: String,
    /// Its media type, or an empty text.
    #[n(1)]
    pub media_type: String,
    /// What is in it.
    #[n(2)]
    #[cbor(with = "wiped_bytes")]
    pub bytes: Zeroizing<Vec<u8>>,
    /// The file that the details name already and that it takes the place of; without one it lies beside the account.
    #[n(3)]
    pub stands_for: Option<ObjectId>,
}

impl PlannedFile {
    /// A file beside an account, of a kind that nobody told.
    #[must_use]
    pub fn beside(name: String, bytes: Zeroizing<Vec<u8>>) -> Self {
        Self { name, media_type: String::new(), bytes, stands_for: None }
    }
}

/// By what something imported is known when the same file comes again.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode)]
pub enum Identity {
    /// Its id where it came from, which stands in its details.
    #[n(0)]
    SourceId(#[n(0)] String),
    /// Its columns without the secret ones, for a keyed tag that then stands in its details.
    #[n(1)]
    Columns(#[n(0)] Vec<String>),
}

impl Identity {
    /// The bytes to compute the keyed tag over: each column after its length, so that no two lists have the same.
    pub fn to_bytes(&self) -> Vec<u8> {
        let (kind, parts) = match self {
            Self::SourceId(id) => (0, core::slice::from_ref(id)),
            Self::Columns(columns) => (1, columns.as_slice()),
        };
        let mut bytes = vec![kind];
        for part in parts {
            bytes.extend_from_slice(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
            bytes.extend_from_slice(part.as_bytes());
        }
        bytes
    }
}

/// What is not secret and has a serde form.
mod by_serde {
    use minicbor::decode::{self as reading, Decoder};
    use minicbor::encode::{self as writing, Encoder};
    use serde::{Serialize, de::DeserializeOwned};

    pub fn encode<C, W: writing::Write, T: Serialize>(
        value: &T,
        encoder: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), writing::Error<W::Error>> {
        let bytes = minicbor_serde::to_vec(value).map_err(|_| writing::Error::message("no serde form"))?;
        encoder.bytes(&bytes)?.ok()
    }

    pub fn decode<C, T: DeserializeOwned>(decoder: &mut Decoder<'_>, _: &mut C) -> Result<T, reading::Error> {
        minicbor_serde::from_slice(decoder.bytes()?).map_err(|_| reading::Error::message("no serde form"))
    }
}

/// Bytes that are wiped when dropped.
mod wiped_bytes {
    use minicbor::decode::{self as reading, Decoder};
    use minicbor::encode::{self as writing, Encoder};
    use zeroize::Zeroizing;

    pub fn encode<C, W: writing::Write>(
        value: &Zeroizing<Vec<u8>>,
        encoder: &mut Encoder<W>,
        _: &mut C,
    ) -> Result<(), writing::Error<W::Error>> {
        encoder.bytes(value)?.ok()
    }

    pub fn decode<C>(decoder: &mut Decoder<'_>, _: &mut C) -> Result<Zeroizing<Vec<u8>>, reading::Error> {
        Ok(Zeroizing::new(decoder.bytes()?.to_vec()))
    }
}
