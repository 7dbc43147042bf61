//! Password policies of vaults, and the check of new passwords against them.

use crate::bridge::{
    Changed, Error, Item, ObjectId, ReadPasswordRules, RulesInForce, UpdatePolicies, VaultId, VaultPolicies,
};
use crate::worker::engine::{Engine, Open};
use sealward_client::{
    model::{AccountDetails, VaultDetails},
    operations::{NewSecret, PasswordUse},
    vault::Details,
};
use sealward_contract::record::{LeafKey, RecordKind};

impl Engine {
    /// A vault's policies.
    pub fn read_policies(&self, vault: VaultId) -> Result<VaultPolicies, Error> {
        let open = self.open()?;
        let verified = open.session.verified(vault, LeafKey { id: vault.object(), kind: RecordKind::Vault })?;
        let Details::Vault(details) = verified.details else { return Err(Error::Gone) };
        Ok(VaultPolicies {
            version: verified.version,
            policy: details.policy,
            own: details.policies.unwrap_or_default(),
        })
    }

    /// Writes a vault's policies.
    pub async fn update_policies(&self, ask: UpdatePolicies) -> Result<Changed, Error> {
        let item = Item::Vault(ask.vault);
        let Details::Vault(before) = self.read(item)? else { return Err(Error::Gone) };
        let VaultPolicies { version, policy, own } = ask.policies;
        let policies = (!own.is_empty()).then_some(own);
        self.update(item, version, Details::Vault(VaultDetails { policy, policies, ..before }), None).await
    }

    /// The rules in force for an account.
    pub fn read_password_rules(&self, ask: &ReadPasswordRules) -> Result<RulesInForce, Error> {
        Ok(self.open()?.session.password_rules(ask.vault, ask.resource, ask.own)?)
    }
}

impl Open {
    /// Checks a new password against the policy in force, with what the facts say of its use.
    pub fn check_password(
        &self,
        vault: VaultId,
        resource: Option<ObjectId>,
        account: Option<ObjectId>,
        details: &AccountDetails,
        secret: &NewSecret,
    ) -> Result<(), Error> {
        let tag = self.session.reuse_tag(&vault, secret.payload.value.expose());
        let used = tag.map_or_else(PasswordUse::default, |tag| self.facts.borrow().use_of(vault, account, tag));
        Ok(self.session.judge_password(vault, resource, details, &secret.payload, used)?)
    }
}
