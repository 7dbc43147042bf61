//! Changes of many things at once, and what each came to.

pub use sealward_client::operations::FieldEdit;
use serde::{Deserialize, Serialize};

use super::{Error, Item, UndoId};

/// Puts tags on what is selected, and takes others off.
#[derive(Serialize, Deserialize)]
pub struct ChangeTags {
    /// Which.
    pub items: Vec<Item>,
    /// Tags that they get.
    pub add: Vec<String>,
    /// Tags that they lose.
    pub remove: Vec<String>,
}

/// Sets fields of what is selected. Those of accounts are set on all accounts of selected resources.
#[derive(Serialize, Deserialize)]
pub struct EditItems {
    /// Which.
    pub items: Vec<Item>,
    /// Fields and what they are set to.
    pub edits: Vec<FieldEdit>,
}

/// What a change of many came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Done {
    /// How many were changed.
    pub changed: u32,
    /// How many had nothing to be changed.
    pub same: u32,
    /// What was not changed, and why.
    pub left: Vec<LeftItem>,
    /// The item that was made or changed, when it is a single one.
    pub item: Option<Item>,
    /// Takes back what was changed.
    pub undo: Option<UndoId>,
}

/// Something that was not changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftItem {
    /// Its name, as far as it can be read.
    pub name: String,
    /// Why.
    pub error: Error,
}
