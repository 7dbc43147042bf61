//! Certificates (X.509, RFC 5280): what they say. Nothing is verified here; a certificate is kept, not trusted.

use super::{
    KeyFault, pem,
    private::{self, EC, ED25519, Private, RSA},
};
use crate::model::{CertificatePublic, SecretText, limits};
use pkcs1::RsaPublicKeyRef;
use sealward_contract::ids::Timestamp;
use serde::{Deserialize, Serialize};
use sha2::{Digest, Sha256};
use ssh_key::public::KeyData;
use std::net::{Ipv4Addr, Ipv6Addr};
use x509_cert::{
    certificate::{CertificateInner, Raw},
    der::{Decode, asn1::ObjectIdentifier},
    ext::pkix::{SubjectAltName, name::GeneralName},
    spki::SubjectPublicKeyInfoOwned,
    time::Time,
};

/// What a file with a certificate holds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct CertificateRead {
    /// What its certificate says: the one that the private key belongs to, otherwise the first.
    pub public: CertificatePublic,
    /// Further certificates: the chain.
    pub others: u32,
    /// The private key.
    pub key: PairedKey,
}

/// The private key beside a certificate.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum PairedKey {
    /// There is none.
    Absent,
    /// It is the certificate's.
    Fits,
    /// It is another certificate's.
    Foreign,
    /// It is sealed with a passphrase, or of a kind that is not known here.
    Unread,
}

type Certificate = CertificateInner<Raw>;

/// Reads a certificate in PEM, with its chain and its private key where they are there too.
///
/// # Errors
/// [`KeyFault`].
pub fn read_certificate(text: &str) -> Result<CertificateRead, KeyFault> {
    if text.len() > limits::SECRET {
        return Err(KeyFault::TooLong);
    }
    let (mut certificates, mut key, mut public_half) = (Vec::new(), None, false);
    for block in pem::blocks(text).ok_or(KeyFault::Damaged)? {
        match block.label {
            "CERTIFICATE" | "X509 CERTIFICATE" | "TRUSTED CERTIFICATE" => {
                let certificate = Certificate::from_der(&block.der).map_err(damaged)?;
                certificates.push((certificate, block.der));
            }
            label => match private::read(&block)? {
                Private::Not => public_half |= label.ends_with("PUBLIC KEY"),
                // In OpenSSL's bundles a key comes once; the first one counts.
                Private::Locked => drop(key.get_or_insert(None)),
                Private::Open(half) => drop(key.get_or_insert(half)),
            },
        }
    }
    let fits = |certificate: &Certificate| {
        let half = key.as_ref().and_then(Option::as_ref);
        half.is_some_and(|half| is_half_of(half, certificate.tbs_certificate().subject_public_key_info()))
    };
    let at = certificates.iter().position(|(certificate, _)| fits(certificate));
    let Some((certificate, der)) = certificates.get(at.unwrap_or(0)) else {
        return Err(if public_half { KeyFault::PublicHalf } else { KeyFault::NotAKey });
    };
    let paired = match (&key, at) {
        (None, _) => PairedKey::Absent,
        (Some(_), Some(_)) => PairedKey::Fits,
        (Some(Some(_)), None) => PairedKey::Foreign,
        (Some(None), None) => PairedKey::Unread,
    };
    let others = u32::try_from(certificates.len().saturating_sub(1)).unwrap_or(u32::MAX);
    Ok(CertificateRead { public: describe(certificate, der), others, key: paired })
}

/// The text to keep of a file: PEM as it is, DER as PEM.
///
/// # Errors
/// [`KeyFault`] for what is neither text nor a certificate.
pub fn to_text(file: &[u8]) -> Result<SecretText, KeyFault> {
    if file.len() > limits::SECRET {
        return Err(KeyFault::TooLong);
    }
    // A sequence of more than 127 bytes begins in a way that UTF-8 does not allow.
    match (str::from_utf8(file), Certificate::from_der(file)) {
        (Ok(text), _) => Ok(SecretText::new(text.replace("\r\n", "\n"))),
        (Err(_), Ok(_)) => Ok(SecretText::new(pem::write("CERTIFICATE", file))),
        // PFX ::= SEQUENCE { version INTEGER (3), … }
        _ if file.windows(3).take(6).any(|bytes| bytes == [0x02, 0x01, 0x03]) => Err(KeyFault::Pkcs12),
        _ => Err(KeyFault::NotAKey),
    }
}

fn describe(certificate: &Certificate, der: &[u8]) -> CertificatePublic {
    let said = certificate.tbs_certificate();
    let mut names = names(certificate);
    names.truncate(limits::CERTIFICATE_NAMES);
    let line = |text: String| text.chars().filter(|sign| !sign.is_control()).take(limits::DISTINGUISHED_NAME).collect();
    let hex = |bytes: &[u8], between: &str| {
        bytes.iter().map(|byte| format!("{byte:02X}")).collect::<Vec<String>>().join(between)
    };
    // A number whose first bit is set has a zero before it, which is no part of the number.
    let serial = match said.serial_number().as_bytes() {
        [0, rest @ ..] if !rest.is_empty() => rest,
        bytes => bytes,
    };
    CertificatePublic {
        subject: line(said.subject().to_string()),
        issuer: line(said.issuer().to_string()),
        names: names.into_iter().map(line).collect(),
        serial: hex(serial, "").chars().take(limits::FINGERPRINT).collect(),
        not_before: time(said.validity().not_before),
        not_after: time(said.validity().not_after),
        key: key_kind(said.subject_public_key_info()),
        fingerprint: hex(&Sha256::digest(der), ":"),
    }
}

fn time(time: Time) -> Timestamp {
    Timestamp(u64::try_from(time.to_unix_duration().as_millis()).unwrap_or(u64::MAX))
}

/// Subject alternative names. What has no short form (directory names, other names) is left out.
fn names(certificate: &Certificate) -> Vec<String> {
    let Ok(Some((_, SubjectAltName(names)))) = certificate.tbs_certificate().get_extension::<SubjectAltName>() else {
        return Vec::new();
    };
    names
        .into_iter()
        .filter_map(|name| match name {
            GeneralName::DnsName(name) | GeneralName::Rfc822Name(name) => Some(name.to_string()),
            GeneralName::UniformResourceIdentifier(uri) => Some(uri.to_string()),
            GeneralName::IpAddress(bytes) => address(bytes.as_bytes()),
            _ => None,
        })
        .collect()
}

fn address(bytes: &[u8]) -> Option<String> {
    match bytes.len() {
        4 => <[u8; 4]>::try_from(bytes).ok().map(|bytes| Ipv4Addr::from(bytes).to_string()),
        _ => <[u8; 16]>::try_from(bytes).ok().map(|bytes| Ipv6Addr::from(bytes).to_string()),
    }
}

/// Curves by name, as `openssl` and people call them.
const CURVES: [(&str, &str); 4] = [
    ("1.2.840.10045.3.1.7", "P-256"),
    ("1.3.132.0.34", "P-384"),
    ("1.3.132.0.35", "P-521"),
    ("1.3.132.0.10", "secp256k1"),
];
const ED448: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.3.101.113");
const RSA_PSS: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.1.10");

fn key_kind(key: &SubjectPublicKeyInfoOwned) -> String {
    match key.algorithm.oid {
        RSA | RSA_PSS => {
            let bits = RsaPublicKeyRef::try_from(key.subject_public_key.raw_bytes())
                .map(|key| bit_length(key.modulus.as_bytes()));
            bits.map_or_else(|_| "RSA".to_owned(), |bits| format!("RSA {bits}"))
        }
        EC => {
            let curve = key.algorithm.parameters.as_ref().and_then(|any| any.decode_as::<ObjectIdentifier>().ok());
            let curve = curve.map(|curve| curve.to_string()).unwrap_or_default();
            let name = CURVES.iter().find(|(oid, _)| *oid == curve).map_or(curve.as_str(), |(_, name)| name);
            format!("ECDSA {name}")
        }
        ED25519 => "Ed25519".to_owned(),
        ED448 => "Ed448".to_owned(),
        other => other.to_string(),
    }
}

fn bit_length(bytes: &[u8]) -> usize {
    bytes.first().map_or(0, |first| bytes.len() * 8 - first.leading_zeros() as usize)
}

/// Whether a public half is the one in a certificate.
fn is_half_of(half: &KeyData, key: &SubjectPublicKeyInfoOwned) -> bool {
    let bits = key.subject_public_key.raw_bytes();
    match half {
        KeyData::Ed25519(half) => key.algorithm.oid == ED25519 && bits == half.0,
        KeyData::Ecdsa(half) => key.algorithm.oid == EC && bits == half.as_sec1_bytes(),
        KeyData::Rsa(half) => RsaPublicKeyRef::try_from(bits).is_ok_and(|key| {
            half.n().as_positive_bytes() == Some(key.modulus.as_bytes())
                && half.e().as_positive_bytes() == Some(key.public_exponent.as_bytes())
        }),
        _ => false,
    }
}

fn damaged<E>(_: E) -> KeyFault {
    KeyFault::Damaged
}
