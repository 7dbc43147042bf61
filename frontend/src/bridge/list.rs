//! The list: what it shows, in windows of rows.

use sealward_client::listing::Filters;
use serde::{Deserialize, Serialize};

pub use sealward_client::listing::{Check, Column as ListColumn, Facets, Sort};

use super::{Item, ObjectId, Selection, VaultId};

/// What is listed, how it is narrowed and in which order.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListQuery {
    /// From where.
    pub selection: Selection,
    /// Only what contains all of its words; empty is everything.
    pub text: String,
    /// Only what all of these let through.
    pub filters: ListFilters,
    /// In what order.
    pub sort: Sort,
}

/// Filters; empty ones let everything through.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ListFilters {
    /// Types, tags and checks.
    pub of: Filters,
    /// Any of these vaults.
    pub vaults: Vec<VaultId>,
    /// Any of these groups, or a group in them.
    pub groups: Vec<(VaultId, ObjectId)>,
    /// Only favourites.
    pub favourites: bool,
    /// Only what was opened lately.
    pub recent: bool,
}

impl ListFilters {
    /// Whether everything is let through.
    pub const fn is_empty(&self) -> bool {
        self.of.is_empty() && self.vaults.is_empty() && self.groups.is_empty() && !self.favourites && !self.recent
    }
}

/// Asks for a window of the list.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadRows {
    /// Of which list.
    pub query: ListQuery,
    /// The first row.
    pub offset: u32,
    /// How many rows, 100 at most.
    pub limit: u32,
}

/// A window of the list.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Rows {
    /// Rows in all.
    pub total: u32,
    /// The first row given.
    pub offset: u32,
    /// The rows.
    pub rows: Vec<Row>,
}

/// A resource in the list.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Row {
    /// Its vault.
    pub vault: VaultId,
    /// Its id.
    pub resource: ObjectId,
    /// Its name.
    pub name: String,
    /// Its type, as typed.
    pub resource_type: String,
    /// DNS name or the host of the URL.
    pub address: String,
    /// The user name of its only or first account.
    pub user_name: String,
    /// How many accounts it has.
    pub accounts: u32,
    /// Whether an account is privileged.
    pub privileged: bool,
    /// The worst strength among its secrets.
    pub strength: Option<u8>,
    /// Its newest change or that of an account, in milliseconds since 1970.
    pub changed: i64,
    /// Its tags.
    pub tags: Vec<String>,
    /// Who answers for it.
    pub owner: String,
    /// The department.
    pub department: String,
    /// The location.
    pub location: String,
    /// The first last valid day of its accounts.
    pub expiry: Option<sealward_client::model::Day>,
    /// Whether it is a favourite.
    pub favourite: bool,
    /// Whether the record failed its verification.
    pub damaged: bool,
}

/// Asks what a list could be filtered by.
#[derive(Serialize, Deserialize)]
pub struct ReadFacets {
    /// The list without its filters.
    pub query: ListQuery,
}

/// Asks for the next row whose name begins so.
#[derive(Serialize, Deserialize)]
pub struct FindRow {
    /// Of which list.
    pub query: ListQuery,
    /// From which row on; after the last comes the first.
    pub from: u32,
    /// In small letters.
    pub beginning: String,
}

/// Asks for the resources of a stretch of the list, to select them.
#[derive(Serialize, Deserialize)]
pub struct ReadItems {
    /// Of which list.
    pub query: ListQuery,
    /// The first row.
    pub first: u32,
    /// The row behind the last.
    pub end: u32,
}

/// The resources.
pub type Items = Vec<Item>;
