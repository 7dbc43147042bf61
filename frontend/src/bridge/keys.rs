//! SSH keys and certificates: read, made, unlocked. What is typed crosses as a secret; what is found out is none.

use sealward_client::keys::{CertificateRead, KeyFault, SshKeyRead};
use sealward_client::model::SecretType;
use sealward_contract::bytes::Bytes;
use serde::{Deserialize, Serialize};

use super::SecretText;

/// Asks what a typed key or certificate is.
#[derive(Serialize, Deserialize)]
pub struct ReadKey {
    /// What it should be: an SSH key or a certificate.
    pub secret_type: SecretType,
    /// As typed.
    pub text: SecretText,
}

/// What it is, or why it is none.
pub type KeyReading = Result<KeyView, KeyFault>;

/// What a key or certificate is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum KeyView {
    /// A private SSH key.
    SshKey(SshKeyRead),
    /// A certificate.
    Certificate(CertificateRead),
}

/// Takes the passphrase from an SSH key.
#[derive(Serialize, Deserialize)]
pub struct UnlockKey {
    /// The key.
    pub text: SecretText,
    /// Its passphrase.
    pub passphrase: SecretText,
}

/// Makes an SSH key.
#[derive(Serialize, Deserialize)]
pub struct MakeKey {
    /// Whose it is; stands in its public half.
    pub comment: String,
}

/// Asks for the text to keep of a file.
#[derive(Serialize, Deserialize)]
pub struct ReadKeyFile {
    /// PEM, or a certificate in DER.
    pub file: Bytes,
}

/// A key as text, or why there is none.
pub type KeyText = Result<SecretText, KeyFault>;
