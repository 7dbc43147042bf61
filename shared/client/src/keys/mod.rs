//! Keys and certificates as files: SSH keys made, read and unlocked, certificates read. What is found out here is the
//! half that is not secret; no key is used for anything.
//!
//! All of it is linked only into the program that is loaded when a key is made or read.

mod certificate;
mod pem;
mod private;
mod short_scalar;
mod ssh;

pub use certificate::{CertificateRead, PairedKey, read_certificate, to_text};
pub use ssh::{SshKeyRead, make_ssh_key, read_ssh_key, unlock_ssh_key};

use serde::{Deserialize, Serialize};

/// Why a text is no key or certificate that can be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
pub enum KeyFault {
    /// It is none.
    #[error("not a key or certificate")]
    NotAKey,
    /// It is the public half alone.
    #[error("a public key, not the private one")]
    PublicHalf,
    /// PuTTY's own form, which PuTTYgen converts.
    #[error("a key in PuTTY's form")]
    Putty,
    /// A PKCS #12 file, sealed with a password of its own.
    #[error("a PKCS #12 file")]
    Pkcs12,
    /// It breaks off, or is wrong inside.
    #[error("damaged")]
    Damaged,
    /// An algorithm that is not known here.
    #[error("an unknown algorithm")]
    Unknown,
    /// The passphrase does not open it.
    #[error("wrong passphrase")]
    WrongPassphrase,
    /// Its passphrase is stretched for longer than anybody waits.
    #[error("too many rounds")]
    TooManyRounds,
    /// Longer than a secret may be.
    #[error("too long")]
    TooLong,
}

#[cfg(test)]
mod tests;
