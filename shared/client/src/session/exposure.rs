//! Under which keys the present secrets are sealed, and who wrote them: their headers, each proved by the verified tree
//! and its author's signature. What follows from them is [`crate::exposure`].

use super::Session;
use crate::{
    error::{Damage, Error, Fault, from_call},
    exposure::SecretStanding,
    transport::Transport,
    vault::{KnownHead, VaultView},
};
use sealward_contract::{
    ids::{ObjectId, VaultId},
    limits,
    operations::{
        Empty, ObjectPath, PageQuery, VaultPath,
        records::{ListSecretHeaders, ListSecretVersions, ListVersionsError},
    },
    record::{Expected, LeafKey, Record, RecordKind, RecordState, check_earlier},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};

/// How the secrets of vaults stand, each under the head that it was proved by.
pub(super) type Standings = BTreeMap<VaultId, (KnownHead, Rc<Vec<SecretStanding>>)>;

impl<T: Transport> Session<T> {
    /// How the present secret of an account stands.
    ///
    /// # Errors
    /// [`Error::Gone`] when it has none, [`Error::NotAllowed`] for whoever could open no secret in the vault.
    pub async fn secret_standing(&self, vault: VaultId, account: ObjectId) -> Result<SecretStanding, Error> {
        match self.secret_standing_once(vault, account).await {
            Err(Error::StaleVersion) => {
                self.sync_one(vault).await?;
                self.secret_standing_once(vault, account).await
            }
            standing => standing,
        }
    }

    async fn secret_standing_once(&self, vault: VaultId, account: ObjectId) -> Result<SecretStanding, Error> {
        let path = ObjectPath { team: self.team, vault, id: account };
        let query = PageQuery { cursor: None, limit: Some(1) };
        let page = self
            .api
            .call::<ListSecretVersions>(Some(&self.token), &path, &query, &Empty {}, None)
            .await
            .map_err(|error| from_call(error, |ListVersionsError::Forbidden| Error::NotAllowed))?;
        let listed = page.items.first().ok_or(Error::Gone)?;
        let standing = self.prove_header(vault, &listed.record)?.ok_or(Error::Gone)?;
        if standing.account == account { Ok(standing) } else { Err(other(vault, account)) }
    }

    /// How the present secrets of a vault stand; those that were deleted are left out.
    ///
    /// # Errors
    /// [`Error::NotAllowed`] for whoever could open no secret in the vault.
    pub async fn secret_standings(&self, vault: VaultId) -> Result<Rc<Vec<SecretStanding>>, Error> {
        let head = self.vaults.borrow().get(&vault).map(VaultView::head).ok_or(Error::Gone)?;
        let known =
            self.standings.borrow().get(&vault).filter(|(at, _)| *at == head).map(|(_, found)| Rc::clone(found));
        if let Some(known) = known {
            return Ok(known);
        }
        let found = match self.fetch_standings(vault).await {
            // Somebody wrote meanwhile, or something was left out: once more, with what there is now.
            Err(Error::StaleVersion) => {
                self.sync_one(vault).await?;
                let again = self.fetch_standings(vault).await;
                again.map_err(|error| if error == Error::StaleVersion { left_out(vault) } else { error })?
            }
            found => found?,
        };
        let found = Rc::new(found);
        if self.vaults.borrow().get(&vault).is_some_and(|view| view.head() == head) {
            self.standings.borrow_mut().insert(vault, (head, Rc::clone(&found)));
        }
        Ok(found)
    }

    /// [`Error::StaleVersion`] where not every secret under the head was told of as it is there.
    async fn fetch_standings(&self, vault: VaultId) -> Result<Vec<SecretStanding>, Error> {
        let mut told: BTreeSet<ObjectId> = BTreeSet::new();
        let path = VaultPath { team: self.team, vault };
        let mut query = PageQuery { cursor: None, limit: Some(limits::PAGE) };
        let mut standings: Vec<SecretStanding> = Vec::new();
        loop {
            let page = self
                .api
                .call::<ListSecretHeaders>(Some(&self.token), &path, &query, &Empty {}, None)
                .await
                .map_err(|error| from_call(error, |ListVersionsError::Forbidden| Error::NotAllowed))?;
            for listed in &page.items {
                if let Some(standing) = self.prove_header(vault, &listed.record)?
                    && told.insert(standing.account)
                {
                    standings.push(standing);
                }
            }
            match page.next {
                Some(next) if !page.items.is_empty() => query.cursor = Some(next),
                _ if self.live_secrets(vault)?.is_subset(&told) => return Ok(standings),
                _ => return Err(Error::StaleVersion),
            }
        }
    }

    /// The accounts in reach that have a secret under the verified head.
    fn live_secrets(&self, vault: VaultId) -> Result<BTreeSet<ObjectId>, Error> {
        let vaults = self.vaults.borrow();
        let view = vaults.get(&vault).ok_or(Error::Gone)?;
        let accounts = view.entries().map(|(key, _)| key).filter(|key| key.kind == RecordKind::Account);
        let held = accounts.filter(|key| {
            view.is_reachable(key) && view.tree().get(&LeafKey { id: key.id, kind: RecordKind::Secret }).is_some()
        });
        Ok(held.map(|key| key.id).collect())
    }

    /// What a header says, proved; nothing of a secret that was deleted, or whose account was.
    fn prove_header(&self, vault: VaultId, wire: &[u8]) -> Result<Option<SecretStanding>, Error> {
        let malformed =
            || Damage::of_vault(vault, crate::error::DamagedObject::Record(RecordKind::Secret), Fault::Malformed);
        let record = Record::parse_header(wire).map_err(|_| malformed())?;
        let context = record.context();
        let key = LeafKey { id: context.id, kind: RecordKind::Secret };
        let account = LeafKey { id: context.id, kind: RecordKind::Account };
        let (leaf, reachable) = {
            let vaults = self.vaults.borrow();
            let view = vaults.get(&vault).ok_or(Error::Gone)?;
            (view.tree().get(&key).copied(), view.is_reachable(&account))
        };
        let damage = |fault| Error::from(Damage::of_record(vault, key, fault));
        let Some(leaf) = leaf else { return Err(Error::StaleVersion) };
        if context.version > leaf.version {
            return Err(Error::StaleVersion);
        }
        if record.hash() != leaf.hash || context.kind != RecordKind::Secret {
            return Err(damage(Fault::NotInHead));
        }
        let resource = self.resource_of(&vault, &context.id);
        let expected = Expected { vault, id: key.id, kind: key.kind, resource, version: None, hash: Some(leaf.hash) };
        self.with_chain(|chain| check_earlier(chain, &expected, &record))?.map_err(|refused| damage(refused.into()))?;
        let live = context.state == RecordState::Live && reachable;
        Ok(live.then_some(SecretStanding {
            vault,
            account: context.id,
            version: context.version,
            epoch: context.epoch,
            tier: context.tier,
            author: context.author,
            time: context.time,
        }))
    }
}

fn left_out(vault: VaultId) -> Error {
    Damage::of_vault(vault, crate::error::DamagedObject::Record(RecordKind::Secret), Fault::RolledBack).into()
}

fn other(vault: VaultId, account: ObjectId) -> Error {
    Damage::of_record(vault, LeafKey { id: account, kind: RecordKind::Secret }, Fault::Substituted).into()
}
