//! Policies of secrets: how many must approve, for how long, and on which conditions.

use serde::{Deserialize, Serialize};

use super::{MemberId, ObjectId, VaultId, Wanted};

/// What a policy is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub enum PolicyPlace {
    /// The whole vault.
    Vault,
    /// A resource and its accounts.
    Resource(ObjectId),
    /// An account of a resource.
    Account(ObjectId, ObjectId),
}

/// Asks which policy holds in a place.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReadLeasePolicy {
    /// The vault.
    pub vault: VaultId,
    /// The place in it.
    pub place: PolicyPlace,
}

/// Which policy holds in a place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeasePolicyView {
    /// The place's own.
    pub own: Option<LeasePolicy>,
    /// What holds where it has none.
    pub around: Option<LeasePolicy>,
    /// The vault's custodians and their login names.
    pub custodians: Vec<(MemberId, String)>,
    /// The login names of those whom the policy names and who are no custodians any more: they are left out of it here.
    pub gone: Vec<String>,
    /// The services that have a role in it: they approve where they are named.
    pub services: Vec<(MemberId, String)>,
}

/// How secrets are come by.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeasePolicy {
    /// How many must approve: 0 to 3.
    pub approvals: u8,
    /// Whether a reason is asked for.
    pub reason: Wanted,
    /// Whether one person has a secret at a time.
    pub exclusive: bool,
    /// Longest lease in seconds; `None` for an hour.
    pub longest: Option<u32>,
    /// Whether a ticket is asked for.
    pub ticket: Wanted,
    /// What it has to match.
    pub ticket_pattern: Option<String>,
    /// Whether a second factor is asked for.
    pub factor: bool,
    /// Whether the secret is to be changed after each lease.
    pub change_after_use: bool,
    /// For how many seconds a request waits; `None` for three days.
    pub waits: Option<u32>,
    /// Who approves; every custodian where nobody is named.
    pub approvers: Vec<MemberId>,
    /// The custodians who need no approval; `None` for all of them.
    pub exempt: Option<Vec<MemberId>>,
    /// Who may take a secret at once in an emergency.
    pub break_glass: Vec<MemberId>,
}

/// Sets a place's policy, or takes it away so that the one around it holds.
#[derive(Serialize, Deserialize)]
pub struct SetLeasePolicy {
    /// The vault.
    pub vault: VaultId,
    /// The place in it.
    pub place: PolicyPlace,
    /// The policy.
    pub policy: Option<LeasePolicy>,
    /// Whether the secrets that are there are sealed anew, so that it holds for them too.
    pub reseal: bool,
}
