//! Ed25519 signatures over labelled bytes, verified strictly and one by one (RFC 8032; strict as in ZIP 215's
//! discussion: no small-order keys, canonical encodings only).

use crate::{
    bytes::{Bytes, base64_bytes, fixed_bytes},
    codec::{self, Malformed},
    crypto::context::Label,
};
use minicbor::{Decode, Encode};

fixed_bytes!(
    /// An Ed25519 signature.
    Signature,
    64
);
base64_bytes!(Signature);

fixed_bytes!(
    /// An Ed25519 public key.
    VerifyingKey,
    32
);
base64_bytes!(VerifyingKey);

fixed_bytes!(
    /// An X-Wing public key (ML-KEM-768 and X25519): what envelopes to a member are sealed to.
    SealingPublicKey,
    1216
);
base64_bytes!(SealingPublicKey);

impl SealingPublicKey {
    /// Stands where there is no key. Its bytes could be one, so nothing is ever sealed to a member who has none.
    pub const NONE: Self = Self([0; 1216]);

    /// Checks a key before it enters the chain: every coefficient of its ML-KEM half is below the modulus 3,329 (FIPS 203,
    /// section 7.2). Its X25519 half may be any 32 bytes.
    ///
    /// # Errors
    /// [`PublicKeyRefused`] when nothing could be sealed to it.
    pub fn check(&self) -> Result<(), PublicKeyRefused> {
        const COEFFICIENTS: usize = 3 * 384;
        const MODULUS: u16 = 3_329;
        let (coefficients, _) = self.0.split_at(COEFFICIENTS);
        let sound = coefficients.chunks_exact(3).all(|triple| match triple {
            // Two coefficients of twelve bits, little-endian.
            [low, middle, high] => {
                let first = u16::from(*low) | (u16::from(*middle) & 0x0f) << 8;
                let second = u16::from(*middle) >> 4 | u16::from(*high) << 4;
                first < MODULUS && second < MODULUS
            }
            _ => false,
        });
        if sound { Ok(()) } else { Err(PublicKeyRefused) }
    }
}

/// The signature is not the key's over these bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not verify")]
pub struct BadSignature;

/// The public key is none: not on the curve, of small order, or not in its one encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a usable public key")]
pub struct PublicKeyRefused;

impl VerifyingKey {
    /// Stands where there is no key: nothing verifies under it, and [`VerifyingKey::check`] refuses it.
    pub const NONE: Self = Self([0; 32]);

    /// Checks a key before it enters the chain.
    ///
    /// # Errors
    /// [`PublicKeyRefused`] when no signature could be trusted under it.
    pub fn check(&self) -> Result<(), PublicKeyRefused> {
        match ed25519_dalek::VerifyingKey::from_bytes(&self.0) {
            Ok(key) if !key.is_weak() && self.is_canonical() => Ok(()),
            _ => Err(PublicKeyRefused),
        }
    }

    /// Whether its coordinate is below the field's prime 2^255 - 19 (RFC 8032, section 5.1.3).
    fn is_canonical(&self) -> bool {
        match self.0 {
            [first, middle @ .., last] => {
                first < 0xed || last & 0x7f != 0x7f || middle.iter().any(|byte| *byte != 0xff)
            }
        }
    }

    /// Verifies a signature over `label ‖ bytes`.
    ///
    /// # Errors
    /// [`BadSignature`] when it does not verify.
    pub fn verify(&self, label: Label, bytes: &[u8], signature: &Signature) -> Result<(), BadSignature> {
        let key = ed25519_dalek::VerifyingKey::from_bytes(&self.0).map_err(|_| BadSignature)?;
        let signature = ed25519_dalek::Signature::from_bytes(&signature.0);
        key.verify_strict(&label.join(&[bytes]), &signature).map_err(|_| BadSignature)
    }
}

/// What kinds of object are signed, and under which label.
pub trait SignedKind: Encode<()> + for<'b> Decode<'b, ()> {
    /// Purpose of the signature.
    const LABEL: Label;

    /// Purpose of the second signature over the same bytes, where this value has to carry one.
    fn cosigned(&self) -> Option<Label> {
        None
    }
}

/// An object, the exact bytes that were signed, and the signature.
///
/// A value of this type is well-formed, not verified: whoever acts on it calls [`Signed::verify`] first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed<T> {
    value: T,
    bytes: Bytes,
    signature: Signature,
    cosignature: Option<Signature>,
}

#[derive(Encode, Decode)]
struct Wire {
    #[n(0)]
    bytes: Bytes,
    #[n(1)]
    signature: Signature,
    /// Left out where there is none.
    #[n(2)]
    cosignature: Option<Signature>,
}

impl<T: SignedKind> Signed<T> {
    /// Puts together what a signer has just made.
    #[must_use]
    pub fn new(value: T, signature: Signature) -> Self {
        let bytes = Bytes(codec::encode(&value));
        Self { value, bytes, signature, cosignature: None }
    }

    /// Adds the second signature that [`SignedKind::cosigned`] asks for.
    #[must_use]
    pub fn with_cosignature(self, cosignature: Signature) -> Self {
        Self { cosignature: Some(cosignature), ..self }
    }

    /// Reads the wire form.
    ///
    /// # Errors
    /// [`Malformed`] when container or object are not in their one encoding, or a second signature is missing or too
    /// many.
    pub fn parse(wire: &[u8]) -> Result<Self, Malformed> {
        let Wire { bytes, signature, cosignature } = codec::decode(wire)?;
        let value: T = codec::decode(&bytes)?;
        if value.cosigned().is_some() != cosignature.is_some() {
            return Err(Malformed);
        }
        Ok(Self { value, bytes, signature, cosignature })
    }

    /// The wire form: an array of the signed bytes, the signature, and the second one where there is one.
    #[must_use]
    pub fn to_wire(&self) -> Bytes {
        Bytes(codec::encode(&Wire {
            bytes: self.bytes.clone(),
            signature: self.signature,
            cosignature: self.cosignature,
        }))
    }

    /// Verifies the second signature over the exact bytes received.
    ///
    /// # Errors
    /// [`BadSignature`] when there is none, none is asked for, or it is not `key`'s.
    pub fn verify_cosignature(&self, key: &VerifyingKey) -> Result<(), BadSignature> {
        let (Some(label), Some(cosignature)) = (self.value.cosigned(), &self.cosignature) else {
            return Err(BadSignature);
        };
        key.verify(label, &self.bytes, cosignature)
    }

    /// Verifies the signature over the exact bytes received.
    ///
    /// # Errors
    /// [`BadSignature`] when it is not `key`'s.
    pub fn verify(&self, key: &VerifyingKey) -> Result<(), BadSignature> {
        key.verify(T::LABEL, &self.bytes, &self.signature)
    }

    /// The object; nothing is known yet of who signed it.
    #[must_use]
    pub fn value(&self) -> &T {
        &self.value
    }

    /// The signed bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes
    }

    /// The signature.
    #[must_use]
    pub fn signature(&self) -> &Signature {
        &self.signature
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn refuses_sealing_keys_with_a_coefficient_over_the_modulus() {
        // 3,328 = 0xd00 is the largest coefficient; the first pair, then the last.
        for (at, triple, sound) in [
            (0, [0x00, 0x0d, 0xd0], true),
            (0, [0x01, 0x0d, 0x00], false),
            (0, [0x00, 0x10, 0xd0], false),
            (1149, [0xff, 0x0f, 0x00], false),
            // Beyond the ML-KEM polynomials anything goes.
            (1152, [0xff, 0xff, 0xff], true),
        ] {
            let mut key = SealingPublicKey([0; 1216]);
            key.0[at..at + 3].copy_from_slice(&triple);
            assert_eq!(key.check().is_ok(), sound, "{at} {triple:?}");
        }
    }

    #[test]
    fn refuses_verifying_keys_of_small_order() {
        let mut identity = VerifyingKey([0; 32]);
        identity.0[0] = 1;
        assert_eq!(identity.check(), Err(PublicKeyRefused));
        assert_eq!(VerifyingKey([0; 32]).check(), Err(PublicKeyRefused));
        assert_eq!(VerifyingKey([255; 32]).check(), Err(PublicKeyRefused));
    }
}
