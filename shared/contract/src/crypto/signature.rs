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

/// The signature is not the key's over these bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the signature does not verify")]
pub struct BadSignature;

/// The public key is none: not on the curve, of small order, or not in its one encoding.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("not a usable public key")]
pub struct PublicKeyRefused;

impl VerifyingKey {
    /// Checks a key before it enters the chain.
    ///
    /// # Errors
    /// [`PublicKeyRefused`] when no signature could be trusted under it.
    pub fn check(&self) -> Result<(), PublicKeyRefused> {
        match ed25519_dalek::VerifyingKey::from_bytes(&self.0) {
            Ok(key) if !key.is_weak() => Ok(()),
            _ => Err(PublicKeyRefused),
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
}

/// An object, the exact bytes that were signed, and the signature.
///
/// A value of this type is well-formed, not verified: whoever acts on it calls [`Signed::verify`] first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signed<T> {
    value: T,
    bytes: Bytes,
    signature: Signature,
}

#[derive(Encode, Decode)]
struct Wire {
    #[n(0)]
    bytes: Bytes,
    #[n(1)]
    signature: Signature,
}

impl<T: SignedKind> Signed<T> {
    /// Puts together what a signer has just made.
    #[must_use]
    pub fn new(value: T, signature: Signature) -> Self {
        let bytes = Bytes(codec::encode(&value));
        Self { value, bytes, signature }
    }

    /// Reads the wire form.
    ///
    /// # Errors
    /// [`Malformed`] when container or object are not in their one encoding.
    pub fn parse(wire: &[u8]) -> Result<Self, Malformed> {
        let Wire { bytes, signature } = codec::decode(wire)?;
        let value = codec::decode(&bytes)?;
        Ok(Self { value, bytes, signature })
    }

    /// The wire form: an array of the signed bytes and the signature.
    #[must_use]
    pub fn to_wire(&self) -> Bytes {
        Bytes(codec::encode(&Wire { bytes: self.bytes.clone(), signature: self.signature }))
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
