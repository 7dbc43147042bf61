//! Sealing a guarded secret: under a random key that is wrapped to the public half of the vault's
//! guarded key. So an editor writes what only a custodian reads, and an approver who is given the
//! wrapped key hands on the key of this one version and no other.

use rand_core::CryptoRng;
use sealward_contract::crypto::context::{of_guarded_key, of_record};
use sealward_contract::crypto::{Hash, SealingPublicKey};
use sealward_contract::record::RecordContext;
use zeroize::Zeroizing;

use super::hpke::{self, Envelope, XWingSecret};
use super::sealing::{self, OpenError, Sealed, SealingKey};

/// A guarded secret: the payload, and its key for the custodians.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Guarded {
    /// The key of this one sealing, wrapped.
    pub wrapped: Envelope,
    /// The payload under that key.
    pub sealed: Sealed,
}

/// The payload is too long, or the guarded public key is none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("cannot be sealed to the guarded key")]
pub struct SealError;

/// Seals a record's payload for the holders of a guarded key.
///
/// # Errors
/// [`SealError`] when the payload is too long or the public key is none.
pub fn seal(
    public: &SealingPublicKey,
    record: &RecordContext,
    payload: &[u8],
    randomness: &mut dyn CryptoRng,
) -> Result<Guarded, SealError> {
    let key = SealingKey::make(randomness);
    let sealed = sealing::seal(&key, &of_record(record), payload, randomness).map_err(|_| SealError)?;
    let wrapped = hpke::wrap(public, &of_guarded_key(record), &[], key.expose(), randomness).map_err(|_| SealError)?;
    Ok(Guarded { wrapped, sealed })
}

/// Unwraps the key of one sealing and checks it against the commitment, without the payload.
///
/// # Errors
/// [`OpenError`] if it is not for this key and record, or not the key committed to.
pub fn unwrap_key(
    secret: &XWingSecret,
    record: &RecordContext,
    wrapped: &Envelope,
    salt: &Hash,
    commitment: &Hash,
) -> Result<SealingKey, OpenError> {
    let key = hpke::unwrap(secret, &of_guarded_key(record), &[], wrapped).map_err(|_| OpenError)?;
    SealingKey::from_slice(&key)
        .filter(|key| sealing::is_key_of(key, &of_record(record), salt, commitment))
        .ok_or(OpenError)
}

/// Opens what [`seal`] made for this key and record.
///
/// # Errors
/// [`OpenError`] for anything else.
pub fn open(secret: &XWingSecret, record: &RecordContext, guarded: &Guarded) -> Result<Zeroizing<Vec<u8>>, OpenError> {
    let Guarded { wrapped, sealed } = guarded;
    let key = unwrap_key(secret, record, wrapped, &sealed.salt, &sealed.commitment)?;
    sealing::open(&key, &of_record(record), sealed)
}

#[cfg(test)]
mod tests {
    use super::{Guarded, open, seal, unwrap_key};
    use crate::crypto::fixed::record;
    use crate::crypto::fixed::{FixedRandomness, digest};
    use crate::crypto::hpke::XWingSecret;
    use crate::crypto::sealing::OpenError;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn guarded_sealing_is_frozen() {
        let mut randomness = FixedRandomness::new();
        let secret = XWingSecret::make(&mut randomness);
        let guarded = seal(&secret.public(), &record(1), b"payload", &mut randomness).unwrap();
        assert_eq!(
            digest(guarded.wrapped.as_bytes()),
            "3272b0d9641a98d5e71bec77861b44b9113cda25535fdc74d734e564e37d768c"
        );
        assert_eq!(digest(&guarded.sealed.bytes), "f4eed273e55858f693d70fc6dace02ad0cbd10fe5b6493690c85181b2536f4d3");
        assert_eq!(**open(&secret, &record(1), &guarded).unwrap(), *b"payload");
    }

    #[test]
    fn keys_and_payloads_cannot_be_exchanged() {
        let mut randomness = FixedRandomness::new();
        let secret = XWingSecret::make(&mut randomness);
        let other = XWingSecret::make(&mut randomness);
        let first = seal(&secret.public(), &record(1), b"first", &mut randomness).unwrap();
        let second = seal(&secret.public(), &record(1), b"second", &mut randomness).unwrap();
        assert_eq!(open(&other, &record(1), &first), Err(OpenError));
        assert_eq!(open(&secret, &record(2), &first), Err(OpenError));
        let mixed = Guarded { wrapped: first.wrapped, sealed: second.sealed };
        assert_eq!(open(&secret, &record(1), &mixed), Err(OpenError));
        let Guarded { wrapped, sealed } = mixed;
        let key = unwrap_key(&secret, &record(1), &wrapped, &sealed.salt, &sealed.commitment);
        assert!(key.is_err());
    }

    #[test]
    fn debug_shows_no_bytes() {
        let mut randomness = FixedRandomness::new();
        let secret = XWingSecret::make(&mut randomness);
        let guarded = seal(&secret.public(), &record(1), b"payload", &mut randomness).unwrap();
        let shown = "Guarded { wrapped: Envelope(1168 bytes), sealed: Sealed(272 bytes) }";
        assert_eq!(format!("{guarded:?}"), shown);
    }
}
