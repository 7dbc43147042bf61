//! What is known of the health of all secrets, worked out from facts alone.

use sealward_client::listing::Tally;
use serde::{Deserialize, Serialize};

use super::{Check, Item, VaultId};

/// Asks for the report.
#[derive(Serialize, Deserialize)]
pub struct ReadHealth;

/// The report.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Health {
    /// Whether all facts are here; some may still be fetched.
    pub complete: bool,
    /// Over everything.
    pub all: Tally,
    /// From 0 to 100; `None` without accounts.
    pub score: Option<u8>,
    /// By vault, the worst first.
    pub vaults: Vec<VaultHealth>,
    /// What to look at, by kind.
    pub findings: Vec<Finding>,
}

/// A vault.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct VaultHealth {
    /// Which.
    pub vault: VaultId,
    /// Its name.
    pub name: String,
    /// Its counts.
    pub tally: Tally,
    /// From 0 to 100; `None` without accounts.
    pub score: Option<u8>,
}

/// What a check found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Finding {
    /// The check.
    pub check: Check,
    /// How many accounts.
    pub count: u32,
    /// The worst few.
    pub worst: Vec<Found>,
}

/// An account that was found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Found {
    /// Which.
    pub item: Item,
    /// The name of its resource.
    pub resource: String,
    /// The type of its resource.
    pub resource_type: String,
    /// Its name.
    pub account: String,
    /// Whether it can do more than others.
    pub privileged: bool,
    /// How hard its secret is to guess.
    pub strength: Option<u8>,
    /// The day that counts for the check: of the change, or the last valid one.
    pub day: Option<sealward_client::model::Day>,
}
