//! Secrets read, the present one and those before it. A second factor is asked for first, unless the gateway was told not
//! to: programs have none, so that nothing is read until then.

use super::{accounts, change::PASSPHRASE, paging, shapes};
use crate::{
    engine::Open,
    gateway::{
        exchange::{Answer, Asked},
        reading::{Pairs, Stop},
        shared::{find::Account, people, read},
    },
};
use http::StatusCode;
use sealward_client::{model::SecretPayload, session::SecretVersion};
use serde::Serialize;
use serde_json::Value;

/// An account with its secret. The secret is written into the answer from where it lies, and nowhere else.
#[derive(Serialize)]
struct WithSecret<'s> {
    #[serde(flatten)]
    account: &'s Value,
    secret: &'s str,
    passphrase: &'s str,
}

/// A version of a secret, which is written into the answer from where it lies too.
#[derive(Serialize)]
struct Earlier<'s> {
    id: u32,
    version: u32,
    account: String,
    secret_type: Value,
    secret: &'s str,
    history_date: String,
    history_user: String,
}

/// Answers with an account's secret.
pub async fn read(session: &Open, id: &str) -> Result<Answer, Stop> {
    let account = accounts::find(session, id)?;
    let shape = accounts::shape(session, &account)?;
    let payload = match session.has_secret(&account.vault, &account.id) {
        true => read::secret(session, &account, None).await?,
        false => SecretPayload::default(),
    };
    let passphrase = payload.hidden(PASSPHRASE).map(|text| text.expose()).unwrap_or_default();
    let body = WithSecret { account: &shape, secret: payload.value.expose(), passphrase };
    Ok(Answer::json(StatusCode::OK, &body))
}

/// Answers with the secrets that an account had before, the newest first.
pub async fn histories(session: &Open, asked: &Asked, query: &Pairs, id: &str) -> Result<Answer, Stop> {
    let account = accounts::find(session, id)?;
    if !session.has_secret(&account.vault, &account.id) {
        return Ok(paging::answer(asked, query, &[], |(): &()| Value::Null));
    }
    let versions = session.secret_versions(account.vault, account.id).await?;
    let earlier: Vec<SecretVersion> = versions.into_iter().skip(1).collect();
    let mut shown = Vec::with_capacity(earlier.len());
    for version in &earlier {
        // What is not on the page is not released: each release is in the audit.
        shown.push((version, None::<SecretPayload>));
    }
    let (from, to) = paging::stretch(query, shown.len());
    for (version, payload) in shown.iter_mut().skip(from).take(to - from) {
        *payload = Some(session.release_version(account.vault, account.id, version.version).await?);
    }
    Ok(paging::answer(asked, query, &shown, |(version, payload)| show(session, &account, version, payload.as_ref())))
}

fn show<'s>(
    session: &Open,
    account: &Account,
    version: &SecretVersion,
    payload: Option<&'s SecretPayload>,
) -> Earlier<'s> {
    let (kind, label) = shapes::secret_type(account.details.secret_type);
    Earlier {
        id: version.version.0,
        version: version.version.0,
        account: account.id.to_string(),
        secret_type: shapes::choice(kind, label),
        secret: payload.map(|payload| payload.value.expose()).unwrap_or_default(),
        history_date: shapes::time(version.time),
        history_user: people::name_of(session, &version.author),
    }
}
