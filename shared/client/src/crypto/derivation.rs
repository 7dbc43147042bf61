//! HKDF-SHA-256 (RFC 5869), the only key derivation of the suite.

use hkdf::Hkdf;
use sha2::Sha256;

use super::SecretBytes;

/// `HKDF-Expand(HKDF-Extract(salt, key), info)`, `N` bytes. No salt means 32 zero bytes, as the RFC says.
pub(super) fn derive<const N: usize>(salt: Option<&[u8]>, key: &[u8], info: &[u8]) -> SecretBytes<N> {
    expand_into(&Hkdf::new(salt, key), &[info])
}

/// `HKDF(key, info)` where the info comes in parts, one of which may be secret: they are not copied together.
pub(super) fn derive_from_parts<const N: usize>(key: &[u8], info: &[&[u8]]) -> SecretBytes<N> {
    expand_into(&Hkdf::new(None, key), info)
}

/// `HKDF-Extract(salt, key)`.
pub(super) fn extract(salt: &[u8], key: &[u8]) -> SecretBytes<32> {
    SecretBytes::filled(|root| root.copy_from_slice(&Hkdf::<Sha256>::extract(Some(salt), key).0))
}

/// `HKDF-Expand(root, info)`, `N` bytes.
#[expect(clippy::expect_used, reason = "32 bytes are a whole pseudorandom key of SHA-256")]
pub(super) fn expand<const N: usize>(root: &SecretBytes<32>, info: &[u8]) -> SecretBytes<N> {
    expand_into(&Hkdf::from_prk(root.expose()).expect("a whole key"), &[info])
}

#[expect(clippy::expect_used, reason = "the length is checked when this is compiled")]
fn expand_into<const N: usize>(hkdf: &Hkdf<Sha256>, info: &[&[u8]]) -> SecretBytes<N> {
    const { assert!(N <= 255 * 32) };
    SecretBytes::filled(|bytes| hkdf.expand_multi_info(info, bytes).expect("a length that HKDF can give"))
}
