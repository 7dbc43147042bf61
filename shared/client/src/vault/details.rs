//! What a catalog record says, by kind.

use crate::model::{
    AccountDetails, CustomValue, FileRef, Payload, RemovedFile, ResourceDetails, ResourceGroupDetails, Unreadable,
    Unwritable, VaultDetails, limits,
};
use sealward_contract::{
    ids::{ObjectId, Timestamp},
    record::RecordKind,
};
use std::collections::BTreeSet;
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

    /// Files that were taken away and can be brought back.
    pub fn removed(&self) -> impl Iterator<Item = &RemovedFile> {
        let removed = match self {
            Self::Vault(_) | Self::ResourceGroup(_) => None,
            Self::Resource(details) => details.removed.as_ref(),
            Self::Account(details) => details.removed.as_ref(),
        };
        removed.into_iter().flatten()
    }

    /// Notes what it named before and names no more as taken away now, and what it names again as back. Of too many the
    /// oldest are forgotten, and returned: nothing names them any more, so their records have to go.
    #[must_use]
    pub fn note_removed(&mut self, before: &Self, now: Timestamp) -> Vec<ObjectId> {
        let gone = before.files().map(|file| RemovedFile { file: file.clone(), time: now });
        let mut removed: Vec<RemovedFile> = before.removed().cloned().chain(gone).collect();
        let named: BTreeSet<ObjectId> = self.files().map(|file| file.id).collect();
        removed.retain(|removed| !named.contains(&removed.file.id));
        let surplus = removed.len().saturating_sub(limits::FILES);
        let forgotten = removed.drain(..surplus).map(|removed| removed.file.id).collect();
        self.set_removed(removed);
        forgotten
    }

    /// Forgets files that were taken away.
    pub fn forget_removed(&mut self, gone: &BTreeSet<ObjectId>) {
        let mut removed: Vec<RemovedFile> = self.removed().cloned().collect();
        removed.retain(|removed| !gone.contains(&removed.file.id));
        self.set_removed(removed);
    }

    /// Puts other files in the place of those that were taken away.
    pub(crate) fn set_removed(&mut self, removed: Vec<RemovedFile>) {
        let removed = (!removed.is_empty()).then_some(removed);
        match self {
            Self::Vault(_) | Self::ResourceGroup(_) => {}
            Self::Resource(details) => details.removed = removed,
            Self::Account(details) => details.removed = removed,
        }
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

    /// The bytes for this device alone, whatever rule a field breaks: [`Self::from_kept_bytes`] reads them.
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

    /// Reads what this device kept of a record of this kind.
    ///
    /// # Errors
    /// [`Unreadable`], also for a kind that is not in the catalog.
    pub fn from_kept_bytes(kind: RecordKind, bytes: &[u8]) -> Result<Self, Unreadable> {
        match kind {
            RecordKind::Vault => Payload::from_kept_bytes(bytes).map(Self::Vault),
            RecordKind::ResourceGroup => Payload::from_kept_bytes(bytes).map(Self::ResourceGroup),
            RecordKind::Resource => Payload::from_kept_bytes(bytes).map(|details| Self::Resource(Box::new(details))),
            RecordKind::Account => Payload::from_kept_bytes(bytes).map(|details| Self::Account(Box::new(details))),
            _ => Err(Unreadable::Malformed),
        }
    }
}
