//! Which password policy holds for an account, and the check of a new password before it is sealed.

use crate::{
    crypto::commitment::derive_tag,
    error::Error,
    model::{AccountDetails, PasswordRules, PolicyRef, ReuseTag, SecretPayload, SecretType, rules_in_force},
    session::Session,
    transport::Transport,
    vault::Details,
};
use sealward_contract::{
    crypto::context::Label,
    ids::{ObjectId, VaultId},
    record::{LeafKey, RecordKind},
};

/// Where a password that someone wants to use is in use already, as far as the writer can tell from the facts.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct PasswordUse {
    /// It is the account's present one.
    pub present: bool,
    /// Another account of the vault has it.
    pub elsewhere: bool,
}

impl<T: Transport> Session<T> {
    /// The rules for the password of an account: of its own policy, else the resource's, else the vault's. What they
    /// rest on is verified.
    ///
    /// # Errors
    /// [`Error::Damage`] when resource or vault do not verify.
    pub fn password_rules(
        &self,
        vault: VaultId,
        resource: Option<ObjectId>,
        own: Option<PolicyRef>,
    ) -> Result<Option<PasswordRules>, Error> {
        let of_resource = match resource {
            Some(resource) => match self.verified(vault, LeafKey { id: resource, kind: RecordKind::Resource })?.details
            {
                Details::Resource(details) => details.policy,
                _ => None,
            },
            None => None,
        };
        let key = LeafKey { id: vault.object(), kind: RecordKind::Vault };
        let Details::Vault(details) = self.verified(vault, key)?.details else { return Ok(None) };
        Ok(rules_in_force([own, of_resource, details.policy], details.policies.as_deref().unwrap_or_default()))
    }

    /// Judges a password that is about to be sealed. Whatever is no password that people choose is not judged.
    ///
    /// # Errors
    /// [`Error::PolicyBroken`] names every rule that it breaks.
    pub fn judge_password(
        &self,
        vault: VaultId,
        resource: Option<ObjectId>,
        details: &AccountDetails,
        secret: &SecretPayload,
        used: PasswordUse,
    ) -> Result<(), Error> {
        if details.secret_type != SecretType::Password || secret.value.is_empty() {
            return Ok(());
        }
        let Some(rules) = self.password_rules(vault, resource, details.policy)? else { return Ok(()) };
        let mut breaches = rules.breaches(secret.value.expose());
        if rules.breaks_reuse(used.present, used.elsewhere) {
            breaches.push(crate::model::Breach::Reused);
        }
        if breaches.is_empty() { Ok(()) } else { Err(Error::PolicyBroken(breaches)) }
    }

    /// The tag that facts carry for a secret: equal for equal secrets of the vault, in all epochs, since it is made with
    /// the first epoch's key, which every later holder has too. `None` for an empty one, or without the key.
    #[must_use]
    pub fn reuse_tag(&self, vault: &VaultId, secret: &str) -> Option<ReuseTag> {
        let vaults = self.vaults();
        let key = vaults.get(vault)?.keys.values().next()?.open.as_ref()?;
        (!secret.is_empty()).then(|| ReuseTag(derive_tag(key, Label::ReuseTag, secret.as_bytes()).0))
    }
}
