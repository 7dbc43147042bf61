//! What a device needs to sign in besides the password.

use crate::crypto::{SecretBytes, password::SecretKey};
use sealward_contract::{crypto::Hash, ids::TeamId, text::LoginName};

/// A team, a login name, a Secret Key, and the origin that the person was given.
pub struct Device {
    /// The team.
    pub team: TeamId,
    /// The login name.
    pub login_name: LoginName,
    /// Origin of the server, such as `https://vault.example`.
    pub origin: String,
    /// The Secret Key.
    pub secret_key: SecretKey,
}

impl Device {
    /// A copy, made on purpose: for the device's store, or for the next session.
    #[must_use]
    pub fn duplicate(&self) -> Option<Self> {
        Some(Self {
            team: self.team,
            login_name: self.login_name.clone(),
            origin: self.origin.clone(),
            secret_key: SecretKey::from_slice(self.secret_key.expose())?,
        })
    }
}

/// Tag of a Secret Key: by it the server tells its owner, and nobody else, that only the password was wrong.
#[must_use]
pub fn kit_tag(secret_key: &SecretKey, team: &TeamId) -> Hash {
    let tag: SecretBytes<32> = crate::crypto::password::derive_kit_tag(secret_key, team);
    Hash(*tag.expose())
}
