//! What statements say of a person's own keys.

use crate::{
    chain::TouchedVault,
    crypto::{Hash, SealingPublicKey, VerifyingKey},
};
use minicbor::{Decode, Encode};

/// A person replaces their keys: signed by the new signing key, and by the one in force over the same bytes.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode)]
pub struct ReplaceKeys {
    /// Verifies what they sign from now on.
    #[n(0)]
    pub signing: VerifyingKey,
    /// What envelopes to them are sealed to from now on.
    #[n(1)]
    pub sealing: SealingPublicKey,
    /// Verifies their signing in from now on.
    #[n(2)]
    pub login_key: VerifyingKey,
    /// SHA-256 of the new sealed bundle.
    #[n(3)]
    pub bundle: Hash,
    /// Every vault in which they have a role, by ascending id.
    #[n(4)]
    pub vaults: Vec<TouchedVault>,
    /// The statement that began the recovery by which they do, where they lost password or kit.
    #[n(5)]
    pub recovery: Option<u64>,
}
