//! Versions of a secret.

use super::{Answer, find, members, time};
use crate::{engine::Open, failure::Failure, views::VersionView};

pub(super) async fn history(session: &Open, account: &str) -> Result<Answer, Failure> {
    let found = find::account(session, account)?;
    if !session.has_secret(&found.vault, &found.key.id) {
        return Ok(Answer::Versions(Vec::new()));
    }
    let versions = session.secret_versions(found.vault, found.key.id).await?;
    let shown = versions.iter().map(|version| VersionView {
        version: version.version.0,
        author: members::name(session, version.author),
        time: time::write(version.time),
    });
    Ok(Answer::Versions(shown.collect()))
}
