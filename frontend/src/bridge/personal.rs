//! What a person keeps for themselves on a device: saved views, favourites, what was opened last, the look of the list.

use serde::{Deserialize, Serialize};

use super::{ListColumn as Column, ListFilters, MemberId, ObjectId, RequestId, Sort, VaultId, ViewId};

/// All of it.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Personal {
    /// Saved views, in the person's order.
    pub views: Vec<SavedView>,
    /// Favourites, the newest first.
    pub favourites: Vec<(VaultId, ObjectId)>,
    /// What was opened last, the newest first.
    pub recent: Vec<(VaultId, ObjectId)>,
    /// How lists look.
    pub look: Look,
    /// Safety numbers that were compared, each with whom.
    pub compared: Vec<(MemberId, String)>,
    /// Replaced keys that were taken note of: whose, and by which statement.
    pub noted: Vec<(MemberId, u64)>,
    /// Emergencies that were taken note of, the newest first.
    pub emergencies: Vec<RequestId>,
}

/// How a list looks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Look {
    /// Whether it is a table with columns.
    pub table: bool,
    /// The columns beside the name, in their order.
    pub columns: Vec<Column>,
}

impl Default for Look {
    fn default() -> Self {
        let columns =
            vec![Column::Type, Column::Address, Column::UserName, Column::Accounts, Column::Strength, Column::Changed];
        Self { table: false, columns }
    }
}

/// A list under a name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedView {
    /// Which; 0 is a new one.
    pub id: ViewId,
    /// Its name.
    pub name: String,
    /// The words of its filter.
    pub text: String,
    /// Its filters.
    pub filters: ListFilters,
    /// Its order.
    pub sort: Sort,
    /// Its look.
    pub look: Look,
}

/// Asks for all of it.
#[derive(Serialize, Deserialize)]
pub struct ReadPersonal;

/// Saves a view, in place of the one of its id.
#[derive(Serialize, Deserialize)]
pub struct SaveView {
    /// The view.
    pub view: SavedView,
}

/// Forgets a view.
#[derive(Serialize, Deserialize)]
pub struct DeleteView {
    /// Which.
    pub view: ViewId,
}

/// Makes something a favourite, or no more.
#[derive(Serialize, Deserialize)]
pub struct SetFavourite {
    /// Its vault.
    pub vault: VaultId,
    /// Which resource.
    pub resource: ObjectId,
    /// Whether it is one.
    pub favourite: bool,
}

/// Says that a resource was looked at.
#[derive(Serialize, Deserialize)]
pub struct NoteOpened {
    /// Its vault.
    pub vault: VaultId,
    /// Which resource.
    pub resource: ObjectId,
}

/// How lists look from now on.
#[derive(Serialize, Deserialize)]
pub struct SetLook {
    /// The look.
    pub look: Look,
}
