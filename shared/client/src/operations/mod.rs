//! What a person does with vaults, resource groups, resources and accounts: each a function of the open session that
//! drafts records, writes them, and says how to take it back.

mod account;
mod bulk;
mod copying;
mod deleting;
mod entry;
mod exporting;
mod importing;
mod moving;
mod password_policy;
mod resource;
mod steps;
mod together;
mod trash;
mod undo;

pub use account::{NewAccount, NewSecret};
pub use bulk::FieldEdit;
pub use exporting::{ExportSize, ExportedArchive};
pub use importing::Imported;
pub use password_policy::PasswordUse;
pub use steps::{Doing, Left, Report};
pub use together::{MadeResource, NewResource};
pub use trash::Trashed;
pub use undo::Undo;

use sealward_contract::{
    ids::{ObjectId, VaultId},
    record::{LeafKey, RecordKind},
};

/// A vault, resource group, resource or account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Item {
    /// The vault that it is, or is in.
    pub vault: VaultId,
    /// Which of the vault's records.
    pub key: LeafKey,
}

impl Item {
    /// The vault itself.
    #[must_use]
    pub fn vault(vault: VaultId) -> Self {
        Self { vault, key: LeafKey { id: vault.object(), kind: RecordKind::Vault } }
    }

    /// Something in a vault.
    #[must_use]
    pub fn within(vault: VaultId, kind: RecordKind, id: ObjectId) -> Self {
        Self { vault, key: LeafKey { id, kind } }
    }
}

/// Where something is put: a vault, and in it the vault itself, a resource group, or for accounts a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Place {
    /// The vault.
    pub vault: VaultId,
    /// What it is put into.
    pub parent: ObjectId,
}
