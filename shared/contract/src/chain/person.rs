//! What statements say of people whose first keys somebody else makes.

use crate::{
    chain::{MemberKeys, TouchedVault, VaultGrant},
    crypto::{SealingPublicKey, VerifyingKey},
    ids::MemberId,
    text::LoginName,
};
use minicbor::{Decode, Encode};

/// A person becomes a member at once. Their first keys are made by the client of whoever admits them, and handed to them with
/// a kit and a password; until the person has replaced all of these, nothing that the member signs counts but that.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct AdmitPerson {
    /// Name and public keys.
    #[n(0)]
    pub keys: MemberKeys,
    /// Roles in vaults, each vault once.
    #[n(1)]
    pub grants: Vec<VaultGrant>,
}

/// A person becomes a member who has no keys yet: known by a name, and able to do nothing until somebody makes them keys.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct RegisterPerson {
    /// Who.
    #[n(0)]
    pub member: MemberId,
    /// What they will sign in with.
    #[n(1)]
    pub login_name: LoginName,
}

/// A person who has no keys, or still those that somebody else made, gets keys that the author's client made. Until the person
/// has replaced these, nothing that the member signs counts but that.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct SetPassword {
    /// Whose.
    #[n(0)]
    pub member: MemberId,
    /// Verifies what they sign from now on.
    #[n(1)]
    pub signing: VerifyingKey,
    /// What envelopes to them are sealed to from now on.
    #[n(2)]
    pub sealing: SealingPublicKey,
    /// Roles in vaults, each vault once; none but with the first keys.
    #[n(3)]
    pub grants: Vec<VaultGrant>,
    /// Every vault in which they have a role already, by ascending id.
    #[n(4)]
    pub vaults: Vec<TouchedVault>,
}
