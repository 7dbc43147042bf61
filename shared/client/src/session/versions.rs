//! Earlier versions of secrets. A header is proved by the hash that the version after it names, from the verified tree
//! downwards; then its author's right at its own place of the chain.

use super::{Session, release::refusal};
use crate::{
    error::{Damage, Error, Fault, from_call},
    model::{Payload, SecretPayload},
    transport::Transport,
};
use sealward_contract::{
    crypto::Hash,
    ids::{MemberId, ObjectId, Timestamp, VaultId, Version},
    limits,
    operations::{
        Empty, ObjectPath, PageQuery,
        records::{ListSecretVersions, ListVersionsError, ReleaseSecret, WantedVersion},
    },
    record::{Expected, Leaf, LeafKey, Record, RecordKind, RecordState, check_earlier},
};

/// One version of a secret: what its header says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SecretVersion {
    /// Which.
    pub version: Version,
    /// Who wrote it.
    pub author: MemberId,
    /// When, by the author's clock.
    pub time: Timestamp,
    /// Hash of its header, proved.
    hash: Hash,
}

/// The way down the versions of a secret, from the newest in the verified tree: each is the one whose hash the version
/// after it names.
pub(super) struct Descent {
    /// The next version; `None` after the first.
    version: Option<Version>,
    hash: Hash,
}

impl From<&Leaf> for Descent {
    fn from(leaf: &Leaf) -> Self {
        Self { version: Some(leaf.version), hash: leaf.hash }
    }
}

impl Descent {
    /// Whether a header is the next one; then it is gone on from there.
    pub(super) fn step(&mut self, record: &Record) -> bool {
        let context = record.context();
        if self.version != Some(context.version) || record.hash() != self.hash {
            return false;
        }
        self.hash = context.previous;
        self.version = context.version.0.checked_sub(1).filter(|before| *before > 0).map(Version);
        true
    }

    /// Whether the first version was reached.
    fn is_at_the_end(&self) -> bool {
        self.version.is_none()
    }
}

impl<T: Transport> Session<T> {
    /// All versions of an account's secret that are kept, newest first.
    ///
    /// # Errors
    /// [`Error`]; [`Error::Damage`] when one is not the version that the one after it names.
    pub async fn secret_versions(&self, vault: VaultId, account: ObjectId) -> Result<Vec<SecretVersion>, Error> {
        self.verified(vault, LeafKey { id: account, kind: RecordKind::Account })?;
        match self.prove_versions(vault, account, Version::FIRST).await {
            // Somebody wrote a newer one, or the answers were given before and after that.
            Err(Error::StaleVersion) => {
                self.sync_one(vault).await?;
                self.prove_versions(vault, account, Version::FIRST).await
            }
            proved => proved,
        }
    }

    /// Has the server release an earlier version of an account's secret, and opens it.
    ///
    /// # Errors
    /// [`Error`]; [`Error::Gone`] when it is not kept.
    pub async fn release_version(
        &self,
        vault: VaultId,
        account: ObjectId,
        version: Version,
    ) -> Result<SecretPayload, Error> {
        self.confirmed(async || self.release_version_once(vault, account, version).await).await
    }

    async fn release_version_once(
        &self,
        vault: VaultId,
        account: ObjectId,
        version: Version,
    ) -> Result<SecretPayload, Error> {
        self.verified(vault, LeafKey { id: account, kind: RecordKind::Account })?;
        let proved = match self.prove_versions(vault, account, version).await {
            Err(Error::StaleVersion) => {
                self.sync_one(vault).await?;
                self.prove_versions(vault, account, version).await?
            }
            proved => proved?,
        };
        let wanted = proved.last().filter(|proved| proved.version == version).ok_or(Error::Gone)?;
        self.release_proved_once(vault, account, wanted).await
    }

    /// The same, of a version that [`Session::secret_versions`] has proved.
    pub(crate) async fn release_proved(
        &self,
        vault: VaultId,
        account: ObjectId,
        wanted: &SecretVersion,
    ) -> Result<SecretPayload, Error> {
        self.confirmed(async || self.release_proved_once(vault, account, wanted).await).await
    }

    async fn release_proved_once(
        &self,
        vault: VaultId,
        account: ObjectId,
        wanted: &SecretVersion,
    ) -> Result<SecretPayload, Error> {
        let (path, body) = self.ask_for(vault, account, wanted.version, WantedVersion::Named)?;
        let listed = self
            .api
            .call::<ReleaseSecret>(Some(&self.token), &path, &Empty {}, &body, None)
            .await
            .map_err(|error| from_call(error, refusal))?;
        let key = LeafKey { id: account, kind: RecordKind::Secret };
        let damage = |fault| Error::from(Damage::of_record(vault, key, fault));
        let record = Record::parse(&listed.record).map_err(|_| damage(Fault::Malformed))?;
        if record.hash() != wanted.hash {
            return Err(damage(Fault::Substituted));
        }
        self.open_version(vault, &key, &record)
    }

    /// Opens a version of a secret that is proved, once its author's right and signature are checked.
    pub(super) fn open_version(&self, vault: VaultId, key: &LeafKey, record: &Record) -> Result<SecretPayload, Error> {
        self.check_version(vault, key, record)?;
        let payload = self.open_record(vault, key, record)?;
        SecretPayload::from_bytes(&payload).map_err(|_| Damage::of_record(vault, *key, Fault::Malformed).into())
    }

    /// The versions from the newest down to `last`, each proved by the one after it.
    async fn prove_versions(
        &self,
        vault: VaultId,
        account: ObjectId,
        last: Version,
    ) -> Result<Vec<SecretVersion>, Error> {
        let key = LeafKey { id: account, kind: RecordKind::Secret };
        let damage = |fault| Error::from(Damage::of_record(vault, key, fault));
        let leaf = self.vaults.borrow().get(&vault).and_then(|view| view.tree().get(&key).copied());
        let leaf = leaf.ok_or(Error::Gone)?;
        let mut descent = Descent::from(&leaf);
        let mut proved = Vec::new();
        let path = ObjectPath { team: self.team, vault, id: account };
        let mut query = PageQuery { cursor: None, limit: Some(limits::PAGE) };
        loop {
            let page = self
                .api
                .call::<ListSecretVersions>(Some(&self.token), &path, &query, &Empty {}, None)
                .await
                .map_err(|error| from_call(error, |ListVersionsError::Forbidden| Error::NotAllowed))?;
            for listed in &page.items {
                let record = Record::parse(&listed.record).map_err(|_| damage(Fault::Malformed))?;
                let context = record.context();
                // A version newer than the tree's is no lie: this view is behind.
                if proved.is_empty() && context.version > leaf.version {
                    return Err(Error::StaleVersion);
                }
                if !descent.step(&record) {
                    return Err(damage(Fault::Substituted));
                }
                self.check_version(vault, &key, &record)?;
                proved.push(SecretVersion {
                    version: context.version,
                    author: context.author,
                    time: context.time,
                    hash: record.hash(),
                });
                if context.version <= last {
                    return Ok(proved);
                }
            }
            match page.next {
                Some(next) if !page.items.is_empty() => query.cursor = Some(next),
                _ if proved.is_empty() => return Err(damage(Fault::RolledBack)),
                // The first version names none before it, and only with it is the history whole.
                _ if !descent.is_at_the_end() => return Err(damage(Fault::RolledBack)),
                _ => return Ok(proved),
            }
        }
    }

    /// Checks the right and the signature of a version's author.
    fn check_version(&self, vault: VaultId, key: &LeafKey, record: &Record) -> Result<(), Error> {
        let damage = |fault| Error::from(Damage::of_record(vault, *key, fault));
        let resource = self.resource_of(&vault, &key.id);
        let expected = Expected { vault, id: key.id, kind: key.kind, resource, version: None, hash: None };
        self.with_chain(|chain| check_earlier(chain, &expected, record))?.map_err(|refused| damage(refused.into()))?;
        if record.context().parent != key.id || record.context().state != RecordState::Live {
            return Err(damage(Fault::Substituted));
        }
        Ok(())
    }
}
