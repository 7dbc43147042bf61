//! What the page and the program agree on that hands it out on its own machine (`sealward web`). A port is anybody's once the
//! program has ended: so the page has whoever listens there prove that it knows the key, before it is told anything again.

use base64ct::{Base64UrlUnpadded, Encoding};
use sealward_contract::crypto::hash_parts;
use zeroize::Zeroizing;

/// The header that carries the key of a call.
pub const KEY: &str = "sealward-web";
/// Where the key is proved: a nonce goes there, and [`prove`]'s text comes back.
pub const PROOF: &str = "/local/proof";
/// Bytes of a key, and of a nonce.
pub const LENGTH: usize = 32;

/// What only who knows the key can say of a nonce; `None` where either is none.
#[must_use]
pub fn prove(key: &str, nonce: &[u8]) -> Option<String> {
    let key = Zeroizing::new(Base64UrlUnpadded::decode_vec(key).ok()?);
    if key.len() != LENGTH || nonce.len() != LENGTH {
        return None;
    }
    Some(Base64UrlUnpadded::encode_string(&hash_parts(&[b"sealward web", &key, nonce]).0))
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn a_key_is_proved_for_one_nonce() {
        let key = "AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8";
        // By Python's hashlib: sha256(b"sealward web" + bytes(range(32)) + bytes([7] * 32)).
        assert_eq!(prove(key, &[7; 32]).as_deref(), Some("9m4zF1VE01gl1WjSLVwxl39dFxdGB0iMPxbZmzTLy4Y"));
        assert_ne!(prove(key, &[8; 32]), prove(key, &[7; 32]));
        assert_eq!((prove(key, &[7; 31]), prove("AAEC", &[7; 32]), prove("?", &[7; 32])), (None, None, None));
    }
}
