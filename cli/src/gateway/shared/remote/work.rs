//! One change: who signs in for it, what is stored before it, and what the vault says after it.

use super::{NOTHING, REASON, RemoteFault};
use crate::{
    connectors::{Changed, Connection, Connectors, Login, SignInFault, Target, check, may_administer},
    engine::Open,
    failure::Failure,
    gateway::shared::{
        find::{self, Account, Resource},
        named::Named,
        read,
        rules::{self, Target as Place},
    },
    strength,
};
use sealward_client::{
    model::{HiddenField, SecretPayload, SecretText, SecretType},
    operations::NewSecret,
};
use sealward_contract::{
    ids::{ObjectId, VaultId, Version},
    record::{LeafKey, RecordKind},
};
use std::time::Duration;
use tokio::time::sleep;

/// How often the former password has to be good after a connection that broke off: what was begun there goes on without it.
const LOOKS: usize = 3;
/// Between two of them.
const PAUSE: Duration = Duration::from_secs(3);

/// Which password opens the account on the target.
#[derive(Clone, Copy, PartialEq, Eq)]
enum InForce {
    New,
    Former,
    Unknown,
}

/// An account's secret in the vault while it is changed.
pub(super) struct Kept {
    pub(super) vault: VaultId,
    pub(super) account: ObjectId,
    /// What it was before; `None` where there was none.
    pub(super) former: Option<SecretPayload>,
    /// Its version in the vault; `None` before the first.
    pub(super) version: Option<Version>,
}

/// What a change is about.
pub(super) struct Work<'w> {
    pub(super) session: &'w Open,
    pub(super) connectors: &'w Connectors,
    pub(super) target: &'w Target,
    pub(super) user: &'w str,
    pub(super) new: &'w SecretText,
}

/// Whoever is signed in to change the password.
pub(super) struct Signer {
    pub(super) user: String,
    password: SecretText,
}

impl Signer {
    pub(super) fn login(&self) -> Login<'_> {
        Login { user: &self.user, password: &self.password }
    }
}

/// The name by which an account signs in.
pub(super) fn user_of(account: &Account) -> &str {
    let details = &account.details;
    if details.user_name.is_empty() { &details.name } else { &details.user_name }
}

pub(super) fn version_of(session: &Open, account: &Account) -> Option<Version> {
    version_in(session, account.vault, account.id)
}

fn version_in(session: &Open, vault: VaultId, account: ObjectId) -> Option<Version> {
    let key = LeafKey { id: account, kind: RecordKind::Secret };
    session.vaults().get(&vault)?.tree().get(&key).map(|leaf| leaf.version)
}

/// The new password with all that is sealed beside the present one, judged by the policy in force.
pub(super) async fn prepare(
    session: &Open,
    account: &Account,
    former: Option<&SecretPayload>,
    new: &SecretText,
) -> Result<NewSecret, Failure> {
    let mut payload = former.map(duplicate).unwrap_or_default();
    payload.value = new.duplicate();
    let place = Place { vault: account.vault, resource: Some(account.resource), account: Some(account) };
    rules::prepare(session, &place, &account.details, payload).await
}

fn duplicate(payload: &SecretPayload) -> SecretPayload {
    let hidden = payload.hidden.iter();
    SecretPayload {
        value: payload.value.duplicate(),
        hidden: hidden
            .map(|field| HiddenField { label: field.label.clone(), value: field.value.duplicate() })
            .collect(),
        otp_seed: payload.otp_seed.as_ref().map(SecretText::duplicate),
    }
}

impl Work<'_> {
    /// As the account itself; where its password is not good there, or there is none, as a privileged account of the same
    /// resource whose password the caller may read.
    pub(super) async fn sign_in(
        &self,
        kept: &Kept,
        resource: &Resource,
        reason: Option<&str>,
    ) -> Result<(Connection, Signer), RemoteFault> {
        let refused = |fault: &SignInFault| RemoteFault::Refused(format!("{fault}. {NOTHING}"));
        let own = kept.former.as_ref().map(|former| &former.value).filter(|password| !password.is_empty());
        let mut said = None;
        // What cannot be sent to it cannot be good there.
        if let Some(password) = own.filter(|password| check(self.target, self.user, password).is_ok()) {
            let signer = Signer { user: self.user.to_owned(), password: password.duplicate() };
            match self.connectors.sign_in(self.target, &signer.login()).await {
                Ok(connection) => return Ok((connection, signer)),
                Err(fault @ SignInFault::Refused(_)) => said = Some(fault),
                Err(fault) => return Err(refused(&fault)),
            }
        }
        let others = find::accounts_on(self.session, resource);
        // Whoever may write this entry may not thereby have the password of another one set.
        if others.iter().any(|other| other.id != kept.account && user_of(other) == self.user) {
            let words =
                "another account of the resource has the same user name: nobody else's sign-in is used for this one";
            return Err(RemoteFault::Refused(format!("{words}. {NOTHING}")));
        }
        for other in others {
            let details = &other.details;
            let fits = other.id != kept.account && details.privileged && details.active;
            let fits = fits && details.secret_type == SecretType::Password && details.secret_file.is_none();
            if !fits || !may_administer(self.target, user_of(&other)) {
                continue;
            }
            // What the caller may not read is not there for it.
            let Ok(secret) = read::secret(self.session, &other, Some(reason.unwrap_or(REASON))).await else { continue };
            let signer = Signer { user: user_of(&other).to_owned(), password: secret.value.duplicate() };
            match self.connectors.sign_in(self.target, &signer.login()).await {
                Ok(connection) => return Ok((connection, signer)),
                Err(fault @ SignInFault::Refused(_)) => said = said.or(Some(fault)),
                Err(fault) => return Err(refused(&fault)),
            }
        }
        Err(said.map_or_else(
            || {
                let words = "the account has no password that is known, and its resource no privileged account that this \
                             service may read";
                RemoteFault::Refused(format!("{words}. {NOTHING}"))
            },
            |fault| refused(&fault),
        ))
    }

    /// Stores the new password as the newest version.
    pub(super) async fn store(&self, kept: &mut Kept, prepared: NewSecret) -> Result<(), RemoteFault> {
        if version_in(self.session, kept.vault, kept.account) != kept.version {
            return Err(Failure::Conflict { current: None }.into());
        }
        let stored = self.session.replace_secret(kept.vault, kept.account, prepared, None).await;
        let Err(error) = stored.map_err(Failure::from) else {
            kept.version = version_in(self.session, kept.vault, kept.account);
            return Ok(());
        };
        if !matches!(error, Failure::Unreachable | Failure::Busy(_) | Failure::Untrusted(_)) {
            return Err(error.into());
        }
        // It may have been written, and only the answer lost.
        let before = kept.version;
        if self.session.sync_one(kept.vault).await.is_err() {
            return Err(RemoteFault::Unsure(
                "The vault's server broke off. The password was not changed on the resource; the vault may hold the new \
                 one already, and the one in force is then the version before it"
                    .into(),
            ));
        }
        kept.version = version_in(self.session, kept.vault, kept.account);
        if kept.version != before {
            if !self.is_newest(kept).await {
                let words = "somebody else stored a password meanwhile, which stays";
                return Err(RemoteFault::Unsure(format!("The password was not changed on the resource; {words}")));
            }
            self.put_back(kept).await?;
        }
        Err(error.into())
    }

    /// Whether the vault's present password is the one that was to be stored.
    async fn is_newest(&self, kept: &Kept) -> bool {
        let Ok(account) = find::account(self.session, Named::Id(kept.account)) else { return false };
        let present = read::secret(self.session, &account, Some(REASON)).await;
        present.is_ok_and(|present| present.value == *self.new)
    }

    /// Has the vault say which password is in force.
    pub(super) async fn settle(&self, kept: Kept, changed: &Changed, by_itself: bool) -> Result<(), RemoteFault> {
        match self.find_out(&kept, changed, by_itself).await {
            InForce::New => Ok(()),
            InForce::Former => {
                self.put_back(&kept).await?;
                let why = match changed {
                    Changed::Refused(code) => format!("the resource refused the new password ({code})"),
                    Changed::Done => "the resource says that it took the new password, which is not good there".into(),
                    Changed::Unknown => "the connection broke off before the password was changed".into(),
                };
                Err(RemoteFault::Refused(format!(
                    "{why}. The password there is as it was, and the vault's present one is again the former one"
                )))
            }
            InForce::Unknown => Err(RemoteFault::Unsure(
                "The connection broke off while the password was changed, and the resource does not say whether it was. \
                 The vault's present password is the new one, and the version before it the former one: one of the two is \
                 in force. Find out by signing in there"
                    .into(),
            )),
        }
    }

    /// By signing in with what is likelier first. An account that did not sign in to change its password may be one that
    /// never can: there the administrator's word is taken.
    async fn find_out(&self, kept: &Kept, changed: &Changed, by_itself: bool) -> InForce {
        let former = kept.former.as_ref().map(|former| &former.value).filter(|password| !password.is_empty());
        if *changed == Changed::Done {
            return match (self.is_good(self.new).await, former) {
                (Some(false), Some(former)) if self.is_good(former).await == Some(true) => InForce::Former,
                (Some(false), _) if by_itself => InForce::Unknown,
                // Its word is taken where it cannot be tried.
                _ => InForce::New,
            };
        }
        let looks = if *changed == Changed::Unknown { LOOKS } else { 1 };
        if let Some(former) = former
            && self.stays_good(former, looks).await
        {
            return InForce::Former;
        }
        match (self.is_good(self.new).await, changed) {
            (Some(true), _) => InForce::New,
            (_, Changed::Refused(_)) => InForce::Former,
            _ => InForce::Unknown,
        }
    }

    /// Whether a password is good there each time.
    async fn stays_good(&self, password: &SecretText, looks: usize) -> bool {
        for look in 0..looks {
            if look > 0 {
                sleep(PAUSE).await;
            }
            if self.is_good(password).await != Some(true) {
                return false;
            }
        }
        true
    }

    /// Whether a password is good there; `None` where that cannot be found out.
    async fn is_good(&self, password: &SecretText) -> Option<bool> {
        match self.connectors.sign_in(self.target, &Login { user: self.user, password }).await {
            Ok(_) => Some(true),
            Err(SignInFault::Refused(_)) => Some(false),
            Err(_) => None,
        }
    }

    /// Writes the former secret as the newest version. Where somebody else wrote a newer one, that stays.
    async fn put_back(&self, kept: &Kept) -> Result<(), RemoteFault> {
        let unsure = || {
            RemoteFault::Unsure(
                "The new password is not in force on the resource, and the former one could not be made the vault's \
                 present one again: it is the version before it"
                    .into(),
            )
        };
        if version_in(self.session, kept.vault, kept.account) != kept.version {
            return Err(unsure());
        }
        let payload = kept.former.as_ref().map(duplicate).unwrap_or_default();
        let score = strength::score(SecretType::Password, payload.value.expose());
        let put = self.session.replace_secret(kept.vault, kept.account, NewSecret { payload, score }, None).await;
        put.map_err(|_| unsure())
    }
}
