//! Ids as page and worker use them: the contract's, and numbers for what lives only while the worker does.

pub use sealward_contract::ids::{Number, ObjectId, SessionId, TeamId, VaultId, Version};
use serde::{Deserialize, Serialize};

/// A file that was read and waits for the go-ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ImportId(pub u32);

/// A change that can be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct UndoId(pub u32);

/// A saved view on this device.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(transparent)]
pub struct ViewId(pub u32);

/// Anything that stands in the tree or in a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Item {
    /// A vault.
    Vault(VaultId),
    /// A resource group in its vault.
    ResourceGroup(VaultId, ObjectId),
    /// A resource in its vault.
    Resource(VaultId, ObjectId),
    /// An account of a resource.
    Account(VaultId, ObjectId, ObjectId),
}

impl Item {
    /// The vault that it is, or is in.
    pub const fn vault(self) -> VaultId {
        match self {
            Self::Vault(vault)
            | Self::ResourceGroup(vault, _)
            | Self::Resource(vault, _)
            | Self::Account(vault, _, _) => vault,
        }
    }
}

/// Where something is put.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum Place {
    /// Directly in a vault.
    Vault(VaultId),
    /// In a resource group.
    ResourceGroup(VaultId, ObjectId),
    /// On a resource; accounts only.
    Resource(VaultId, ObjectId),
}

impl Place {
    /// The vault that it is, or is in.
    pub const fn vault(self) -> VaultId {
        match self {
            Self::Vault(vault) | Self::ResourceGroup(vault, _) | Self::Resource(vault, _) => vault,
        }
    }
}
