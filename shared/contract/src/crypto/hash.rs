//! SHA-256.

use crate::bytes::{base64_bytes, fixed_bytes};
use sha2::{Digest, Sha256};

fixed_bytes!(
    /// A SHA-256 hash.
    Hash,
    32
);
base64_bytes!(Hash);

impl Hash {
    /// Stands where nothing came before.
    pub const ZERO: Self = Self([0; 32]);
}

/// SHA-256 of the bytes.
#[must_use]
pub fn hash(bytes: &[u8]) -> Hash {
    Hash(Sha256::digest(bytes).into())
}

/// SHA-256 of the parts one after the other; the caller sees to it that their lengths are fixed or stand in them.
#[must_use]
pub fn hash_parts(parts: &[&[u8]]) -> Hash {
    let mut digest = Sha256::new();
    for part in parts {
        digest.update(part);
    }
    Hash(digest.finalize().into())
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn agrees_with_fips_180_4() {
        let expected = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        let hex: String = hash(b"abc").0.iter().map(|byte| format!("{byte:02x}")).collect();
        assert_eq!(hex, expected);
        assert_eq!(hash_parts(&[b"a", b"bc"]), hash(b"abc"));
    }
}
