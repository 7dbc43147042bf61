//! People who are made members with a password.

use serde::{Deserialize, Serialize};

use super::{KitView, SecretText, VaultId, VaultRole};

/// Makes somebody a member, with a password and a kit that are handed to them.
#[derive(Serialize, Deserialize)]
pub struct AdmitPerson {
    /// What they sign in with.
    pub login_name: String,
    /// Roles in vaults; never that of a custodian.
    pub grants: Vec<(VaultId, VaultRole)>,
}

/// What is handed to somebody who was made a member; it is shown once.
#[derive(Serialize, Deserialize)]
pub struct PersonMade {
    /// Their first password.
    pub password: SecretText,
    /// Their first kit. Nothing of it is typed back here.
    pub kit: KitView,
}
