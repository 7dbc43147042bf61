//! Values that show which key, or which equal content, without showing either.
//!
//! A **commitment** to a vault key stands in the chain: whoever unwraps the key checks it, so a server
//! cannot swap keys. A **tag** is equal for equal content under one key and random to all others.

use sealward_contract::crypto::Hash;
use sealward_contract::crypto::context::Label;
use subtle::ConstantTimeEq;

use super::derivation;
use super::sealing::SealingKey;

/// `HKDF(key, context)`, 32 bytes. The context is one of [`Label::KeyCommitment`], for a vault's key or the directory's.
#[must_use]
pub fn derive_commitment(key: &SealingKey, context: &[u8]) -> Hash {
    Hash(*derivation::derive(None, key.expose(), context).expose())
}

/// Whether this is the key committed to.
#[must_use]
pub fn is_committed(key: &SealingKey, context: &[u8], commitment: &Hash) -> bool {
    derive_commitment(key, context).0.ct_eq(&commitment.0).into()
}

/// Equal for equal content under one key and label: how reused secrets, and rows that were
/// imported before, are found again without being kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct KeyedTag(pub [u8; 16]);

/// `HKDF(key, label ‖ content)`, 16 bytes. The content may be a secret.
#[must_use]
pub fn derive_tag(key: &SealingKey, label: Label, content: &[u8]) -> KeyedTag {
    let length = (content.len() as u64).to_be_bytes();
    KeyedTag(*derivation::derive_from_parts(key.expose(), &[&label.join(&[]), &length, content]).expose())
}

#[cfg(test)]
mod tests {
    use super::{derive_commitment, derive_tag, is_committed};
    use crate::crypto::fixed::{FixedRandomness, to_hex};
    use crate::crypto::sealing::SealingKey;
    use sealward_contract::crypto::context::Label;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn commitments_and_tags_are_frozen() {
        let key = SealingKey::make(&mut FixedRandomness::new());
        assert_eq!(
            to_hex(&derive_commitment(&key, b"context").0),
            "233711627fa14bf1a4d4e7b2e57714e9c1df4a01328a275dbf0e4e10dafeb8a4"
        );
        assert_eq!(to_hex(&derive_tag(&key, Label::ReuseTag, b"content").0), "c33fcd89d374f63b07e270da8421d6de");
    }

    #[test]
    fn another_key_label_or_content_differs() {
        let mut randomness = FixedRandomness::new();
        let key = SealingKey::make(&mut randomness);
        let other = SealingKey::make(&mut randomness);
        let commitment = derive_commitment(&key, b"context");
        assert!(is_committed(&key, b"context", &commitment));
        assert!(!is_committed(&key, b"contexu", &commitment));
        assert!(!is_committed(&other, b"context", &commitment));
        let tag = derive_tag(&key, Label::ReuseTag, b"content");
        assert_ne!(tag, derive_tag(&other, Label::ReuseTag, b"content"));
        assert_ne!(tag, derive_tag(&key, Label::ImportTag, b"content"));
        assert_ne!(tag, derive_tag(&key, Label::ReuseTag, b"contenu"));
    }
}
