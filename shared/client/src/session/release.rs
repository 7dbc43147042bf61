//! Secrets, one at a time: a signed request, the record checked against the verified tree, then opened.

use super::Session;
use crate::{
    error::{Damage, Error, Fault, from_call, from_plain_call},
    model::{Facts, Payload, SecretPayload},
    transport::Transport,
    vault::open_payload,
};
use sealward_contract::{
    ids::{ObjectId, ReleaseId, VaultId, Version},
    operations::{
        Empty, ObjectPath, PageQuery, VaultPath,
        files::ReleaseFile,
        records::{ListFacts, ReleaseError, ReleaseRequest, ReleaseSecret, WantedVersion},
    },
    record::{Expected, Leaf, LeafKey, Record, RecordKind, RecordState, check_record},
    release::ReleaseStatement,
    suite::SUITE,
};
use std::collections::BTreeMap;
use zeroize::Zeroizing;

/// Facts fetched in one go: verifying them takes about as long as a frame of the screen.
const FACTS_AT_ONCE: u32 = 100;

/// A page of the facts of a vault's secrets.
pub struct FactsPage {
    /// Facts by account.
    pub facts: Vec<(ObjectId, Facts)>,
    /// What was left out, and why.
    pub damages: Vec<Damage>,
    /// Where to go on; `None` on the last page.
    pub next: Option<String>,
}

impl<T: Transport> Session<T> {
    /// Whether an account has a secret, by the verified tree.
    #[must_use]
    pub fn has_secret(&self, vault: &VaultId, account: &ObjectId) -> bool {
        let key = LeafKey { id: *account, kind: RecordKind::Secret };
        self.vaults.borrow().get(vault).is_some_and(|view| view.tree().get(&key).is_some())
    }

    /// Has the server release an account's secret, and opens it.
    ///
    /// # Errors
    /// [`Error`]; [`Error::Gone`] when the account has none.
    pub async fn release(&self, vault: VaultId, account: ObjectId) -> Result<SecretPayload, Error> {
        self.release_for(vault, account, None).await
    }

    /// The same, with the reason for it: everyone who sees the catalog may read it.
    ///
    /// # Errors
    /// [`Error`]; [`Error::Gone`] when the account has none.
    pub async fn release_for(
        &self,
        vault: VaultId,
        account: ObjectId,
        reason: Option<&str>,
    ) -> Result<SecretPayload, Error> {
        self.confirmed(async || match self.release_once(vault, account, reason).await {
            // Somebody changed it: what they wrote is verified like everything, then asked for.
            Err(Error::StaleVersion) => {
                self.sync_one(vault).await?;
                self.release_once(vault, account, reason).await
            }
            answer => answer,
        })
        .await
    }

    async fn release_once(
        &self,
        vault: VaultId,
        account: ObjectId,
        reason: Option<&str>,
    ) -> Result<SecretPayload, Error> {
        self.verified(vault, LeafKey { id: account, kind: RecordKind::Account })?;
        let key = LeafKey { id: account, kind: RecordKind::Secret };
        let (path, body) = self.ask(vault, key, reason)?;
        let listed = self.call::<ReleaseSecret>(&path, &body).await.map_err(|error| from_call(error, refusal))?;
        let payload = self.open_sealed(vault, key, account, &listed.record)?;
        SecretPayload::from_bytes(&payload).map_err(|_| Damage::of_record(vault, key, Fault::Malformed).into())
    }

    /// What a file's record holds.
    pub(crate) async fn release_file_once(
        &self,
        vault: VaultId,
        holder: ObjectId,
        id: ObjectId,
        reason: Option<&str>,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let known = |kind| self.verified(vault, LeafKey { id: holder, kind });
        known(RecordKind::Account).or_else(|error| match error {
            Error::Gone => known(RecordKind::Resource),
            error => Err(error),
        })?;
        let key = LeafKey { id, kind: RecordKind::File };
        let (path, body) = self.ask(vault, key, reason)?;
        let listed = self.call::<ReleaseFile>(&path, &body).await.map_err(|error| from_call(error, refusal))?;
        self.open_sealed(vault, key, holder, &listed.record)
    }

    /// The signed request for a secret or a file.
    fn ask(&self, vault: VaultId, key: LeafKey, reason: Option<&str>) -> Result<(ObjectPath, ReleaseRequest), Error> {
        let leaf = self.vaults.borrow().get(&vault).and_then(|view| view.tree().get(&key).copied());
        let version = leaf.ok_or(Error::Gone)?.version;
        self.ask_with(vault, key.id, (version, WantedVersion::Newest), reason)
    }

    /// The same for one version of it.
    pub(super) fn ask_for(
        &self,
        vault: VaultId,
        id: ObjectId,
        version: Version,
        wanted: WantedVersion,
    ) -> Result<(ObjectPath, ReleaseRequest), Error> {
        self.ask_with(vault, id, (version, wanted), None)
    }

    fn ask_with(
        &self,
        vault: VaultId,
        id: ObjectId,
        (version, wanted): (Version, WantedVersion),
        reason: Option<&str>,
    ) -> Result<(ObjectPath, ReleaseRequest), Error> {
        if self.is_request_only() {
            return Err(Error::RequestOnly);
        }
        let position = self.with_chain(|chain| chain.position())?;
        let release = ReleaseId(self.surroundings.make_id());
        let statement = self.identity.signing.sign(ReleaseStatement {
            suite: SUITE,
            id: release,
            team: self.team,
            vault,
            account: id,
            version,
            member: self.identity.member,
            position,
            time: self.surroundings.now(),
            reason: self.seal_release_reason(vault, &release, reason)?,
        });
        let path = ObjectPath { team: self.team, vault, id };
        Ok((path, ReleaseRequest { statement: statement.to_wire(), wanted }))
    }

    /// Fetches and opens the facts of a vault's secrets, as far as the role allows. Damaged ones are left out and named.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn fetch_facts(&self, vault: VaultId) -> Result<(BTreeMap<ObjectId, Facts>, Vec<Damage>), Error> {
        let (mut facts, mut damages, mut cursor) = (BTreeMap::new(), Vec::new(), None);
        loop {
            let page = self.fetch_facts_page(vault, cursor).await?;
            facts.extend(page.facts);
            damages.extend(page.damages);
            match page.next {
                Some(next) => cursor = Some(next),
                None => return Ok((facts, damages)),
            }
        }
    }

    /// One page of them, for whoever must leave room between pages.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn fetch_facts_page(&self, vault: VaultId, cursor: Option<String>) -> Result<FactsPage, Error> {
        let path = VaultPath { team: self.team, vault };
        let query = PageQuery { cursor, limit: Some(FACTS_AT_ONCE) };
        let page = self
            .api
            .call::<ListFacts>(Some(&self.token), &path, &query, &Empty {}, None)
            .await
            .map_err(from_plain_call)?;
        let (mut facts, mut damages) = (Vec::new(), Vec::new());
        for listed in &page.items {
            match self.read_facts(vault, &listed.record) {
                Ok(read) => facts.push(read),
                Err(Error::Damage(damage)) => damages.push(damage),
                // Changed since: the next synchronisation asks again.
                Err(_) => {}
            }
        }
        Ok(FactsPage { facts, damages, next: page.next })
    }

    fn read_facts(&self, vault: VaultId, wire: &[u8]) -> Result<(ObjectId, Facts), Error> {
        let record = Record::parse(wire).map_err(|_| {
            Damage::of_vault(vault, crate::error::DamagedObject::Record(RecordKind::Facts), Fault::Malformed)
        })?;
        let key = LeafKey { id: record.context().id, kind: RecordKind::Facts };
        let payload = self.open_sealed(vault, key, key.id, wire)?;
        let facts = Facts::from_bytes(&payload).map_err(|_| Damage::of_record(vault, key, Fault::Malformed))?;
        Ok((key.id, facts))
    }

    /// Checks a secret, facts or a file against the verified tree and their author, and opens them. `holder` is the
    /// account, or the account or resource of a file.
    pub(super) fn open_sealed(
        &self,
        vault: VaultId,
        key: LeafKey,
        holder: ObjectId,
        wire: &[u8],
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let damage = |fault| Error::from(Damage::of_record(vault, key, fault));
        let record = Record::parse(wire).map_err(|_| damage(Fault::Malformed))?;
        let leaf = match self.vaults.borrow().get(&vault) {
            None => return Err(Error::Gone),
            Some(view) => view.tree().get(&key).copied().ok_or_else(|| damage(Fault::NotInHead))?,
        };
        if record.context().version > leaf.version && key.kind == RecordKind::Facts {
            return Err(Error::StaleVersion);
        }
        self.open_leaf(vault, &leaf, holder, &record)
    }

    /// The same for what the tree held when it was asked for.
    pub(super) fn open_leaf(
        &self,
        vault: VaultId,
        leaf: &Leaf,
        holder: ObjectId,
        record: &Record,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let damage = |fault| Error::from(Damage::of_record(vault, leaf.key, fault));
        let LeafKey { id, kind } = leaf.key;
        let own = (kind == RecordKind::File).then_some(holder);
        let resource = self.resource_of(&vault, &holder).or(own);
        let expected = Expected { vault, id, kind, resource, version: Some(leaf.version), hash: Some(leaf.hash) };
        self.with_chain(|chain| check_record(chain, &expected, record))?.map_err(|refused| damage(refused.into()))?;
        if record.context().parent != holder || record.context().state != RecordState::Live {
            return Err(damage(Fault::Substituted));
        }
        self.open_record(vault, &leaf.key, record)
    }

    /// Opens a record that was checked.
    pub(super) fn open_record(
        &self,
        vault: VaultId,
        key: &LeafKey,
        record: &Record,
    ) -> Result<Zeroizing<Vec<u8>>, Error> {
        let unopenable = || Error::from(Damage::of_record(vault, *key, Fault::Unopenable));
        let vaults = self.vaults.borrow();
        let view = vaults.get(&vault).ok_or(Error::Gone)?;
        let keys = view.keys.get(&record.context().epoch).ok_or_else(unopenable)?;
        open_payload(record, keys).ok_or_else(unopenable)
    }
}

pub(super) fn refusal(error: ReleaseError) -> Error {
    match error {
        ReleaseError::Forbidden => Error::NotAllowed,
        ReleaseError::Deleted => Error::Gone,
        ReleaseError::StaleVersion { .. } => Error::StaleVersion,
        ReleaseError::ReleaseRefused => Error::Refused,
        ReleaseError::ClockRefused => Error::Clock,
        ReleaseError::ReasonRequired => Error::ReasonNeeded,
        ReleaseError::ApprovalRequired => Error::ApprovalNeeded,
        ReleaseError::CheckOutRequired => Error::CheckOutNeeded,
    }
}
