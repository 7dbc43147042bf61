//! What statements say of people whose first keys somebody else makes.

use crate::chain::{MemberKeys, VaultGrant};
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
