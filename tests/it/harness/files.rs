//! Files of accounts, sent whole.

use super::{Furnished, InProcess};
use sealward_client::{
    files::{Attached, FileChanges},
    model::{AccountDetails, FileRef},
    session::Session,
};
use sealward_contract::ids::VaultId;

/// Bytes that differ from place to place, so that exchanged chunks are seen.
pub fn bytes_of(length: usize) -> Vec<u8> {
    (0..length as u64).map(|at| (at.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 56) as u8).collect()
}

/// Gives the first account of a furnished vault one file.
pub async fn attach(session: &Session<InProcess>, made: &Furnished, bytes: &[u8]) -> FileRef {
    let sent = session.upload_bytes(made.vault, "licence.pdf", "application/pdf", bytes).await.unwrap();
    let file = sent.file.clone();
    bring_in(session, made.vault, made, vec![sent]).await;
    file
}

async fn bring_in(session: &Session<InProcess>, vault: VaultId, made: &Furnished, added: Vec<Attached>) {
    let files = added.iter().map(|sent| sent.file.clone()).collect();
    let details = AccountDetails { name: Furnished::FIRST.0.into(), files: Some(files), ..Default::default() };
    let changes = FileChanges { added, removed: Vec::new() };
    let base = made.version(session, made.first);
    session.update_account_with(vault, made.first, base, details, None, &changes).await.unwrap();
}
