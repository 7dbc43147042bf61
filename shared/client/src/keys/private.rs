//! Private keys in the forms of OpenSSL: PKCS #1, SEC 1, PKCS #8. Of each only the public half is taken.

use super::{KeyFault, pem::Block};
use pkcs1::RsaPrivateKeyRef;
use pkcs8::{
    ObjectIdentifier, PrivateKeyInfoRef,
    der::{Decode, asn1::OctetStringRef},
};
use sec1::EcPrivateKey;
use ssh_key::{
    Mpint,
    public::{EcdsaPublicKey, Ed25519PublicKey, KeyData, RsaPublicKey},
};
use zeroize::Zeroizing;

pub(super) const RSA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.1");
pub(super) const EC: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.10045.2.1");
pub(super) const ED25519: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.112");

/// What a block says about a private key.
pub(super) enum Private {
    /// It is none.
    Not,
    /// It is one, sealed with a passphrase.
    Locked,
    /// It is one; `None` when its public half is not in it and cannot be worked out here.
    Open(Option<KeyData>),
}

/// Reads a block that is not in OpenSSH's form.
pub(super) fn read(block: &Block<'_>) -> Result<Private, KeyFault> {
    let half = match block.label {
        _ if block.encrypted => return Ok(Private::Locked),
        "ENCRYPTED PRIVATE KEY" => return Ok(Private::Locked),
        "RSA PRIVATE KEY" => rsa(&block.der)?,
        "EC PRIVATE KEY" => ec(&block.der)?,
        "PRIVATE KEY" => pkcs8(&block.der)?,
        "DSA PRIVATE KEY" => None,
        _ => return Ok(Private::Not),
    };
    Ok(Private::Open(half))
}

fn pkcs8(der: &[u8]) -> Result<Option<KeyData>, KeyFault> {
    let info = PrivateKeyInfoRef::try_from(der).map_err(damaged)?;
    let inner = info.private_key.as_bytes();
    match info.algorithm.oid {
        RSA => rsa(inner),
        EC => ec(inner),
        ED25519 => {
            let seed = <&OctetStringRef>::from_der(inner).map_err(damaged)?;
            let seed: [u8; 32] = seed.as_bytes().try_into().map_err(damaged)?;
            let seed = Zeroizing::new(seed);
            let public = ed25519_dalek::SigningKey::from_bytes(&seed).verifying_key();
            Ok(Some(KeyData::Ed25519(Ed25519PublicKey(public.to_bytes()))))
        }
        _ => Ok(None),
    }
}

fn rsa(der: &[u8]) -> Result<Option<KeyData>, KeyFault> {
    let key = RsaPrivateKeyRef::try_from(der).map_err(damaged)?;
    let [e, n] = [&key.public_exponent, &key.modulus].map(|number| Mpint::from_positive_bytes(number.as_bytes()));
    Ok(Some(KeyData::Rsa(RsaPublicKey::new(e, n).map_err(damaged)?)))
}

fn ec(der: &[u8]) -> Result<Option<KeyData>, KeyFault> {
    let key = EcPrivateKey::from_der(der).map_err(damaged)?;
    let point = key.public_key.and_then(|point| EcdsaPublicKey::from_sec1_bytes(point).ok());
    Ok(point.map(KeyData::Ecdsa))
}

fn damaged<E>(_: E) -> KeyFault {
    KeyFault::Damaged
}
