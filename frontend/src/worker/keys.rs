//! SSH keys and certificates, read and made by a program of its own, and what may be known of an account's.

use crate::{
    bridge::*,
    keys::{Outcome, Task, load},
};
use sealward_client::{
    import::PlannedAccount,
    model::{PublicPart, SecretType},
};

/// What a typed key or certificate is.
pub async fn read(secret_type: SecretType, text: SecretText) -> Result<KeyReading, Error> {
    let task = match secret_type {
        SecretType::Certificate => Task::ReadCertificate(text),
        _ => Task::ReadSshKey(text),
    };
    match load::run(&task).await? {
        Outcome::SshKey(read) => Ok(read.map(KeyView::SshKey)),
        Outcome::Certificate(read) => Ok(read.map(KeyView::Certificate)),
        _ => Err(Error::Bridge),
    }
}

/// A key without its passphrase, a new key, or the text of a file.
pub async fn text(task: Task) -> Result<KeyText, Error> {
    match load::run(&task).await? {
        Outcome::Text(text) => Ok(text),
        _ => Err(Error::Bridge),
    }
}

/// The text of the QR code in an image.
pub async fn read_qr(image: sealward_contract::bytes::Bytes) -> Result<QrReading, Error> {
    match load::run(&Task::ReadQr(image)).await? {
        Outcome::Qr(text) => Ok(text),
        _ => Err(Error::Bridge),
    }
}

/// Notes what may be known of the keys and certificates that are brought in.
pub async fn describe(accounts: &mut [PlannedAccount]) {
    for account in accounts.iter_mut().filter(|account| account.details.public.is_none()) {
        account.details.public = public_part(account.details.secret_type, account.secret.value.expose()).await;
    }
}

/// What may be known of a file that is a secret.
pub async fn public_part_of_file(secret_type: SecretType, file: sealward_contract::bytes::Bytes) -> Option<PublicPart> {
    if !is_described(secret_type) {
        return None;
    }
    let text = text(Task::ReadFile(file)).await.ok()?.ok()?;
    public_part(secret_type, text.expose()).await
}

/// Whether something may be known of secrets of this type.
const fn is_described(secret_type: SecretType) -> bool {
    matches!(secret_type, SecretType::SshKey | SecretType::Certificate)
}

/// What may be known of a secret without it. A text that cannot be read is kept all the same, and nothing known of it;
/// so it is where the program cannot be loaded.
pub async fn public_part(secret_type: SecretType, secret: &str) -> Option<PublicPart> {
    if secret.is_empty() || !is_described(secret_type) {
        return None;
    }
    match read(secret_type, SecretText::new(secret.to_owned())).await.ok()?.ok()? {
        KeyView::SshKey(read) => read.public.map(PublicPart::SshKey),
        KeyView::Certificate(read) => Some(PublicPart::Certificate(read.public)),
    }
}
