//! SSH keys in OpenSSH's form, with the half of them that goes on servers.

use super::{
    KeyFault,
    pem::{self, Block},
    private::{self, Private},
    short_scalar,
};
use crate::{
    crypto::randomness::CryptoRng,
    model::{SecretText, SshPublic, limits},
};
use serde::{Deserialize, Serialize};
use ssh_key::{Algorithm, EcdsaCurve, HashAlg, Kdf, LineEnding, PrivateKey, PublicKey, public::KeyData};
use zeroize::Zeroizing;

/// What is known of a private key after reading it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SshKeyRead {
    /// The half that is not secret; `None` where only the passphrase gives it.
    pub public: Option<SshPublic>,
    /// Whether it is sealed with a passphrase of its own.
    pub locked: bool,
    /// Whether [`unlock_ssh_key`] can take the passphrase away: only for OpenSSH's form.
    pub unlockable: bool,
}

/// Reads a private key: OpenSSH's form, or PKCS #1, SEC 1 and PKCS #8 in PEM.
///
/// # Errors
/// [`KeyFault`].
pub fn read_ssh_key(text: &str) -> Result<SshKeyRead, KeyFault> {
    let blocks = find(text)?;
    for block in &blocks {
        if block.label == OPENSSH {
            let key = short_scalar::read(&block.der).map_err(fault)?;
            let public = describe(key.public_key())?;
            let locked = key.is_encrypted();
            return Ok(SshKeyRead {
                public: Some(SshPublic { locked: locked.then_some(true), ..public }),
                locked,
                unlockable: locked,
            });
        }
        match private::read(block)? {
            Private::Not => {}
            Private::Locked => return Ok(SshKeyRead { public: None, locked: true, unlockable: false }),
            Private::Open(half) => {
                let public = half.map(|half| describe(&PublicKey::new(half, ""))).transpose()?;
                return Ok(SshKeyRead { public, locked: false, unlockable: false });
            }
        }
    }
    Err(if blocks.iter().any(|block| block.label.ends_with("PUBLIC KEY")) {
        KeyFault::PublicHalf
    } else {
        KeyFault::NotAKey
    })
}

/// Takes the passphrase from a key in OpenSSH's form.
///
/// # Errors
/// [`KeyFault::WrongPassphrase`], or what makes it unreadable.
pub fn unlock_ssh_key(text: &str, passphrase: &str) -> Result<SecretText, KeyFault> {
    let blocks = find(text)?;
    let block = blocks.iter().find(|block| block.label == OPENSSH).ok_or(KeyFault::NotAKey)?;
    let key = short_scalar::read(&block.der).map_err(fault)?;
    if matches!(key.kdf(), Kdf::Bcrypt { rounds, .. } if *rounds > MOST_ROUNDS) {
        return Err(KeyFault::TooManyRounds);
    }
    let key = if key.is_encrypted() {
        short_scalar::decrypt(&key, &block.der, passphrase).map_err(|_| KeyFault::WrongPassphrase)?
    } else {
        key
    };
    write(&key)
}

/// Makes an Ed25519 key.
///
/// # Errors
/// [`KeyFault`] for a comment that is too long or has line breaks.
pub fn make_ssh_key(comment: &str, randomness: &mut dyn CryptoRng) -> Result<SecretText, KeyFault> {
    if comment.chars().count() > limits::USER_NAME + limits::NAME || comment.chars().any(char::is_control) {
        return Err(KeyFault::TooLong);
    }
    let mut key = PrivateKey::random(randomness, Algorithm::Ed25519).map_err(fault)?;
    key.set_comment(comment.trim());
    write(&key)
}

/// Rounds of bcrypt that are waited for: ssh-keygen makes 24, careful people a few hundred.
const MOST_ROUNDS: u32 = 1_000;

const OPENSSH: &str = "OPENSSH PRIVATE KEY";

fn write(key: &PrivateKey) -> Result<SecretText, KeyFault> {
    let text: Zeroizing<String> = key.to_openssh(LineEnding::LF).map_err(fault)?;
    Ok(text.into())
}

fn find(text: &str) -> Result<Vec<Block<'_>>, KeyFault> {
    if text.len() > limits::SECRET {
        return Err(KeyFault::TooLong);
    }
    let start = text.trim_start();
    if start.starts_with("PuTTY-User-Key-File") {
        return Err(KeyFault::Putty);
    }
    if PublicKey::from_openssh(start.trim_end()).is_ok() {
        return Err(KeyFault::PublicHalf);
    }
    pem::blocks(text).ok_or(KeyFault::Damaged)
}

/// The line for `authorized_keys`, the fingerprint, and a name for its kind.
fn describe(key: &PublicKey) -> Result<SshPublic, KeyFault> {
    let line = key.to_openssh().map_err(fault)?;
    let fingerprint = key.fingerprint(HashAlg::Sha256).to_string();
    Ok(SshPublic { line: line.trim_end().to_owned(), fingerprint, kind: Some(kind(key.key_data())), locked: None })
}

fn kind(key: &KeyData) -> String {
    match key {
        KeyData::Ed25519(_) => "Ed25519".to_owned(),
        KeyData::Rsa(key) => format!("RSA {}", key.key_size()),
        KeyData::Ecdsa(key) => match key.curve() {
            EcdsaCurve::NistP256 => "ECDSA P-256".to_owned(),
            EcdsaCurve::NistP384 => "ECDSA P-384".to_owned(),
            EcdsaCurve::NistP521 => "ECDSA P-521".to_owned(),
        },
        KeyData::SkEd25519(_) => "Ed25519 (FIDO)".to_owned(),
        KeyData::SkEcdsaSha2NistP256(_) => "ECDSA P-256 (FIDO)".to_owned(),
        other => other.algorithm().as_str().to_owned(),
    }
}

fn fault(error: ssh_key::Error) -> KeyFault {
    match error {
        ssh_key::Error::AlgorithmUnknown | ssh_key::Error::AlgorithmUnsupported { .. } => KeyFault::Unknown,
        _ => KeyFault::Damaged,
    }
}
