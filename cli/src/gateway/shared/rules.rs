//! What a password has to be, and how strong it is.

use super::find::Account;
use crate::{engine::Open, failure::Failure};
use sealward_client::{
    model::{AccountDetails, Reuse, Score, SecretPayload, SecretType},
    operations::{NewSecret, PasswordUse},
};
use sealward_contract::ids::{ObjectId, VaultId};

/// Characters of a password that are looked at: the time grows with the square, and what is longer is beyond guessing.
const LOOKED_AT: usize = 100;

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
    let score = (details.secret_type == SecretType::Password && !payload.value.is_empty())
        .then(|| rate(payload.value.expose(), details))
        .flatten();
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

fn rate(password: &str, details: &AccountDetails) -> Option<Score> {
    let looked_at: String = password.chars().take(LOOKED_AT).collect();
    let looked_at = zeroize::Zeroizing::new(looked_at);
    let known = [details.name.as_str(), details.user_name.as_str()];
    Score::new(zxcvbn::zxcvbn(&looked_at, &known).score().into())
}
