//! The keys of an invitation, from the secret in its link.
//!
//! ```text
//! signing seed = HKDF(secret, "invitation-signing" ‖ suite ‖ team ‖ invitation)     Ed25519
//! sealing seed = HKDF(secret, "invitation-sealing" ‖ suite ‖ team ‖ invitation)     X-Wing
//! ```

use super::{SecretBytes, derivation, hpke::XWingSecret, signing::SigningKey};
use sealward_contract::crypto::context::{Label, of_invitation_key};
use sealward_contract::ids::{InviteId, TeamId};

/// What whoever holds the link can do: sign and unwrap for the invitation.
pub struct InvitationKeys {
    /// Signs for the invitation.
    pub signing: SigningKey,
    /// Unwraps what is wrapped to it.
    pub sealing: XWingSecret,
}

/// Derives the keys of an invitation.
#[must_use]
pub fn derive_invitation_keys(secret: &SecretBytes<32>, team: &TeamId, invite: &InviteId) -> InvitationKeys {
    let seed = |label| derivation::derive(None, secret.expose(), &of_invitation_key(label, team, invite));
    InvitationKeys {
        signing: SigningKey::from_seed(&seed(Label::InvitationSigning)),
        sealing: XWingSecret::new(seed(Label::InvitationSealing)),
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;
    use crate::crypto::fixed::to_hex;

    #[test]
    fn the_keys_of_an_invitation_are_frozen() {
        let secret = SecretBytes::from_slice(&[0x5a; 32]).unwrap();
        let keys = derive_invitation_keys(&secret, &TeamId([0x11; 16]), &InviteId([0x77; 16]));
        assert_eq!(
            to_hex(keys.signing.expose_seed()),
            "1bc1c04810ba5378a53e53d898e9f14ac12b98f107c2510ca35516bd421e0fdd"
        );
        assert_eq!(to_hex(keys.sealing.expose()), "27f112a16271f7021ee692c351fa20d45e691eed9b138e5766e30f95ad8998f2");
    }
}
