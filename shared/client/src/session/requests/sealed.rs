//! Which key really seals a secret: the header of the present version says what was in force when it was written. It is
//! given by the stricter of that and the policy in force.

use super::{Access, Session};
use crate::{error::Error, transport::Transport};
use sealward_contract::{
    ids::{ObjectId, VaultId, Version},
    record::Tier,
    request::{SecretStand, Standing},
};
use std::collections::BTreeMap;

/// Keys of present versions, by account.
pub(in crate::session) type Tiers = BTreeMap<(VaultId, ObjectId), (Version, Tier)>;

impl<T: Transport> Session<T> {
    /// What somebody has to do for an account's secret as it is sealed now, by the rule that the server gives it by. Where
    /// its header cannot be had, what the policy asks for is presumed.
    ///
    /// # Errors
    /// [`Error::Gone`] when there is no such account.
    pub async fn access_now(&self, vault: VaultId, account: ObjectId) -> Result<Access, Error> {
        let Some(presumed) = self.presumed_secret(vault, account)? else { return self.access(vault, account) };
        let sealed = self.tier_now(vault, account, presumed.version).await.unwrap_or(presumed.tier);
        let resource = self.resource_of(&vault, &account);
        let secret = SecretStand { tier: sealed.max(presumed.tier), ..presumed };
        let access = self.with_chain(|chain| {
            let standing = Standing::new(chain, &vault, (&account, resource.as_ref()), Some(secret));
            Access::of(&standing, &vault, &self.identity.member)
        })?;
        Ok(Access { open_still: presumed.tier == Tier::Guarded && sealed == Tier::Open, ..access })
    }

    /// The key of a version, where that is the newest; its header is asked for once.
    async fn tier_now(&self, vault: VaultId, account: ObjectId, version: Version) -> Option<Tier> {
        let of = |known: &(Version, Tier)| (known.0 == version).then_some(known.1);
        if let Some(tier) = self.tiers.borrow().get(&(vault, account)).and_then(of) {
            return Some(tier);
        }
        let standing = self.secret_standing(vault, account).await.ok()?;
        self.tiers.borrow_mut().insert((vault, account), (standing.version, standing.tier));
        (standing.version == version).then_some(standing.tier)
    }
}
