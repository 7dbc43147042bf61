//! Reads and makes key files: SSH keys, certificates, and QR images of seeds. `run` is linked into its own program only
//! (`bin/keys.rs`), since few people need it on an ordinary day; the worker reaches it through `load`.

pub mod load;

use sealward_client::crypto::randomness::OsRandom;
use sealward_client::keys::{self, CertificateRead, KeyFault, SshKeyRead};
use sealward_client::otp::{ImageFault, image};
use sealward_contract::bytes::Bytes;
use serde::{Deserialize, Serialize};

use crate::bridge::{Error, SecretText, decode, encode};

/// What the worker asks of the program.
#[derive(Serialize, Deserialize)]
pub enum Task {
    /// Reads a private SSH key.
    ReadSshKey(SecretText),
    /// Takes the passphrase from one.
    UnlockSshKey(SecretText, SecretText),
    /// Makes one with this comment.
    MakeSshKey(String),
    /// Reads a certificate.
    ReadCertificate(SecretText),
    /// Makes text of a file.
    ReadFile(Bytes),
    /// Reads the QR code in an image.
    ReadQr(Bytes),
}

/// What the program answers, by task.
#[derive(Serialize, Deserialize)]
pub enum Outcome {
    /// Of reading a key.
    SshKey(Result<SshKeyRead, KeyFault>),
    /// Of reading a certificate.
    Certificate(Result<CertificateRead, KeyFault>),
    /// Of making or unlocking a key, or reading a file.
    Text(Result<SecretText, KeyFault>),
    /// Of reading an image.
    Qr(Result<SecretText, ImageFault>),
}

/// Does what an encoded task says, and encodes the outcome.
///
/// # Errors
/// When the bytes are no task.
pub fn run(task: &[u8]) -> Result<Vec<u8>, Error> {
    encode(&match decode(task)? {
        Task::ReadSshKey(text) => Outcome::SshKey(keys::read_ssh_key(text.expose())),
        Task::UnlockSshKey(text, passphrase) => {
            Outcome::Text(keys::unlock_ssh_key(text.expose(), passphrase.expose()).map(shown))
        }
        Task::MakeSshKey(comment) => Outcome::Text(keys::make_ssh_key(&comment, &mut OsRandom::new()).map(shown)),
        Task::ReadCertificate(text) => Outcome::Certificate(keys::read_certificate(text.expose())),
        Task::ReadFile(file) => Outcome::Text(keys::to_text(&file).map(shown)),
        Task::ReadQr(file) => Outcome::Qr(image::read_qr(&file).map(shown)),
    })
}

fn shown(text: sealward_client::model::SecretText) -> SecretText {
    SecretText::new(text.expose().to_owned())
}
