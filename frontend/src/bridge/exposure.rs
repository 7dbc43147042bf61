//! Who could open what: worked out from the team's history and the headers of secrets, without asking for any.

use serde::{Deserialize, Serialize};

use super::{InvitationState, Item, MemberId, ObjectId, VaultId, VaultRole};

/// Asks who could open the present secret of an account.
#[derive(Serialize, Deserialize)]
pub struct ReadHolders {
    /// Its vault.
    pub vault: VaultId,
    /// The account.
    pub account: ObjectId,
}

/// Why somebody could open a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Reason {
    /// By a role in the vault.
    Role(VaultRole),
    /// By an invitation's link, which a role comes with.
    Invited(VaultRole, InvitationState),
    /// By having written it.
    Wrote,
    /// By having made the token of a service, of which this is the name.
    MadeToken(String),
    /// By having made the first keys of this person.
    MadeKeys(String),
    /// By keys that were replaced since, and what the role gave.
    FormerKeys(VaultRole),
}

/// Somebody who could open a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct HolderRow {
    /// The login name; of a link that of whoever made it.
    pub who: String,
    /// Whether it is the person.
    pub own: bool,
    /// Why.
    pub why: Reason,
    /// Since when, in milliseconds since 1970.
    pub since: i64,
    /// When the right was lost; `None` while it is there.
    pub lost: Option<i64>,
}

/// Asks for the exposed secrets.
#[derive(Serialize, Deserialize)]
pub struct ReadExposed;

/// The exposed secrets of all vaults in which the person opens secrets.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ExposedView {
    /// The secrets, those exposed last first.
    pub rows: Vec<ExposedRow>,
    /// How many secrets were looked at.
    pub secrets: u32,
}

/// An exposed secret, and because of whom.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExposedRow {
    /// Which.
    pub secret: SecretNamed,
    /// The login name of whoever could open it.
    pub who: String,
    /// Why they could.
    pub why: Reason,
    /// Since when they have no right to it, in milliseconds since 1970.
    pub since: i64,
}

/// A secret by its names.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct SecretNamed {
    /// Its account.
    pub item: Item,
    /// The name of its account.
    pub account: String,
    /// The name of its resource.
    pub resource: String,
    /// The type of its resource.
    pub resource_type: String,
    /// The name of its vault.
    pub vault: String,
}

/// Asks what a member could open in a time.
#[derive(Serialize, Deserialize)]
pub struct ReadReach {
    /// Who.
    pub member: MemberId,
    /// From when, in milliseconds since 1970.
    pub from: u64,
    /// Until when.
    pub until: u64,
}

/// What a member could open.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct ReachView {
    /// The secrets, by vault and name.
    pub rows: Vec<ReachRow>,
    /// In how many vaults they had a role then that the person does not look into.
    pub unseen: u32,
}

/// A secret that a member could open.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReachRow {
    /// Which.
    pub secret: SecretNamed,
    /// By which role.
    pub role: VaultRole,
    /// Whether the present version is another than that day's.
    pub changed: bool,
    /// Since when it is exposed by this member, in milliseconds since 1970.
    pub exposed: Option<i64>,
}
