//! What a password has to be, and how strong it is.

use super::find::Account;
use crate::{engine::Open, failure::Failure, strength};
use sealward_client::{
    model::{AccountDetails, Reuse, SecretPayload},
    operations::{NewSecret, PasswordUse},
};
use sealward_contract::ids::{ObjectId, VaultId};

/// Where a password is to be.
pub struct Target<'a> {
    /// The vault.
    pub vault: VaultId,
    /// The resource, where it is there already.
    pub resource: Option<ObjectId>,
    /// The account, where it is there already.
    pub account: Option<&'a Account>,
}

/// Judges a secret by the policy in force, and rates it.
///
/// # Errors
/// [`Failure::Invalid`] names every rule that it breaks.
pub async fn prepare(
    session: &Open,
    target: &Target<'_>,
    details: &AccountDetails,
    payload: SecretPayload,
) -> Result<NewSecret, Failure> {
    let rules = session.password_rules(target.vault, target.resource, details.policy)?;
    let used = match rules.map(|rules| rules.reuse) {
        None | Some(Reuse::Allowed) => PasswordUse::default(),
        Some(Reuse::NotThePresentOne | Reuse::NowhereInTheVault) => find_uses(session, target, &payload).await?,
    };
    session.judge_password(target.vault, target.resource, details, &payload, used)?;
    let score = strength::score(details.secret_type, payload.value.expose());
    Ok(NewSecret { payload, score })
}

/// By the facts of the vault's other secrets, none of which is opened for it.
async fn find_uses(session: &Open, target: &Target<'_>, payload: &SecretPayload) -> Result<PasswordUse, Failure> {
    let Some(tag) = session.reuse_tag(&target.vault, payload.value.expose()) else { return Ok(PasswordUse::default()) };
    let (facts, _) = session.fetch_facts(target.vault).await?;
    let own = target.account.map(|account| account.id);
    let mut used = PasswordUse::default();
    for (account, facts) in facts {
        if facts.reuse == Some(tag) {
            if Some(account) == own { used.present = true } else { used.elsewhere = true }
        }
    }
    Ok(used)
}
