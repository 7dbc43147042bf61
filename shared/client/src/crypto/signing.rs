//! Ed25519 signatures over a label and the exact bytes. Verification is not here: it is strict,
//! and it is the contract's, so that client and server judge alike.

use ed25519_dalek::Signer;
use rand_core::CryptoRng;
use sealward_contract::codec;
use sealward_contract::crypto::context::Label;
use sealward_contract::crypto::{Signature, Signed, SignedKind, VerifyingKey};
use zeroize::ZeroizeOnDrop;

use super::SecretBytes;

/// A key that signs: a member's identity, a login key, an invitation's.
pub struct SigningKey(Box<ed25519_dalek::SigningKey>);

impl SigningKey {
    /// Makes a random one.
    pub fn make(randomness: &mut dyn CryptoRng) -> Self {
        Self::from_seed(&SecretBytes::make(randomness))
    }

    /// The key of a seed (RFC 8032's secret key).
    #[must_use]
    pub fn from_seed(seed: &SecretBytes<32>) -> Self {
        Self(Box::new(ed25519_dalek::SigningKey::from_bytes(seed.expose())))
    }

    /// The seed itself, for sealing it.
    #[must_use]
    pub fn expose_seed(&self) -> &[u8; 32] {
        self.0.as_bytes()
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> VerifyingKey {
        VerifyingKey(self.0.verifying_key().to_bytes())
    }

    /// Signs an object under its kind's label.
    #[must_use]
    pub fn sign<T: SignedKind>(&self, value: T) -> Signed<T> {
        let signature = self.sign_bytes(T::LABEL, &codec::encode(&value));
        Signed::new(value, signature)
    }

    /// Signs `label ‖ bytes`.
    #[must_use]
    pub fn sign_bytes(&self, label: Label, bytes: &[u8]) -> Signature {
        Signature(self.0.sign(&label.join(&[bytes])).to_bytes())
    }
}

impl PartialEq for SigningKey {
    fn eq(&self, other: &Self) -> bool {
        use subtle::ConstantTimeEq;
        self.expose_seed().ct_eq(other.expose_seed()).into()
    }
}

impl Eq for SigningKey {}

impl ZeroizeOnDrop for SigningKey {}

#[cfg(test)]
mod tests {
    use super::SigningKey;
    use crate::crypto::fixed::{FixedRandomness, to_hex};
    use sealward_contract::crypto::context::Label;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn signatures_are_frozen() {
        let key = SigningKey::make(&mut FixedRandomness::new());
        assert_eq!(to_hex(&key.public().0), "03a107bff3ce10be1d70dd18e74bc09967e4d6309ba50d5f1ddc8664125531b8");
        let expected = "8f30b21abd39d0aa9dfc011780c48cd0c3136e022c65d000228899f73d487a4d66ead5256dfb9afb\
                        2c7373396b2d9dbe211d106ec223512a037c0af27ea3fb01";
        assert_eq!(to_hex(&key.sign_bytes(Label::Head, b"bytes").0), expected);
    }

    #[test]
    fn the_contract_verifies_what_is_signed_here() {
        let key = SigningKey::make(&mut FixedRandomness::new());
        let signature = key.sign_bytes(Label::Head, b"bytes");
        assert!(key.public().check().is_ok());
        assert!(key.public().verify(Label::Head, b"bytes", &signature).is_ok());
        assert!(key.public().verify(Label::Record, b"bytes", &signature).is_err());
        assert!(key.public().verify(Label::Head, b"byte", &signature).is_err());
    }
}
