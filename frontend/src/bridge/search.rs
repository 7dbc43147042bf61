//! Searching over the whole catalog.

use sealward_client::model::SecretType;
use serde::{Deserialize, Serialize};

use super::Item;

/// Asks for hits.
#[derive(Serialize, Deserialize)]
pub struct Search {
    /// As typed.
    pub query: String,
    /// At most so many.
    pub limit: u16,
}

/// A hit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Hit {
    /// What was found.
    pub item: Item,
    /// Its icon.
    pub icon: HitIcon,
    /// Its name.
    pub title: String,
    /// The characters of the title that matched, as (first, behind the last).
    pub title_matches: Vec<(u16, u16)>,
    /// User name, address, or whatever field matched.
    pub detail: String,
    /// The characters of the detail that matched.
    pub detail_matches: Vec<(u16, u16)>,
    /// The name of the vault, then of what is around it.
    pub path: Vec<String>,
}

/// Which icon a hit has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum HitIcon {
    /// A vault.
    Vault,
    /// A resource group.
    ResourceGroup,
    /// A resource of this type.
    Resource(String),
    /// An account with this kind of secret.
    Account(SecretType),
}
