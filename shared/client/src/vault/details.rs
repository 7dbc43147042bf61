//! What a catalog record says, by kind.

use crate::model::{
    AccountDetails, CustomValue, FileRef, Payload, ResourceDetails, ResourceGroupDetails, Unreadable, Unwritable,
    VaultDetails,
};
use sealward_contract::record::RecordKind;
use zeroize::Zeroizing;

/// The plaintext of a catalog record.
#[derive(Clone, Debug, PartialEq)]
pub enum Details {
    /// Of a vault.
    Vault(VaultDetails),
    /// Of a resource group.
    ResourceGroup(ResourceGroupDetails),
    /// Of a resource.
    Resource(Box<ResourceDetails>),
    /// Of an account.
    Account(Box<AccountDetails>),
}

impl Details {
    /// Which kind of record they belong in.
    #[must_use]
    pub fn kind(&self) -> RecordKind {
        match self {
            Self::Vault(_) => RecordKind::Vault,
            Self::ResourceGroup(_) => RecordKind::ResourceGroup,
            Self::Resource(_) => RecordKind::Resource,
            Self::Account(_) => RecordKind::Account,
        }
    }

    /// Its name.
    #[must_use]
    pub fn name(&self) -> &str {
        match self {
            Self::Vault(details) => &details.name,
            Self::ResourceGroup(details) => &details.name,
            Self::Resource(details) => &details.name,
            Self::Account(details) => &details.name,
        }
    }

    /// The files that it names: as secret, beside it, and in custom fields.
    pub fn files(&self) -> impl Iterator<Item = &FileRef> {
        let (secret, beside, fields) = match self {
            Self::Vault(_) | Self::ResourceGroup(_) => (None, None, None),
            Self::Resource(details) => (None, None, Some(&details.custom_fields)),
            Self::Account(details) => {
                (details.secret_file.as_ref(), details.files.as_ref(), Some(&details.custom_fields))
            }
        };
        let in_fields = fields.into_iter().flatten().filter_map(|field| match &field.value {
            CustomValue::File(file) => Some(file),
            _ => None,
        });
        secret.into_iter().chain(beside.into_iter().flatten()).chain(in_fields)
    }

    /// The same, to be changed: as secret, beside it, and in custom fields.
    pub fn files_mut(&mut self) -> impl Iterator<Item = &mut FileRef> {
        let (secret, beside, fields) = match self {
            Self::Vault(_) | Self::ResourceGroup(_) => (None, None, None),
            Self::Resource(details) => (None, None, Some(&mut details.custom_fields)),
            Self::Account(details) => {
                (details.secret_file.as_mut(), details.files.as_mut(), Some(&mut details.custom_fields))
            }
        };
        let in_fields = fields.into_iter().flatten().filter_map(|field| match &mut field.value {
            CustomValue::File(file) => Some(file),
            _ => None,
        });
        secret.into_iter().chain(beside.into_iter().flatten()).chain(in_fields)
    }

    /// The bytes to seal.
    ///
    /// # Errors
    /// [`Unwritable`] when a field breaks a rule.
    pub fn to_bytes(&self) -> Result<Zeroizing<Vec<u8>>, Unwritable> {
        match self {
            Self::Vault(details) => details.to_bytes(),
            Self::ResourceGroup(details) => details.to_bytes(),
            Self::Resource(details) => details.to_bytes(),
            Self::Account(details) => details.to_bytes(),
        }
    }

    /// The bytes for this device alone, whatever rule a field breaks: [`Self::from_bytes`] reads them.
    #[must_use]
    pub fn to_kept_bytes(&self) -> Zeroizing<Vec<u8>> {
        match self {
            Self::Vault(details) => details.to_kept_bytes(),
            Self::ResourceGroup(details) => details.to_kept_bytes(),
            Self::Resource(details) => details.to_kept_bytes(),
            Self::Account(details) => details.to_kept_bytes(),
        }
    }

    /// Reads the bytes of a record of this kind.
    ///
    /// # Errors
    /// [`Unreadable`], also for a kind that is not in the catalog.
    pub fn from_bytes(kind: RecordKind, bytes: &[u8]) -> Result<Self, Unreadable> {
        match kind {
            RecordKind::Vault => Payload::from_bytes(bytes).map(Self::Vault),
            RecordKind::ResourceGroup => Payload::from_bytes(bytes).map(Self::ResourceGroup),
            RecordKind::Resource => Payload::from_bytes(bytes).map(|details| Self::Resource(Box::new(details))),
            RecordKind::Account => Payload::from_bytes(bytes).map(|details| Self::Account(Box::new(details))),
            _ => Err(Unreadable::Malformed),
        }
    }
}
