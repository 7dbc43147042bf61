//! What statements say of services: members that are no persons and sign in by a token.

use crate::{
    chain::{MemberKeys, TouchedVault, VaultGrant, VaultRole},
    crypto::{SealingPublicKey, VerifyingKey},
    host::Host,
    ids::{MemberId, Timestamp, VaultId},
};
use minicbor::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A service becomes a member. Its keys are made by whoever admits it, and go into the token that only they are shown.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct Admit {
    /// Its name and public keys.
    #[n(0)]
    pub keys: MemberKeys,
    /// What binds it.
    #[n(1)]
    pub terms: ServiceTerms,
    /// Roles in vaults, each vault once.
    #[n(2)]
    pub grants: Vec<VaultGrant>,
}

/// What binds a service besides its roles.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ServiceTerms {
    /// From when on its signatures count no more; `None` where they always do.
    #[n(0)]
    pub expires: Option<Timestamp>,
    /// Where it may sign in from, each host once; anywhere where there is none. Only the server can enforce it.
    #[n(1)]
    pub hosts: Vec<Host>,
    /// How much it may have.
    #[n(2)]
    pub scope: ServiceScope,
    /// The vault that it uses where none is named.
    #[n(3)]
    pub vault: Option<VaultId>,
}

/// How much a service may have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, Serialize, Deserialize, JsonSchema)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum ServiceScope {
    /// What its roles in vaults give.
    #[n(0)]
    Roles,
    /// It may ask for secrets and holds no key that opens one: it is a viewer at most.
    #[n(1)]
    Requests,
}

impl ServiceScope {
    /// The most that a service may be in a vault: never a custodian, for nobody stands behind it.
    #[must_use]
    pub const fn highest_role(self) -> VaultRole {
        match self {
            Self::Roles => VaultRole::Editor,
            Self::Requests => VaultRole::Viewer,
        }
    }
}

/// Other terms for a service.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SetService {
    /// Which.
    #[n(0)]
    pub member: MemberId,
    /// All of its terms.
    #[n(1)]
    pub terms: ServiceTerms,
}

/// A service gets new keys, and with them another token: the old ones sign nothing any more.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RenewService {
    /// Which.
    #[n(0)]
    pub member: MemberId,
    /// Verifies what it signs from now on.
    #[n(1)]
    pub signing: VerifyingKey,
    /// What envelopes to it are sealed to from now on.
    #[n(2)]
    pub sealing: SealingPublicKey,
    /// All of its terms.
    #[n(3)]
    pub terms: ServiceTerms,
    /// Every vault in which it has a role, or gets one back, by ascending id.
    #[n(4)]
    pub vaults: Vec<TouchedVault>,
}
