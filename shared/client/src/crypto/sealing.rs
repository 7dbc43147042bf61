//! Sealing: one AES-256-GCM key per sealing, committed to, bound to a context.
//!
//! `subkey ‖ commitment = HKDF-SHA-256(salt, key, context)`, 64 bytes, with 32 fresh random bytes of
//! salt for every sealing; so the nonce is zero. The context is also the associated data, and the
//! payload is padded. A commitment keeps one sealed text from opening under two keys.

use aes_gcm::aead::AeadInOut;
use aes_gcm::{Aes256Gcm, KeyInit};
use rand_core::CryptoRng;
use sealward_contract::bytes::Bytes;
use sealward_contract::codec::{self, Malformed};
use sealward_contract::crypto::Hash;
use sealward_contract::suite::{SUITE, TAG_LENGTH, is_sealed_length};
use subtle::ConstantTimeEq;
use zeroize::Zeroizing;

use super::{SecretBytes, derivation, padding};

/// A key that seals: a vault's catalog or open key, a lock key, a personal key, the key of one secret.
#[derive(PartialEq, Eq)]
pub struct SealingKey(SecretBytes<32>);

impl SealingKey {
    /// Makes a random key.
    pub fn make(randomness: &mut dyn CryptoRng) -> Self {
        Self(SecretBytes::make(randomness))
    }

    /// Takes a key that was derived.
    #[must_use]
    pub fn new(bytes: SecretBytes<32>) -> Self {
        Self(bytes)
    }

    /// Takes a key that was unwrapped. None if it is not 32 bytes.
    #[must_use]
    pub fn from_slice(bytes: &[u8]) -> Option<Self> {
        SecretBytes::from_slice(bytes).map(Self)
    }

    /// The key itself, for wrapping it.
    #[must_use]
    pub fn expose(&self) -> &[u8; 32] {
        self.0.expose()
    }
}

/// A sealed payload with what is needed, besides the key and the context, to open it.
#[derive(Clone, PartialEq, Eq)]
pub struct Sealed {
    /// Fresh for every sealing.
    pub salt: Hash,
    /// Commits to key and context.
    pub commitment: Hash,
    /// The padded payload, encrypted, and its tag.
    pub bytes: Vec<u8>,
}

/// `[suite, salt, commitment, bytes]`: how something sealed travels that is no record.
#[derive(minicbor::Encode, minicbor::Decode)]
struct Wire {
    #[n(0)]
    suite: u8,
    #[n(1)]
    salt: Hash,
    #[n(2)]
    commitment: Hash,
    #[n(3)]
    bytes: Bytes,
}

impl Sealed {
    /// The bytes to send or keep.
    #[must_use]
    pub fn to_wire(&self) -> Bytes {
        let Self { salt, commitment, bytes } = self.clone();
        Bytes(codec::encode(&Wire { suite: SUITE, salt, commitment, bytes: Bytes(bytes) }))
    }

    /// Reads [`Self::to_wire`].
    ///
    /// # Errors
    /// [`Malformed`] for another suite, another encoding, or a length that no sealing has.
    pub fn from_wire(wire: &[u8]) -> Result<Self, Malformed> {
        let Wire { suite, salt, commitment, bytes: Bytes(bytes) } = codec::decode(wire)?;
        let sound = suite == SUITE && is_sealed_length(bytes.len());
        if sound { Ok(Self { salt, commitment, bytes }) } else { Err(Malformed) }
    }
}

impl core::fmt::Debug for Sealed {
    fn fmt(&self, formatter: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
        write!(formatter, "Sealed({} bytes)", self.bytes.len())
    }
}

/// The payload is too long to be sealed (4 GiB).
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("too long to be sealed")]
pub struct TooLong;

/// It does not open: another key, another context, or changed on the way. Which of these is not told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("does not open")]
pub struct OpenError;

/// Seals a payload under a key, for one context.
///
/// # Errors
/// [`TooLong`] for 4 GiB and more.
pub fn seal(
    key: &SealingKey,
    context: &[u8],
    payload: &[u8],
    randomness: &mut dyn CryptoRng,
) -> Result<Sealed, TooLong> {
    begin(key, context.to_vec(), payload, randomness)?.finish()
}

/// A sealing of which all is done but the encryption itself: for whoever has a faster AES-256-GCM at hand. The nonce is
/// zero, the context is the associated data, and the tag comes last.
pub struct Sealing {
    /// The key of this one sealing.
    pub subkey: SecretBytes<32>,
    /// The associated data.
    pub context: Vec<u8>,
    /// The padded payload.
    pub padded: Zeroizing<Vec<u8>>,
    salt: Hash,
    commitment: Hash,
}

/// Begins a sealing.
///
/// # Errors
/// [`TooLong`] for 4 GiB and more.
pub fn begin(
    key: &SealingKey,
    context: Vec<u8>,
    payload: &[u8],
    randomness: &mut dyn CryptoRng,
) -> Result<Sealing, TooLong> {
    let mut salt = Hash::ZERO;
    randomness.fill_bytes(&mut salt.0);
    let (subkey, commitment) = derive_subkey(key, &context, &salt);
    let padded = padding::pad(payload, TAG_LENGTH).ok_or(TooLong)?;
    Ok(Sealing { subkey, context, padded, salt, commitment })
}

impl Sealing {
    /// Encrypts.
    ///
    /// # Errors
    /// [`TooLong`] for more than AES-GCM takes.
    pub fn finish(mut self) -> Result<Sealed, TooLong> {
        cipher(&self.subkey)
            .encrypt_in_place(&ZERO_NONCE.into(), &self.context, &mut *self.padded)
            .map_err(|_| TooLong)?;
        let bytes = core::mem::take(&mut *self.padded);
        Ok(self.finish_with(bytes))
    }

    /// Takes what somebody else encrypted.
    #[must_use]
    pub fn finish_with(self, bytes: Vec<u8>) -> Sealed {
        Sealed { salt: self.salt, commitment: self.commitment, bytes }
    }
}

/// A sealed payload whose commitment was compared: what is left is the decryption.
pub struct Opening {
    /// The key of this one sealing.
    pub subkey: SecretBytes<32>,
    /// The associated data.
    pub context: Vec<u8>,
    /// What is to be decrypted, its tag last.
    pub bytes: Vec<u8>,
}

/// Begins to open what [`seal`] made.
///
/// # Errors
/// [`OpenError`] for another key, another context, or a length that no sealing has.
pub fn begin_open(key: &SealingKey, context: Vec<u8>, sealed: Sealed) -> Result<Opening, OpenError> {
    if !is_sealed_length(sealed.bytes.len()) {
        return Err(OpenError);
    }
    let subkey = check(key, &context, &sealed.salt, &sealed.commitment)?;
    Ok(Opening { subkey, context, bytes: sealed.bytes })
}

impl Opening {
    /// Decrypts.
    ///
    /// # Errors
    /// [`OpenError`] when it was changed.
    pub fn finish(mut self) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        let mut bytes = Zeroizing::new(core::mem::take(&mut self.bytes));
        cipher(&self.subkey).decrypt_in_place(&ZERO_NONCE.into(), &self.context, &mut *bytes).map_err(|_| OpenError)?;
        Self::finish_with(bytes)
    }

    /// Takes what somebody else decrypted and authenticated.
    ///
    /// # Errors
    /// [`OpenError`] when it is not padded as it must be.
    pub fn finish_with(mut padded: Zeroizing<Vec<u8>>) -> Result<Zeroizing<Vec<u8>>, OpenError> {
        padding::unpad_in_place(&mut padded).ok_or(OpenError)?;
        Ok(padded)
    }
}

/// Opens what [`seal`] made under the same key and for the same context.
///
/// # Errors
/// [`OpenError`] for anything else.
pub fn open(key: &SealingKey, context: &[u8], sealed: &Sealed) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    open_owned(key, context, sealed.clone())
}

/// As [`open`], where the sealed bytes are not needed any more: they are decrypted in place.
///
/// # Errors
/// [`OpenError`], as [`open`].
pub fn open_owned(key: &SealingKey, context: &[u8], sealed: Sealed) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    begin_open(key, context.to_vec(), sealed)?.finish()
}

/// Whether this key is the one committed to: enough to judge a key without the payload.
#[must_use]
pub fn is_key_of(key: &SealingKey, context: &[u8], salt: &Hash, commitment: &Hash) -> bool {
    check(key, context, salt, commitment).is_ok()
}

/// Every key is used once, so that the nonce need not tell two uses apart.
const ZERO_NONCE: [u8; 12] = [0; 12];

fn cipher(subkey: &SecretBytes<32>) -> Aes256Gcm {
    Aes256Gcm::new(subkey.expose().into())
}

fn check(key: &SealingKey, context: &[u8], salt: &Hash, commitment: &Hash) -> Result<SecretBytes<32>, OpenError> {
    let (subkey, derived) = derive_subkey(key, context, salt);
    bool::from(derived.0.ct_eq(&commitment.0)).then_some(subkey).ok_or(OpenError)
}

fn derive_subkey(key: &SealingKey, context: &[u8], salt: &Hash) -> (SecretBytes<32>, Hash) {
    let both: SecretBytes<64> = derivation::derive(Some(&salt.0), key.expose(), context);
    let (subkey, commitment) = both.split();
    (subkey, Hash(*commitment.expose()))
}

#[cfg(test)]
mod tests {
    use super::{OpenError, Sealed, SealingKey, is_key_of, open, seal};
    use crate::crypto::fixed::{FixedRandomness, to_hex};
    use sealward_contract::codec::Malformed;
    use sealward_contract::crypto::Hash;
    use sealward_contract::suite::is_sealed_length;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn sealing_is_frozen() {
        let mut randomness = FixedRandomness::new();
        let key = SealingKey::make(&mut randomness);
        let sealed = seal(&key, b"context", b"payload", &mut randomness).unwrap();
        assert_eq!(to_hex(&sealed.salt.0), "202122232425262728292a2b2c2d2e2f303132333435363738393a3b3c3d3e3f");
        assert_eq!(to_hex(&sealed.commitment.0), "2d3099b5dc438a7cfe26d348d62084d587dc635a2b5c1685b6ef71f594015ec9");
        let expected = "c025f2335ec26ab1b68a575e868b255245b32237028b79edb5d75347c7ca849f966a6a4b4ed51b81\
                        0a0721bba8300432208b597ba1bc2d161c51ed9cc475b3899d22cb74e1af77e3f785ad03fc43b465\
                        54165eb122198845b949b88728136386517fc058b099af023ebd58ed8226ee3adb58d7643046f8f2\
                        68f22651fa1d8b2fbd76c4db31a07f27c95df97c75a5ea5fd71c3bf7d3f2469cc24038c09f217c6d\
                        8d645b487b0d1c42499abe6c3fde5711f12c6306aa7c7e68baee62965780317339f2e9a6cd14bdf7\
                        fec0d22c4cfc4ba87b1b07f02393e5387c0a9ad7b8a2fc6f28029b4ac9f23db06b01edf47bc2e504\
                        ec9f765421b55468daa6d2a18d87f1ecba088a1f443dca7b9777ab1bc9a62421";
        assert_eq!(to_hex(&sealed.bytes), expected);
        assert_eq!(**open(&key, b"context", &sealed).unwrap(), *b"payload");
    }

    #[test]
    fn payloads_of_any_length_come_back() {
        let mut randomness = FixedRandomness::new();
        let key = SealingKey::make(&mut randomness);
        for len in [0, 1, 251, 252, 253, 1_000, 70_000] {
            let payload = vec![0xa5; len];
            let sealed = seal(&key, b"", &payload, &mut randomness).unwrap();
            assert!(is_sealed_length(sealed.bytes.len()));
            assert_eq!(*open(&key, b"", &sealed).unwrap(), payload);
        }
    }

    #[test]
    fn anything_else_does_not_open() {
        let mut randomness = FixedRandomness::new();
        let key = SealingKey::make(&mut randomness);
        let other = SealingKey::make(&mut randomness);
        let sealed = seal(&key, b"context", b"payload", &mut randomness).unwrap();
        assert_eq!(open(&other, b"context", &sealed), Err(OpenError));
        assert_eq!(open(&key, b"contexu", &sealed), Err(OpenError));
        assert!(is_key_of(&key, b"context", &sealed.salt, &sealed.commitment));
        assert!(!is_key_of(&other, b"context", &sealed.salt, &sealed.commitment));

        let changed = |change: fn(&mut Sealed)| {
            let mut sealed = sealed.clone();
            change(&mut sealed);
            open(&key, b"context", &sealed)
        };
        let changes: [fn(&mut Sealed); 7] = [
            |sealed| sealed.salt.0[0] ^= 1,
            |sealed| sealed.commitment.0[31] ^= 1,
            |sealed| sealed.bytes[0] ^= 1,
            |sealed| sealed.bytes[271] ^= 1,
            |sealed| sealed.bytes.truncate(271),
            |sealed| sealed.bytes.clear(),
            |sealed| sealed.bytes.resize(288, 0),
        ];
        for change in changes {
            assert_eq!(changed(change), Err(OpenError));
        }
    }

    #[test]
    fn the_wire_form_is_frozen_and_strict() {
        let sealed = Sealed { salt: Hash([1; 32]), commitment: Hash([2; 32]), bytes: vec![3; 272] };
        let wire = sealed.to_wire();
        let expected = [&[0x84, 1, 0x58, 32][..], &[1; 32], &[0x58, 32], &[2; 32], &[0x59, 1, 16], &[3; 272]];
        assert_eq!(*wire, *expected.concat());
        assert_eq!(Sealed::from_wire(&wire), Ok(sealed.clone()));

        let mut other_suite = wire.to_vec();
        other_suite[1] = 2;
        let short = Sealed { bytes: vec![3; 271], ..sealed };
        for refused in [&*other_suite, &[&*wire, &[0]].concat(), &wire[1..], &[], &short.to_wire()] {
            assert_eq!(Sealed::from_wire(refused), Err(Malformed));
        }
    }

    #[test]
    fn debug_shows_no_bytes() {
        let mut randomness = FixedRandomness::new();
        let key = SealingKey::make(&mut randomness);
        let sealed = seal(&key, b"", b"payload", &mut randomness).unwrap();
        assert_eq!(format!("{sealed:?}"), "Sealed(272 bytes)");
    }
}
