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
use std::{collections::BTreeMap, rc::Rc};

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
        let found = Rc::new(self.fetch_standings(vault).await?);
        if self.vaults.borrow().get(&vault).is_some_and(|view| view.head() == head) {
            self.standings.borrow_mut().insert(vault, (head, Rc::clone(&found)));
        }
        Ok(found)
    }

    async fn fetch_standings(&self, vault: VaultId) -> Result<Vec<SecretStanding>, Error> {
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
                match self.prove_header(vault, &listed.record) {
                    Ok(Some(standing)) => standings.push(standing),
                    // Changed since: the next synchronisation brings it.
                    Ok(None) | Err(Error::StaleVersion) => {}
                    Err(error) => return Err(error),
                }
            }
            match page.next {
                Some(next) if !page.items.is_empty() => query.cursor = Some(next),
                _ => return Ok(standings),
            }
        }
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

fn other(vault: VaultId, account: ObjectId) -> Error {
    Damage::of_record(vault, LeafKey { id: account, kind: RecordKind::Secret }, Fault::Substituted).into()
}
