//! The columns of a list, and how their values are compared.

use crate::search::SortKey;
use serde::{Deserialize, Serialize};
use std::cmp::Ordering;

/// A column.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// The name.
    #[default]
    Name,
    /// The type.
    Type,
    /// DNS name or host.
    Address,
    /// The user name of the first account.
    UserName,
    /// How many accounts.
    Accounts,
    /// The weakest secret.
    Strength,
    /// The newest change.
    Changed,
    /// Tags.
    Tags,
    /// Who answers for it.
    Owner,
    /// The department.
    Department,
    /// The location.
    Location,
    /// The first last valid day of its accounts.
    Expiry,
    /// When it was last opened on this device; no column that is shown.
    Opened,
}

impl Column {
    /// All that can be shown, in their order.
    pub const ALL: [Self; 12] = [
        Self::Name,
        Self::Type,
        Self::Address,
        Self::UserName,
        Self::Accounts,
        Self::Strength,
        Self::Changed,
        Self::Tags,
        Self::Owner,
        Self::Department,
        Self::Location,
        Self::Expiry,
    ];
}

/// An order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Sort {
    /// By what.
    pub column: Column,
    /// The largest first.
    pub down: bool,
}

/// A value to sort by.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SortValue {
    /// Nothing: stands at the end in both directions.
    Nothing,
    /// A number.
    Number(i64),
    /// A text.
    Text(SortKey),
}

impl SortValue {
    pub(super) fn compare(&self, other: &Self, down: bool) -> Ordering {
        let ascending = match (self, other) {
            (Self::Nothing, Self::Nothing) => return Ordering::Equal,
            (Self::Nothing, _) => return Ordering::Greater,
            (_, Self::Nothing) => return Ordering::Less,
            (Self::Number(a), Self::Number(b)) => a.cmp(b),
            (Self::Text(a), Self::Text(b)) => a.cmp(b),
            (Self::Number(_), Self::Text(_)) => Ordering::Less,
            (Self::Text(_), Self::Number(_)) => Ordering::Greater,
        };
        if down { ascending.reverse() } else { ascending }
    }
}
