//! From a service's token to what a person's password and Secret Key give.
//!
//! ```text
//! root       = HKDF(seed, "token-root" ‖ suite ‖ team ‖ member)     in place of a stretched password
//! secret_key = HKDF(seed, "token-kit" ‖ suite ‖ team ‖ member)      in place of a Secret Key
//! ```

use super::{
    SecretBytes, derivation,
    password::{Root, SecretKey},
};
use sealward_contract::crypto::context::{Label, of_token_key};
use sealward_contract::ids::{MemberId, TeamId};

/// What a token gives: lock key, login key and kit tag come from these two as they do for a person.
pub struct TokenKeys {
    /// In place of a stretched password.
    pub root: Root,
    /// In place of a Secret Key.
    pub secret_key: SecretKey,
}

/// Derives what a token gives.
#[must_use]
pub fn derive_token_keys(seed: &SecretBytes<32>, team: &TeamId, member: &MemberId) -> TokenKeys {
    let root = derivation::derive(None, seed.expose(), &of_token_key(Label::TokenRoot, team, member));
    let secret_key = derivation::derive(None, seed.expose(), &of_token_key(Label::TokenKit, team, member));
    TokenKeys { root: Root::of_token(root), secret_key: SecretKey::of_token(secret_key) }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;
    use crate::crypto::{fixed::to_hex, password::derive_kit_tag};

    #[test]
    fn the_keys_of_a_token_are_frozen() {
        let (team, member) = (TeamId([0x11; 16]), MemberId([0x77; 16]));
        let seed = SecretBytes::from_slice(&[0x5a; 32]).unwrap();
        let keys = derive_token_keys(&seed, &team, &member);
        assert_eq!(to_hex(keys.secret_key.expose()), "0bad6e0d4879669e00c55433eaeb8465");
        assert_eq!(
            to_hex(keys.root.lock_key(&team).expose()),
            "07d35ad461805ffd01d8ba13176f9c02fa73baa89bfd1098143bc6f472b9007b"
        );
        assert_eq!(
            to_hex(keys.root.login_key(&team).expose_seed()),
            "535b005317c32a9c2baf29549de7fc398083d8ba1a83bad935178ce85f5aaee8"
        );
        assert_eq!(
            to_hex(derive_kit_tag(&keys.secret_key, &team).expose()),
            "2ae02f6ebae1b4200edcadfbbadf3db03610411b3b1a17321e13222b4d3c99c1"
        );
        let other = derive_token_keys(&seed, &team, &MemberId([0x78; 16]));
        assert!(other.root != keys.root && other.secret_key != keys.secret_key);
    }
}
