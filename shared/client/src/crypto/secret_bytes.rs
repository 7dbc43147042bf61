//! Secret bytes of a fixed length: on the heap, wiped when dropped, compared in constant time.
//! They have no Debug, no Clone and no Serialize, and neither has anything that holds them.

use rand_core::CryptoRng;
use subtle::{Choice, ConstantTimeEq};
use zeroize::{Zeroize, ZeroizeOnDrop};

/// `N` secret bytes. Boxed, so that moving them leaves no copy on the stack.
pub struct SecretBytes<const N: usize>(Box<[u8; N]>);

impl<const N: usize> SecretBytes<N> {
    /// Makes random bytes.
    pub fn make(randomness: &mut dyn CryptoRng) -> Self {
        Self::filled(|bytes| randomness.fill_bytes(bytes))
    }

    /// Lets `fill` write the bytes where they will stay.
    pub(super) fn filled(fill: impl FnOnce(&mut [u8; N])) -> Self {
        let mut bytes = Self(Box::new([0; N]));
        fill(&mut bytes.0);
        bytes
    }

    /// Copies bytes that came from somewhere else. None if there are not exactly `N`.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        let bytes: &[u8; N] = bytes.try_into().ok()?;
        Some(Self::filled(|own| own.copy_from_slice(bytes)))
    }

    /// The bytes themselves.
    #[must_use]
    pub fn expose(&self) -> &[u8; N] {
        &self.0
    }
}

impl SecretBytes<64> {
    /// The first half and the second.
    pub(super) fn split(&self) -> (SecretBytes<32>, SecretBytes<32>) {
        let (first, second) = self.0.split_at(32);
        let half = |bytes: &[u8]| SecretBytes::filled(|own: &mut [u8; 32]| own.copy_from_slice(bytes));
        (half(first), half(second))
    }
}

impl<const N: usize> ConstantTimeEq for SecretBytes<N> {
    fn ct_eq(&self, other: &Self) -> Choice {
        self.0.as_slice().ct_eq(other.0.as_slice())
    }
}

impl<const N: usize> PartialEq for SecretBytes<N> {
    fn eq(&self, other: &Self) -> bool {
        self.ct_eq(other).into()
    }
}

impl<const N: usize> Eq for SecretBytes<N> {}

impl<const N: usize> Drop for SecretBytes<N> {
    fn drop(&mut self) {
        self.0.zeroize();
    }
}

impl<const N: usize> ZeroizeOnDrop for SecretBytes<N> {}

#[cfg(test)]
mod tests {
    use super::SecretBytes;
    use crate::crypto::fixed::FixedRandomness;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn equality_and_length() {
        let made = SecretBytes::<4>::make(&mut FixedRandomness::new());
        assert!(SecretBytes::<4>::from_slice(&[0, 1, 2, 3]).unwrap() == made);
        assert!(SecretBytes::<4>::from_slice(&[0, 1, 2, 4]).unwrap() != made);
        assert!(SecretBytes::<4>::from_slice(&[0, 1, 2]).is_none());
        assert!(SecretBytes::<4>::from_slice(&[0, 1, 2, 3, 4]).is_none());
    }
}
