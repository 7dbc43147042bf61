//! What may be known of a key or a certificate without its secret half.

use super::invalid::{Field, Invalid, Problem, check_line, check_text};
use super::limits;
use super::time::cbor_len_of_time;
use minicbor::{CborLen, Decode, Encode};
use sealward_contract::ids::Timestamp;
use serde::{Deserialize, Serialize};

/// The half of a secret that is not secret.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode, CborLen, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PublicPart {
    /// Of an SSH key.
    #[n(0)]
    SshKey(#[n(0)] SshPublic),
    /// Of a certificate.
    #[n(1)]
    Certificate(#[n(0)] CertificatePublic),
}

/// The public half of an SSH key.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode, CborLen, Serialize, Deserialize)]
#[cbor(array)]
pub struct SshPublic {
    /// One line in the form of `authorized_keys`: algorithm, base64, comment.
    #[n(0)]
    pub line: String,
    /// `SHA256:` and the unpadded base64 of the digest of the key blob, as `ssh-keygen -l` shows it.
    #[n(1)]
    pub fingerprint: String,
    /// Algorithm, such as `RSA 3072` or `Ed25519`.
    #[n(2)]
    pub kind: Option<String>,
    /// `Some(true)` when the private half is sealed with a passphrase of its own.
    #[n(3)]
    pub locked: Option<bool>,
}

/// What a certificate says.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode, CborLen, Serialize, Deserialize)]
#[cbor(array)]
pub struct CertificatePublic {
    /// Distinguished name of the subject (RFC 4514).
    #[n(0)]
    pub subject: String,
    /// Distinguished name of the issuer (RFC 4514).
    #[n(1)]
    pub issuer: String,
    /// Subject alternative names: DNS names, addresses, e-mail addresses, URIs.
    #[n(2)]
    pub names: Vec<String>,
    /// Serial number in hexadecimal.
    #[n(3)]
    pub serial: String,
    /// When it begins to be valid.
    #[n(4)]
    #[cbor(cbor_len = "cbor_len_of_time")]
    pub not_before: Timestamp,
    /// When it ends.
    #[n(5)]
    #[cbor(cbor_len = "cbor_len_of_time")]
    pub not_after: Timestamp,
    /// Algorithm of its key, such as `RSA 2048` or `Ed25519`.
    #[n(6)]
    pub key: String,
    /// SHA-256 of its DER encoding, in hexadecimal.
    #[n(7)]
    pub fingerprint: String,
}

pub(super) fn check_public(public: &PublicPart) -> Result<(), Invalid> {
    match public {
        PublicPart::SshKey(key) => {
            check_line(Field::PublicPart, &key.line, limits::PUBLIC_KEY)?;
            check_line(Field::PublicPart, &key.fingerprint, limits::FINGERPRINT)?;
            check_line(Field::PublicPart, key.kind.as_deref().unwrap_or_default(), limits::FINGERPRINT)
        }
        PublicPart::Certificate(certificate) => {
            if certificate.names.len() > limits::CERTIFICATE_NAMES {
                return Err(Invalid::new(Field::PublicPart, Problem::TooMany { limit: limits::CERTIFICATE_NAMES }));
            }
            let CertificatePublic { subject, issuer, names, serial, key, fingerprint, .. } = certificate;
            [serial, key, fingerprint]
                .into_iter()
                .try_for_each(|text| check_line(Field::PublicPart, text, limits::FINGERPRINT))?;
            names
                .iter()
                .chain([subject, issuer])
                .try_for_each(|text| check_text(Field::PublicPart, text, limits::DISTINGUISHED_NAME))
        }
    }
}
