//! Where random bytes come from. Everything that needs them takes them as an argument; this is
//! the one source that the program itself passes in.

use core::convert::Infallible;

use getrandom::SysRng;
pub use rand_core::CryptoRng;
use rand_core::{TryCryptoRng, TryRng, UnwrapErr};

/// The system's randomness: `getrandom(2)` natively, `crypto.getRandomValues` in the browser.
/// Without it there is nothing safe left to do, so a failure ends the program.
pub struct OsRandom(UnwrapErr<SysRng>);

impl OsRandom {
    /// The system's randomness.
    #[must_use]
    pub fn new() -> Self {
        Self(UnwrapErr(SysRng))
    }
}

impl Default for OsRandom {
    fn default() -> Self {
        Self::new()
    }
}

impl TryRng for OsRandom {
    type Error = Infallible;

    fn try_next_u32(&mut self) -> Result<u32, Infallible> {
        self.0.try_next_u32()
    }

    fn try_next_u64(&mut self) -> Result<u64, Infallible> {
        self.0.try_next_u64()
    }

    fn try_fill_bytes(&mut self, bytes: &mut [u8]) -> Result<(), Infallible> {
        self.0.try_fill_bytes(bytes)
    }
}

impl TryCryptoRng for OsRandom {}

#[cfg(test)]
mod tests {
    use super::OsRandom;
    use crate::crypto::SecretBytes;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn the_system_gives_fresh_bytes() {
        let first = SecretBytes::<32>::make(&mut OsRandom::new());
        assert!(first != SecretBytes::<32>::make(&mut OsRandom::new()));
        assert!(first.expose() != &[0; 32]);
    }
}
