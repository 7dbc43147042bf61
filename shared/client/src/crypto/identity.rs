//! A member's identity: the secret halves of its keys, and what they belong to. The server stores it
//! sealed under the lock key; whoever opens it trusts a chain only with this genesis and these keys.

use minicbor::{Decoder, Encoder};
use rand_core::CryptoRng;
use sealward_contract::crypto::Hash;
use sealward_contract::crypto::context::of_identity_bundle;
use sealward_contract::ids::{MemberId, TeamId};
use sealward_contract::suite::SUITE;
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::SecretBytes;
use super::hpke::XWingSecret;
use super::sealing::{self, Sealed, SealingKey, TooLong};
use super::signing::SigningKey;

/// More than an encoded bundle takes, so that encoding never moves it.
const ENCODED_LEN: usize = 256;

/// What a member is: held unlocked in the engine, and nowhere else in the clear.
#[derive(PartialEq, Eq)]
pub struct Identity {
    /// Unwraps what is wrapped to the member.
    pub wrapping: XWingSecret,
    /// Signs what the member says.
    pub signing: SigningKey,
    /// Seals what is the member's alone.
    pub personal: SealingKey,
    /// The member's id.
    pub member: MemberId,
    /// The whole hash of the chain's genesis; its first 16 bytes are the team's id.
    pub genesis: Hash,
}

/// Why a bundle gives no identity.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum IdentityError {
    /// Another password, Secret Key, team or version, or changed on the way.
    #[error("the identity bundle does not open")]
    DoesNotOpen,
    /// It opens, and is not a bundle of this suite and team.
    #[error("the identity bundle is malformed")]
    Malformed,
}

impl Identity {
    /// Makes the keys of a new member of the team with this genesis.
    pub fn make(member: MemberId, genesis: Hash, randomness: &mut dyn CryptoRng) -> Self {
        Self {
            wrapping: XWingSecret::make(randomness),
            signing: SigningKey::make(randomness),
            personal: SealingKey::make(randomness),
            member,
            genesis,
        }
    }

    /// Seals the bundle under a lock key, as the given version of it.
    ///
    /// # Errors
    /// [`TooLong`], never in fact.
    pub fn seal(
        &self,
        lock_key: &SealingKey,
        team: &TeamId,
        version: u32,
        randomness: &mut dyn CryptoRng,
    ) -> Result<Sealed, TooLong> {
        sealing::seal(lock_key, &of_identity_bundle(team, version), &self.encode(), randomness)
    }

    /// Opens the given version of a bundle.
    ///
    /// # Errors
    /// [`IdentityError`], by what is wrong.
    pub fn open(lock_key: &SealingKey, team: &TeamId, version: u32, sealed: &Sealed) -> Result<Self, IdentityError> {
        let encoded = sealing::open(lock_key, &of_identity_bundle(team, version), sealed)
            .map_err(|_| IdentityError::DoesNotOpen)?;
        Self::decode_exactly(&encoded, team)
    }

    /// Seals a second copy of the bundle, for a recovery.
    ///
    /// # Errors
    /// [`TooLong`], never in fact.
    pub fn seal_copy(
        &self,
        key: &SealingKey,
        context: &[u8],
        randomness: &mut dyn CryptoRng,
    ) -> Result<Sealed, TooLong> {
        sealing::seal(key, context, &self.encode(), randomness)
    }

    /// Opens a second copy of a bundle.
    ///
    /// # Errors
    /// [`IdentityError`], by what is wrong.
    pub fn open_copy(key: &SealingKey, context: &[u8], team: &TeamId, sealed: &Sealed) -> Result<Self, IdentityError> {
        let encoded = sealing::open(key, context, sealed).map_err(|_| IdentityError::DoesNotOpen)?;
        Self::decode_exactly(&encoded, team)
    }

    fn decode_exactly(encoded: &[u8], team: &TeamId) -> Result<Self, IdentityError> {
        let identity = Self::decode(encoded).ok_or(IdentityError::Malformed)?;
        let same_bytes: bool = identity.encode().ct_eq(encoded).into();
        if same_bytes && TeamId::of_genesis(&identity.genesis) == *team {
            Ok(identity)
        } else {
            Err(IdentityError::Malformed)
        }
    }

    /// `[suite, X-Wing seed, Ed25519 seed, personal key, member, genesis]`.
    #[expect(clippy::expect_used, reason = "writing to memory does not fail")]
    fn encode(&self) -> Zeroizing<Vec<u8>> {
        let mut encoded = Zeroizing::new(Vec::with_capacity(ENCODED_LEN));
        Encoder::new(&mut *encoded)
            .array(6)
            .and_then(|encoder| encoder.u8(SUITE))
            .and_then(|encoder| encoder.bytes(self.wrapping.expose()))
            .and_then(|encoder| encoder.bytes(self.signing.expose_seed()))
            .and_then(|encoder| encoder.bytes(self.personal.expose()))
            .and_then(|encoder| encoder.bytes(&self.member.0))
            .and_then(|encoder| encoder.bytes(&self.genesis.0))
            .expect("memory takes it");
        encoded
    }

    /// Lenient in nothing that encoding again would not show.
    fn decode(encoded: &[u8]) -> Option<Self> {
        let mut decoder = Decoder::new(encoded);
        if decoder.array().ok()? != Some(6) || decoder.u8().ok()? != SUITE {
            return None;
        }
        Some(Self {
            wrapping: XWingSecret::from_slice(decoder.bytes().ok()?)?,
            signing: SigningKey::from_seed(&SecretBytes::from_slice(decoder.bytes().ok()?)?),
            personal: SealingKey::from_slice(decoder.bytes().ok()?)?,
            member: decoder.bytes().ok()?.try_into().ok()?,
            genesis: decoder.bytes().ok()?.try_into().ok()?,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::{Identity, IdentityError};
    use crate::crypto::fixed::{FixedRandomness, digest, to_hex};
    use crate::crypto::sealing::{self, SealingKey};
    use sealward_contract::crypto::Hash;
    use sealward_contract::crypto::context::of_identity_bundle;
    use sealward_contract::ids::{MemberId, TeamId};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    const TEAM: &TeamId = &TeamId([7; 16]);

    fn made(randomness: &mut FixedRandomness) -> (SealingKey, Identity) {
        (SealingKey::make(randomness), Identity::make(MemberId([3; 16]), Hash([7; 32]), randomness))
    }

    #[test]
    fn bundles_are_frozen() {
        let mut randomness = FixedRandomness::new();
        let (lock_key, identity) = made(&mut randomness);
        let expected = "86015820202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f58204041\
                        42434445464748494a4b4c4d4e4f505152535455565758595a5b5c5d5e5f58206061626364656667\
                        68696a6b6c6d6e6f707172737475767778797a7b7c7d7e7f50030303030303030303030303030303\
                        0358200707070707070707070707070707070707070707070707070707070707070707";
        assert_eq!(to_hex(&identity.encode()), expected);
        let expected = "000000000000001a7365616c776172642f312f6964656e746974792d62756e646c65000000000000\
                        000101000000000000001007070707070707070707070707070707000000000000000400000001";
        assert_eq!(to_hex(&of_identity_bundle(TEAM, 1)), expected);
        let sealed = identity.seal(&lock_key, TEAM, 1, &mut randomness).unwrap();
        assert_eq!(to_hex(&sealed.commitment.0), "7e0c6ddcac2c51e5cf7c4bedf1da79619f0680df050c78d9ddc4029e78e92ba7");
        assert_eq!(digest(&sealed.bytes), "e8f68046d2258fe17d9784261c192f3c61bc0aa4b6b76fdfbc4da1131f9c5145");
        assert!(Identity::open(&lock_key, TEAM, 1, &sealed).ok().unwrap() == identity);
    }

    #[test]
    fn another_team_version_or_key_is_refused() {
        let mut randomness = FixedRandomness::new();
        let (lock_key, identity) = made(&mut randomness);
        let sealed = identity.seal(&lock_key, TEAM, 1, &mut randomness).unwrap();
        let refusal = |key, team, version| Identity::open(key, team, version, &sealed).err();
        let other = SealingKey::make(&mut randomness);
        assert_eq!(refusal(&other, TEAM, 1), Some(IdentityError::DoesNotOpen));
        assert_eq!(refusal(&lock_key, &TeamId([8; 16]), 1), Some(IdentityError::DoesNotOpen));
        assert_eq!(refusal(&lock_key, TEAM, 2), Some(IdentityError::DoesNotOpen));
    }

    #[test]
    fn only_the_canonical_bundle_of_this_team_is_taken() {
        let mut randomness = FixedRandomness::new();
        let (lock_key, identity) = made(&mut randomness);
        let exact = identity.encode();
        let mut foreign = exact.to_vec();
        let last = foreign.len() - 1;
        foreign[last - 31] ^= 1;
        let mut other_suite = exact.to_vec();
        other_suite[1] = 2;
        let trailing = [exact.as_slice(), &[0]].concat();
        // The suite number in two bytes instead of one.
        let longer = [&[0x86, 0x18, 0x01], &exact[2..]].concat();
        let more_fields = [&[0x87], &exact[1..], &[0]].concat();
        for encoded in [foreign, other_suite, trailing, longer, more_fields, exact[..last].to_vec()] {
            let sealed = sealing::seal(&lock_key, &of_identity_bundle(TEAM, 1), &encoded, &mut randomness).unwrap();
            let refused = Identity::open(&lock_key, TEAM, 1, &sealed).err();
            assert_eq!(refused, Some(IdentityError::Malformed));
        }
    }
}
