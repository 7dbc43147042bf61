//! Encrypting to the holder of an X-Wing key: HPKE (RFC 9180) in base mode with X-Wing
//! (ML-KEM-768 + X25519), HKDF-SHA-256 and AES-256-GCM. There is no authenticated mode: who wrapped
//! something is told by a signature, and what was wrapped is checked against a commitment.

use ::hpke::aead::AesGcm256;
use ::hpke::kdf::HkdfSha256;
use ::hpke::kem::XWing;
use ::hpke::{Deserializable, Kem, OpModeR, OpModeS, Serializable};
use rand_core::CryptoRng;
use sealward_contract::crypto::{PublicKeyRefused, SealingPublicKey};
use sealward_contract::suite::TAG_LENGTH;
use zeroize::Zeroizing;

use super::SecretBytes;

/// The length of the encapsulated key that begins an envelope.
pub const ENCAPSULATED_LEN: usize = 1120;
/// The crate takes 65,530 bytes of info and panics beyond; ours have a hundred.
const INFO_LEN: usize = 4096;

/// The secret half of an X-Wing key, as its 32-byte seed: a member's, a vault's guarded key, a lease's.
#[derive(PartialEq, Eq)]
pub struct XWingSecret(SecretBytes<32>);

impl XWingSecret {
    /// Makes a random one.
    pub fn make(randomness: &mut dyn CryptoRng) -> Self {
        Self(SecretBytes::make(randomness))
    }

    /// Takes a seed that was derived.
    #[must_use]
    pub fn new(seed: SecretBytes<32>) -> Self {
        Self(seed)
    }

    /// Takes a seed that was unwrapped. None if it is not 32 bytes.
    #[must_use]
    pub fn from_slice(seed: &[u8]) -> Option<Self> {
        SecretBytes::from_slice(seed).map(Self)
    }

    /// The seed itself, for wrapping or sealing it.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        self.0.expose()
    }

    /// The public half.
    #[must_use]
    pub fn public(&self) -> SealingPublicKey {
        let mut public = SealingPublicKey([0; SealingPublicKey::LENGTH]);
        XWing::sk_to_pk(&self.key()).write_exact(&mut public.0);
        public
    }

    #[expect(clippy::expect_used, reason = "any 32 bytes are a seed")]
    fn key(&self) -> <XWing as Kem>::PrivateKey {
        <XWing as Kem>::PrivateKey::from_bytes(self.0.expose()).expect("32 bytes")
    }
}

/// Checks a public half before anything is wrapped to it: the length is right by its type, the coefficients
/// of ML-KEM-768 must be below its modulus.
///
/// # Errors
/// [`PublicKeyRefused`] when nothing can be wrapped to it.
pub fn check_public(public: &SealingPublicKey) -> Result<(), PublicKeyRefused> {
    parse(public).map(drop)
}

fn parse(public: &SealingPublicKey) -> Result<<XWing as Kem>::PublicKey, PublicKeyRefused> {
    <XWing as Kem>::PublicKey::from_bytes(&public.0).map_err(|_| PublicKeyRefused)
}

/// Something wrapped to one recipient: encapsulated key and ciphertext.
#[derive(Clone, PartialEq, Eq)]
pub struct Envelope(Vec<u8>);

impl Envelope {
    /// Takes the bytes of an envelope. None if they are too few to be one.
    #[must_use]
    pub fn from_bytes(bytes: Vec<u8>) -> Option<Self> {
        (bytes.len() >= ENCAPSULATED_LEN + TAG_LENGTH).then_some(Self(bytes))
    }

    /// Its bytes, for sending and hashing.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Its bytes.
    #[must_use]
    pub fn into_bytes(self) -> Vec<u8> {
        self.0
    }
}

impl core::fmt::Debug for Envelope {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(formatter, "Envelope({} bytes)", self.0.len())
    }
}

/// It could not be wrapped: no public key, info of more than 4 KiB, or a payload beyond AES-GCM's limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cannot be wrapped")]
pub struct WrapError;

/// It does not unwrap: another key, another info, or changed on the way. Which of these is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("does not unwrap")]
pub struct UnwrapError;

/// Wraps a payload to a public half. `info` says what it is and for whom; `aad` binds what goes with it.
///
/// # Errors
/// [`WrapError`] when the public key is none or something is too long.
pub fn wrap(
    public: &SealingPublicKey,
    info: &[u8],
    aad: &[u8],
    payload: &[u8],
    mut randomness: &mut dyn CryptoRng,
) -> Result<Envelope, WrapError> {
    let public = parse(public).map_err(|_| WrapError)?;
    if info.len() > INFO_LEN {
        return Err(WrapError);
    }
    let (encapsulated, ciphertext) = ::hpke::single_shot_seal_with_rng::<AesGcm256, HkdfSha256, XWing>(
        &OpModeS::Base,
        &public,
        info,
        payload,
        aad,
        &mut randomness,
    )
    .map_err(|_| WrapError)?;
    Ok(Envelope([encapsulated.to_bytes().as_slice(), &ciphertext].concat()))
}

/// Unwraps what [`wrap`] made with the same info and aad for this key.
///
/// # Errors
/// [`UnwrapError`] for anything else.
pub fn unwrap(
    secret: &XWingSecret,
    info: &[u8],
    aad: &[u8],
    envelope: &Envelope,
) -> Result<Zeroizing<Vec<u8>>, UnwrapError> {
    Unwrapper::new(secret).unwrap(info, aad, envelope)
}

/// A secret half that is ready for many envelopes: making it so takes as long as unwrapping one.
pub struct Unwrapper(<XWing as Kem>::PrivateKey);

impl Unwrapper {
    /// Makes a secret half ready.
    #[must_use]
    pub fn new(secret: &XWingSecret) -> Self {
        Self(secret.key())
    }

    /// Unwraps as [`unwrap`] does.
    ///
    /// # Errors
    /// [`UnwrapError`].
    pub fn unwrap(&self, info: &[u8], aad: &[u8], envelope: &Envelope) -> Result<Zeroizing<Vec<u8>>, UnwrapError> {
        if info.len() > INFO_LEN {
            return Err(UnwrapError);
        }
        let (encapsulated, ciphertext) = envelope.0.split_at_checked(ENCAPSULATED_LEN).ok_or(UnwrapError)?;
        let encapsulated = <XWing as Kem>::EncappedKey::from_bytes(encapsulated).map_err(|_| UnwrapError)?;
        let opened = ::hpke::single_shot_open::<AesGcm256, HkdfSha256, XWing>(
            &OpModeR::Base,
            &self.0,
            &encapsulated,
            info,
            ciphertext,
            aad,
        );
        opened.map(Zeroizing::new).map_err(|_| UnwrapError)
    }
}

#[cfg(test)]
mod tests {
    use super::{Envelope, UnwrapError, WrapError, XWingSecret, check_public, unwrap, wrap};
    use crate::crypto::fixed::{FixedRandomness, digest, to_hex};
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn wrapping_is_frozen() {
        let mut randomness = FixedRandomness::new();
        let secret = XWingSecret::make(&mut randomness);
        let envelope = wrap(&secret.public(), b"info", b"aad", b"payload", &mut randomness).unwrap();
        assert_eq!(digest(&secret.public().0), "c9a3565ffde4f72b51661be391ee13e46378d7f06dd5c8bf5af9d2cfb5b8336b");
        assert_eq!(digest(envelope.as_bytes()), "a049a686a633136aed30a2af8582c89df3b7aa7b76cac363973aba82669c5dfa");
        assert_eq!(to_hex(&envelope.as_bytes()[1120..]), "e5db60cc433c4f30d12d08b13191095e9f4d62ff7c1e6e");
        assert_eq!(**unwrap(&secret, b"info", b"aad", &envelope).unwrap(), *b"payload");
    }

    #[test]
    fn anything_else_does_not_unwrap() {
        let mut randomness = FixedRandomness::new();
        let secret = XWingSecret::make(&mut randomness);
        let other = XWingSecret::make(&mut randomness);
        let envelope = wrap(&secret.public(), b"info", b"aad", b"payload", &mut randomness).unwrap();
        assert_eq!(unwrap(&other, b"info", b"aad", &envelope), Err(UnwrapError));
        assert_eq!(unwrap(&secret, b"inf0", b"aad", &envelope), Err(UnwrapError));
        assert_eq!(unwrap(&secret, b"info", b"aae", &envelope), Err(UnwrapError));
        // ML-KEM half, X25519 half, ciphertext, tag.
        for at in [0, 1087, 1088, 1119, 1120, envelope.as_bytes().len() - 1] {
            let mut bytes = envelope.as_bytes().to_vec();
            bytes[at] ^= 1;
            let changed = Envelope::from_bytes(bytes).unwrap();
            assert_eq!(unwrap(&secret, b"info", b"aad", &changed), Err(UnwrapError), "{at}");
        }
        assert!(Envelope::from_bytes(vec![0; 1135]).is_none());
        let long = vec![0; 70_000];
        assert_eq!(wrap(&secret.public(), &long, b"", b"", &mut randomness), Err(WrapError));
        assert_eq!(unwrap(&secret, &long, b"", &envelope), Err(UnwrapError));
    }

    #[test]
    fn public_halves_are_checked() {
        let mut public = XWingSecret::make(&mut FixedRandomness::new()).public();
        assert!(check_public(&public).is_ok());
        // A coefficient of ML-KEM that is not below its modulus.
        public.0[..3].fill(0xff);
        assert!(check_public(&public).is_err());
        assert_eq!(wrap(&public, b"", b"", b"", &mut FixedRandomness::new()), Err(WrapError));
    }

    #[test]
    fn debug_shows_no_bytes() {
        let mut randomness = FixedRandomness::new();
        let public = XWingSecret::make(&mut randomness).public();
        let envelope = wrap(&public, b"", b"", b"payload", &mut randomness).unwrap();
        assert_eq!(format!("{envelope:?}"), "Envelope(1143 bytes)");
    }
}
