//! From password and Secret Key to the two keys of signing in. Nothing here comes from a server: the
//! suite has one cost, in every build, so there is nothing to downgrade.
//!
//! ```text
//! stretched = Argon2id(NFKC(password), salt = HKDF(secret_key, "salt"))
//! root      = HKDF-Extract(salt = secret_key, ikm = stretched)
//! lock_key  = HKDF-Expand(root, "lock" ‖ team id)
//! login_key = HKDF-Expand(root, "login" ‖ team id)
//! ```

use argon2::{Algorithm, Argon2, Block, Params, Version};
use rand_core::CryptoRng;
use sealward_contract::crypto::context::{Label, of_team_key};
use sealward_contract::ids::TeamId;
use sealward_contract::suite::{ARGON2_LANES, ARGON2_MEMORY_KIB, ARGON2_PASSES};
use unicode_normalization::UnicodeNormalization;
use zeroize::Zeroizing;

use super::sealing::SealingKey;
use super::signing::SigningKey;
use super::{SecretBytes, derivation};

/// NFKC makes UTF-8 at most this many times longer (UAX #15).
const NFKC_GROWTH: usize = 11;

/// 128 random bits that a person's devices keep: without them no password can be tried.
#[derive(PartialEq, Eq)]
pub struct SecretKey(SecretBytes<16>);

impl SecretKey {
    /// Makes a random one.
    pub fn make(randomness: &mut dyn CryptoRng) -> Self {
        Self(SecretBytes::make(randomness))
    }

    /// Takes one that was typed or remembered. None if it is not 16 bytes.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        SecretBytes::from_slice(bytes).map(Self)
    }

    /// What a service's token gives in its place.
    pub(super) fn of_token(bytes: SecretBytes<16>) -> Self {
        Self(bytes)
    }

    /// The key itself, for the emergency kit and for the device that remembers it.
    #[must_use]
    pub fn expose(&self) -> &[u8; 16] {
        self.0.expose()
    }
}

/// `HKDF(secret_key, "kit-tag" ‖ team id)`: says nothing of the key, and only who has the key can say it.
#[must_use]
pub fn derive_kit_tag(secret_key: &SecretKey, team: &TeamId) -> SecretBytes<32> {
    derivation::derive(None, secret_key.expose(), &of_team_key(Label::KitTag, team))
}

/// What password and Secret Key give together.
#[derive(PartialEq, Eq)]
pub struct Root(SecretBytes<32>);

impl Root {
    /// What a service's token gives in place of a password.
    pub(super) fn of_token(bytes: SecretBytes<32>) -> Self {
        Self(bytes)
    }

    /// The key that seals the member's identity bundle.
    #[must_use]
    pub fn lock_key(&self, team: &TeamId) -> SealingKey {
        SealingKey::new(derivation::expand(&self.0, &of_team_key(Label::LockKey, team)))
    }

    /// The key that signs in; the server keeps its public half.
    #[must_use]
    pub fn login_key(&self, team: &TeamId) -> SigningKey {
        SigningKey::from_seed(&derivation::expand(&self.0, &of_team_key(Label::LoginKey, team)))
    }
}

/// The device has not the memory that stretching a password takes: 64 MiB in this suite.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not enough memory to stretch a password")]
pub struct OutOfMemory;

/// Stretches a password. Takes a noticeable part of a second, on purpose.
///
/// # Errors
/// [`OutOfMemory`] when 64 MiB cannot be had.
pub fn stretch(password: &str, secret_key: &SecretKey) -> Result<Root, OutOfMemory> {
    let salt: SecretBytes<32> = derivation::derive(None, secret_key.expose(), &Label::PasswordSalt.join(&[]));
    let stretched = stretch_with(password, salt.expose())?;
    Ok(Root(derivation::extract(secret_key.expose(), &*stretched)))
}

/// The key of an encrypted backup, at the same cost. No Secret Key stands behind it: the password is all that protects.
///
/// ```text
/// key = HKDF(salt, Argon2id(NFKC(password), salt), "backup-key")
/// ```
///
/// # Errors
/// [`OutOfMemory`] when 64 MiB cannot be had.
pub fn stretch_for_backup(password: &str, salt: &[u8; 32]) -> Result<SealingKey, OutOfMemory> {
    let stretched = stretch_with(password, salt)?;
    Ok(SealingKey::new(derivation::derive(Some(salt), &*stretched, &Label::BackupKey.join(&[]))))
}

fn stretch_with(password: &str, salt: &[u8; 32]) -> Result<Zeroizing<[u8; 32]>, OutOfMemory> {
    let mut normalised = Zeroizing::new(String::with_capacity(password.len().saturating_mul(NFKC_GROWTH)));
    normalised.extend(password.nfkc());

    let params = Params::new(ARGON2_MEMORY_KIB, ARGON2_PASSES, ARGON2_LANES, Some(32)).map_err(|_| OutOfMemory)?;
    run(&Argon2::new(Algorithm::Argon2id, Version::V0x13, params), normalised.as_bytes(), salt)
}

/// Argon2 in memory that is asked for before, and wiped. It gives 32 bytes.
///
/// # Errors
/// [`OutOfMemory`] when the memory cannot be had.
pub(crate) fn run(argon2: &Argon2<'_>, password: &[u8], salt: &[u8]) -> Result<Zeroizing<[u8; 32]>, OutOfMemory> {
    let blocks = argon2.params().block_count();
    let mut memory = Zeroizing::new(Vec::new());
    memory.try_reserve_exact(blocks).map_err(|_| OutOfMemory)?;
    memory.resize(blocks, Block::new());

    let mut stretched = Zeroizing::new([0; 32]);
    argon2.hash_password_into_with_memory(password, salt, &mut *stretched, &mut **memory).map_err(|_| OutOfMemory)?;
    Ok(stretched)
}

#[cfg(test)]
mod tests {
    use super::{SecretKey, stretch};
    use crate::crypto::fixed::{FixedRandomness, to_hex};
    use sealward_contract::ids::TeamId;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const TEAM: &TeamId = &TeamId([7; 16]);

    #[test]
    fn stretching_is_frozen() {
        let secret_key = SecretKey::make(&mut FixedRandomness::new());
        // Both spellings: a composed letter with a ligature, and what NFKC makes of them.
        let root = stretch("caf\u{e9} \u{fb01}ve", &secret_key).unwrap();
        assert!(root == stretch("cafe\u{301} five", &secret_key).unwrap());
        assert_eq!(to_hex(root.0.expose()), "3baf8fe9b15a2c5b01e3b9f112a272cbe77ccf3f6216cfe468568c975a5ee666");
        assert_eq!(
            to_hex(root.lock_key(TEAM).expose()),
            "35541e63ae92c2b80c5808aceb544ca4cd571b2a1c38e2556323c679a10f68c2"
        );
        assert_eq!(
            to_hex(root.login_key(TEAM).expose_seed()),
            "32b9efd3152b34764290fb4e85b29de2a484c8fa6dc0a81fd55b4e2687bb20a2"
        );
        assert_ne!(root.lock_key(TEAM).expose(), root.lock_key(&TeamId([8; 16])).expose());
    }
}
