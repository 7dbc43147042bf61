//! Everything that an export holds, as plain values: vaults, their tree, and the secrets that were released.

use crate::model::{AccountDetails, FileRef, ResourceDetails, ResourceGroupDetails, SecretPayload, VaultDetails};
use sealward_contract::ids::{ObjectId, Timestamp};
use zeroize::Zeroizing;

/// What is taken out. Indices are places in the lists; a group stands after the group that it is in.
#[derive(Default, PartialEq, Eq)]
pub struct Archive {
    /// The team's name.
    pub team: String,
    /// When it was put together.
    pub written: Timestamp,
    /// Vaults.
    pub vaults: Vec<ArchivedVault>,
    /// Resource groups.
    pub groups: Vec<ArchivedGroup>,
    /// Resources.
    pub resources: Vec<ArchivedResource>,
    /// Accounts.
    pub accounts: Vec<ArchivedAccount>,
    /// The bytes of files that the details of resources and accounts refer to.
    pub files: Vec<ArchivedFile>,
}

/// A vault.
#[derive(PartialEq, Eq)]
pub struct ArchivedVault {
    /// Its id.
    pub id: ObjectId,
    /// Its payload.
    pub details: VaultDetails,
}

/// What a group or a resource stands in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, minicbor::Encode, minicbor::Decode)]
pub enum Container {
    /// A vault, by its place in [`Archive::vaults`].
    #[n(0)]
    Vault(#[n(0)] usize),
    /// A resource group, by its place in [`Archive::groups`].
    #[n(1)]
    Group(#[n(0)] usize),
}

/// A resource group.
#[derive(PartialEq, Eq)]
pub struct ArchivedGroup {
    /// Its id.
    pub id: ObjectId,
    /// What it stands in.
    pub parent: Container,
    /// Its payload.
    pub details: ResourceGroupDetails,
}

/// A resource.
#[derive(PartialEq, Eq)]
pub struct ArchivedResource {
    /// Its id.
    pub id: ObjectId,
    /// What it stands in.
    pub parent: Container,
    /// Its payload.
    pub details: ResourceDetails,
}

/// An account.
#[derive(PartialEq, Eq)]
pub struct ArchivedAccount {
    /// Its id.
    pub id: ObjectId,
    /// Its resource, by its place in [`Archive::resources`].
    pub resource: usize,
    /// Its payload.
    pub details: AccountDetails,
    /// Its secret, where it has one that was released.
    pub secret: Option<SecretPayload>,
    /// Earlier secrets, newest first.
    pub past: Vec<PastSecret>,
}

/// A secret that an account had before.
#[derive(PartialEq, Eq)]
pub struct PastSecret {
    /// Until when it was in use.
    pub until: Timestamp,
    /// The secret.
    pub secret: SecretPayload,
}

/// The bytes of a file.
#[derive(PartialEq, Eq)]
pub struct ArchivedFile {
    /// The id by which details refer to it.
    pub id: ObjectId,
    /// Its bytes.
    pub bytes: Zeroizing<Vec<u8>>,
}

impl Archive {
    /// The vault that something stands in, by its place.
    #[must_use]
    pub fn vault_of(&self, mut container: Container) -> Option<usize> {
        // One step for each group at most: a circle ends too.
        for _ in 0..=self.groups.len() {
            match container {
                Container::Vault(vault) => return Some(vault),
                Container::Group(group) => container = self.groups.get(group)?.parent,
            }
        }
        None
    }

    /// The names of the groups above something, outermost first, without the vault's.
    #[must_use]
    pub fn path_of(&self, mut container: Container) -> Vec<&str> {
        let mut path = Vec::new();
        while let Container::Group(group) = container
            && path.len() <= self.groups.len()
            && let Some(group) = self.groups.get(group)
        {
            path.push(group.details.name.as_str());
            container = group.parent;
        }
        path.reverse();
        path
    }

    /// The bytes of a file that details refer to, where the export has them.
    #[must_use]
    pub fn file(&self, file: &FileRef) -> Option<&[u8]> {
        self.files.iter().find(|archived| archived.id == file.id).map(|archived| archived.bytes.as_slice())
    }
}
