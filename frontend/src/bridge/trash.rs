//! What was deleted and can be restored.

use serde::{Deserialize, Serialize};

use super::{HitIcon, Item, VaultId};

/// Asks for a part of the trash.
#[derive(Serialize, Deserialize)]
pub struct ReadTrash {
    /// Of one vault only.
    pub vault: Option<VaultId>,
    /// Words that stand in names or places.
    pub filter: String,
    /// How many at most, newest first.
    pub limit: u32,
}

/// What is in the trash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrashView {
    /// The newest.
    pub rows: Vec<TrashRow>,
    /// How many there are in all that fit the filter.
    pub total: u32,
    /// Every vault whose trash the person may look into.
    pub vaults: Vec<TrashVault>,
}

/// How a vault keeps what was deleted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrashVault {
    /// Which.
    pub id: VaultId,
    /// Its name.
    pub name: String,
    /// For how many days; 0 for ever.
    pub days: u32,
    /// Whether the person may remove things for good.
    pub purgeable: bool,
}

/// Something in the trash.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TrashRow {
    /// What.
    pub item: Item,
    /// Its name.
    pub name: String,
    /// Its icon.
    pub icon: HitIcon,
    /// Names of what it stood in, from the vault down.
    pub path: Vec<String>,
    /// Whether all of that is still there.
    pub path_is_there: bool,
    /// The login name of whoever deleted it.
    pub author: String,
    /// When, in milliseconds since 1970.
    pub time: i64,
    /// When it is removed for good; `None` where it stays.
    pub due: Option<i64>,
    /// How many things come back with it.
    pub inside: u32,
    /// Whether the person may restore it.
    pub writable: bool,
    /// Whether the person may remove it for good.
    pub purgeable: bool,
}

/// Restores what was deleted.
#[derive(Serialize, Deserialize)]
pub struct RestoreItems {
    /// Which.
    pub items: Vec<Item>,
}

/// Removes for good what was deleted.
#[derive(Serialize, Deserialize)]
pub struct PurgeItems {
    /// Which.
    pub items: Vec<Item>,
}

/// Removes for good all that was deleted.
#[derive(Serialize, Deserialize)]
pub struct EmptyTrash {
    /// In one vault only.
    pub vault: Option<VaultId>,
}

/// For how long a vault keeps what was deleted.
#[derive(Serialize, Deserialize)]
pub struct SetTrashDays {
    /// Which vault.
    pub vault: VaultId,
    /// Days; 0 for ever.
    pub days: u32,
}
