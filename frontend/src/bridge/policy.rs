//! Password policies: which ones a vault knows, which hold where, and what they ask for.

use sealward_client::model::{PasswordPolicy, PasswordRules, PolicyRef};
use serde::{Deserialize, Serialize};

use super::{ObjectId, VaultId, Version};

/// Asks for a vault's policies.
#[derive(Serialize, Deserialize)]
pub struct ReadPolicies {
    /// The vault.
    pub vault: VaultId,
}

/// The policies of a vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VaultPolicies {
    /// The version of the vault that a change is based on.
    pub version: Version,
    /// What holds for everything in it that has none of its own.
    pub policy: Option<PolicyRef>,
    /// Its own policies.
    pub own: Vec<PasswordPolicy>,
}

/// A vault's new policies.
#[derive(Serialize, Deserialize)]
pub struct UpdatePolicies {
    /// The vault.
    pub vault: VaultId,
    /// What they are.
    pub policies: VaultPolicies,
}

/// Asks for the rules in force for an account.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadPasswordRules {
    /// Its vault.
    pub vault: VaultId,
    /// Its resource; `None` while that is being made.
    pub resource: Option<ObjectId>,
    /// Its own policy.
    pub own: Option<PolicyRef>,
}

/// What a password must be like; `None` where nothing is asked.
pub type RulesInForce = Option<PasswordRules>;
