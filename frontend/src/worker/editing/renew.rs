//! A new password in place of one that somebody had: made by the rules in force, written at once. Earlier versions stay in
//! the history.

use super::account::{SecretBefore, rated};
use crate::{
    bridge::*,
    worker::engine::{Engine, Open},
};
use sealward_client::{
    crypto::randomness::OsRandom,
    error as client,
    generate::PasswordRecipe,
    model::{AccountDetails, SecretPayload, SecretType},
    operations,
    vault::Details,
};
use sealward_contract::record::RecordKind;

/// Whether an account has a password that can be made by rules: none that stands in a file.
fn is_password(details: &AccountDetails) -> bool {
    details.secret_type == SecretType::Password && details.secret_file.is_none()
}

impl Open {
    /// Whether an account's secret can be put another one in place of without anybody typing it.
    pub fn is_renewable(&self, vault: VaultId, account: ObjectId) -> bool {
        let key = operations::Item::within(vault, RecordKind::Account, account).key;
        let known = self.session.verified(vault, key).map(|verified| verified.details);
        matches!(known, Ok(Details::Account(details)) if is_password(&details))
    }
}

impl Engine {
    /// Writes it, and gives it to whoever has to set it where it is used. What else the secret holds is kept; it is
    /// released for that only where there is something.
    pub async fn renew_password(&self, ask: RenewPassword) -> Result<SecretText, Error> {
        self.change(async |open| {
            let key = operations::Item::within(ask.vault, RecordKind::Account, ask.account);
            let before = open.session.verified(ask.vault, key.key)?;
            let Details::Account(details) = before.details else { return Err(Error::Gone) };
            if !is_password(&details) {
                return Err(client::Error::Unfit.into());
            }
            let kept = if SecretBefore::of(&details).has_more() {
                open.release(ask.vault, ask.account).await?
            } else {
                SecretPayload::default()
            };
            let rules = open.session.password_rules(ask.vault, Some(before.parent), details.policy)?;
            let made = PasswordRecipe::within(rules.as_ref()).make(&mut OsRandom::new())?.text;
            let shown = SecretText::new(made.expose().to_owned());
            let secret = rated(SecretPayload { value: made, ..kept }, details.secret_type).await;
            open.check_password(ask.vault, Some(before.parent), Some(ask.account), &details, &secret)?;
            open.session.replace_secret(ask.vault, ask.account, secret, None).await?;
            Ok(shown)
        })
        .await
    }
}
