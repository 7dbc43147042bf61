//! Many secrets at once, to be taken out of the team: one signed statement, one event in the audit; each record checked
//! against the verified tree before it is opened, as a single release is.

use super::{Session, sync::next_frame};
use crate::{
    error::{Damage, Error, Fault, from_call},
    model::{Payload, SecretPayload},
    transport::{ByteStream, Transport},
};
use sealward_contract::{
    ids::{ObjectId, ReleaseId, VaultId},
    limits,
    operations::{
        Empty,
        export::{ExportError, ExportFrame, ExportRequest, ExportSecrets},
    },
    policy,
    problem::Rejection,
    record::{LeafKey, RecordKind},
    release::{ExportFormat, ExportStatement, ExportedSecret},
    suite::SUITE,
};
use std::collections::{BTreeMap, BTreeSet};

/// Secrets that were released together.
#[derive(Default)]
pub struct Exported {
    /// Opened secrets by their account.
    pub secrets: BTreeMap<(VaultId, ObjectId), SecretPayload>,
    /// How many the server released and wrote down.
    pub released: usize,
    /// Accounts whose secret the member's role or a policy keeps back; they were not asked for.
    pub kept_back: Vec<(VaultId, ObjectId)>,
    /// What was left out because it did not verify.
    pub damages: Vec<Damage>,
}

impl<T: Transport> Session<T> {
    /// Has the server release the secrets of these accounts, all or none, and opens them. Accounts without a secret are
    /// passed over, and so are those that are gone. `progress` is told how many are open. Whoever drops this before its end
    /// gets nothing, though the server may have written it down.
    ///
    /// # Errors
    /// [`Error`]; nothing was released then, unless the connection broke on the way.
    pub async fn export(
        &self,
        accounts: &BTreeSet<(VaultId, ObjectId)>,
        format: ExportFormat,
        progress: impl Fn(usize),
    ) -> Result<Exported, Error> {
        match self.export_once(accounts, format, &progress).await {
            Err(Error::StaleVersion) => {
                let vaults: BTreeSet<VaultId> = accounts.iter().map(|(vault, _)| *vault).collect();
                for vault in vaults {
                    self.sync_one(vault).await?;
                }
                self.export_once(accounts, format, &progress).await
            }
            answer => answer,
        }
    }

    async fn export_once(
        &self,
        accounts: &BTreeSet<(VaultId, ObjectId)>,
        format: ExportFormat,
        progress: &impl Fn(usize),
    ) -> Result<Exported, Error> {
        let mut exported = Exported::default();
        let mut secrets = Vec::new();
        for (vault, account) in accounts {
            match self.find_secret(*vault, *account) {
                Ok(Some(secret)) if self.may_be_given(&secret)? => secrets.push(secret),
                Ok(Some(_)) => exported.kept_back.push((*vault, *account)),
                Ok(None) | Err(Error::Gone) => {}
                Err(Error::Damage(damage)) => exported.damages.push(damage),
                Err(error) => return Err(error),
            }
        }
        if secrets.is_empty() {
            return Ok(exported);
        }
        if secrets.len() > limits::EXPORT_SECRETS {
            return Err(Error::Rejected(Rejection::TooLarge { limit: limits::EXPORT_SECRETS as u64 }));
        }
        exported.released = secrets.len();
        let statement = self.identity.signing.sign(ExportStatement {
            suite: SUITE,
            id: ReleaseId(self.surroundings.make_id()),
            team: self.team,
            member: self.identity.member,
            position: self.with_chain(|chain| chain.position())?,
            time: self.surroundings.now(),
            secrets: secrets.clone(),
            format,
            reason: None,
        });
        let body = ExportRequest { statement: statement.to_wire() };
        let stream = self
            .api
            .open::<ExportSecrets>(Some(&self.token), &self.team_path(), &Empty {}, &body)
            .await
            .map_err(|error| from_call(error, refusal))?;
        self.take_secrets(stream, &secrets, &mut exported, progress).await?;
        Ok(exported)
    }

    /// Whether an account has a secret that the member may take out, as far as is known without verifying it.
    #[must_use]
    pub fn may_export_secret(&self, vault: VaultId, account: ObjectId) -> bool {
        self.secret_of(vault, account).is_some_and(|secret| self.may_be_given(&secret).unwrap_or_default())
    }

    /// The version of an account's secret by the verified tree; `None` when it has none.
    fn find_secret(&self, vault: VaultId, account: ObjectId) -> Result<Option<ExportedSecret>, Error> {
        self.verified(vault, LeafKey { id: account, kind: RecordKind::Account })?;
        Ok(self.secret_of(vault, account))
    }

    fn secret_of(&self, vault: VaultId, account: ObjectId) -> Option<ExportedSecret> {
        let key = LeafKey { id: account, kind: RecordKind::Secret };
        let leaf = self.vaults.borrow().get(&vault).and_then(|view| view.tree().get(&key).copied());
        leaf.map(|leaf| ExportedSecret { vault, account, version: leaf.version })
    }

    fn may_be_given(&self, secret: &ExportedSecret) -> Result<bool, Error> {
        let resource = self.resource_of(&secret.vault, &secret.account);
        let role = self.role(&secret.vault).ok_or(Error::NotAllowed)?;
        let tier = self.with_chain(|chain| {
            let vault = chain.vault(&secret.vault)?;
            Some(vault.tier_at(&secret.account, resource.as_ref(), chain.position().sequence))
        })?;
        Ok(policy::may_release(role, tier.ok_or(Error::Gone)?))
    }

    /// Opens the records as they arrive: each the one that stands next in the statement.
    async fn take_secrets(
        &self,
        mut stream: T::Stream,
        secrets: &[ExportedSecret],
        exported: &mut Exported,
        progress: &impl Fn(usize),
    ) -> Result<(), Error> {
        let mut wanted = secrets.iter();
        let mut buffer: Vec<u8> = Vec::new();
        let (mut ended, mut opened) = (false, 0);
        while let Some(bytes) = stream.next().await.map_err(|_| Error::Unreachable)? {
            buffer.extend_from_slice(&bytes);
            let mut read = 0;
            while let Some((frame, length)) = next_frame::<ExportFrame>(buffer.get(read..).unwrap_or_default()) {
                read += length;
                match frame.filter(|_| !ended).ok_or(Error::Unintelligible)? {
                    ExportFrame::Secrets { records } => {
                        for record in records {
                            let ExportedSecret { vault, account, .. } =
                                wanted.next().copied().ok_or(Error::Unintelligible)?;
                            match self.open_secret(vault, account, &record) {
                                Ok(secret) => drop(exported.secrets.insert((vault, account), secret)),
                                Err(Error::Damage(damage)) => exported.damages.push(damage),
                                Err(error) => return Err(error),
                            }
                            opened += 1;
                        }
                    }
                    ExportFrame::End => ended = true,
                }
            }
            buffer.drain(..read);
            progress(opened);
        }
        // An answer that broke off is none; one that ends without all that was released is no honest one.
        match (ended, wanted.next()) {
            (true, None) if buffer.is_empty() => Ok(()),
            (true, _) => Err(Error::Unintelligible),
            (false, _) => Err(Error::Unreachable),
        }
    }

    fn open_secret(&self, vault: VaultId, account: ObjectId, wire: &[u8]) -> Result<SecretPayload, Error> {
        let key = LeafKey { id: account, kind: RecordKind::Secret };
        let payload = self.open_sealed(vault, key, key.id, wire)?;
        SecretPayload::from_bytes(&payload).map_err(|_| Damage::of_record(vault, key, Fault::Malformed).into())
    }
}

fn refusal(error: ExportError) -> Error {
    match error {
        ExportError::Forbidden(_) => Error::NotAllowed,
        // Deleted elsewhere: after a synchronisation it is not asked for any more.
        ExportError::Deleted(_) | ExportError::StaleVersion { .. } => Error::StaleVersion,
        ExportError::ReleaseRefused => Error::Refused,
        ExportError::ClockRefused => Error::Clock,
        ExportError::ReasonRequired(_) => Error::ReasonNeeded,
        ExportError::ApprovalRequired(_) => Error::ApprovalNeeded,
    }
}
