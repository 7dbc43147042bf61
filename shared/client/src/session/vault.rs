//! Vaults made and given new keys.

use super::Session;
use crate::{
    error::{Error, from_call},
    model::VaultDetails,
    transport::Transport,
    vault::{Details, KnownHead, SealUnder, VaultKeyring, VaultKeys, leaf_of, seal_record, wrap_keys},
};
use sealward_contract::{
    bytes::Bytes,
    chain::{
        Body, Grant, NamedHead, NewEpoch, NewVault as NewVaultStatement, Refused, SetPolicy, SignedStatement,
        Statement, TeamState, VaultKind, VaultRole,
    },
    crypto::Hash,
    ids::{Epoch, VaultId, Version},
    operations::{
        Empty, VaultPath,
        vault::{
            ChainError, CreateVault, Envelope, EpochStart, NewVault as NewVaultBody, PolicyChange, SetVaultPolicy,
            StartEpoch,
        },
    },
    record::{Head, HeadRest, Record, RecordContext, RecordKind, RecordState, Tier, Tree},
    suite::SUITE,
};

/// How often a statement is made anew after the chain moved on.
const CHAIN_TRIES: usize = 8;

/// What a person says when they make a vault.
pub struct NewVault {
    /// Its name and description.
    pub details: VaultDetails,
    /// Whose it is.
    pub kind: VaultKind,
}

impl<T: Transport> Session<T> {
    /// Makes a vault, with this member as its custodian.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn create_vault(&self, new: &NewVault) -> Result<VaultId, Error> {
        let _turn = self.writing.lock().await;
        // A synchronisation on its way would bring the same statement, and find it out of order.
        let _alone = self.keeping_up.lock().await;
        let vault = VaultId(self.surroundings.make_id());
        let payload = Details::Vault(new.details.clone()).to_bytes()?;
        for _ in 0..CHAIN_TRIES {
            let keys = self.surroundings.with_randomness(VaultKeys::make);
            let epoch_keys = keys.commit(&self.team, &vault, Epoch::FIRST).ok_or(Error::Refused)?;
            let body = Body::NewVault(NewVaultStatement {
                vault,
                kind: new.kind,
                keys: epoch_keys,
                grants: vec![Grant { member: self.identity.member, role: VaultRole::Custodian }],
            });
            let (statement, after) = self.state(body)?;
            let envelope = self.envelope_to_self(vault, Epoch::FIRST, &[(Epoch::FIRST, &keys)])?;
            let record = self.first_record(&after, vault, &keys, &payload)?;
            let mut tree = Tree::default();
            tree.put(leaf_of(&record));
            let head = self.sign_head(&after, vault, KnownHead::NONE, tree.root());
            let body = NewVaultBody {
                statement: statement.to_wire(),
                envelopes: vec![envelope.clone()],
                record: record.to_wire(),
                head: head.to_wire(),
            };
            let key = Some(self.idempotency_key());
            let answer =
                self.api.call::<CreateVault>(Some(&self.token), &self.team_path(), &Empty {}, &body, key).await;
            match self.settle(answer.map(drop)) {
                Ok(true) => {
                    self.take_own_statement(after, &statement);
                    self.given.borrow_mut().take_envelope(Some(vault), Epoch::FIRST, envelope);
                    self.take_keys(vault, VaultKeyring::from([(Epoch::FIRST, keys)]));
                    self.take_written(vault, &head, vec![record])?;
                    return Ok(vault);
                }
                Ok(false) => {}
                Err(error) => return Err(error),
            }
        }
        Err(Error::Busy)
    }

    /// Gives a vault new keys. What is in it stays under the old ones until it is written again.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn start_epoch(&self, vault: VaultId) -> Result<Epoch, Error> {
        let _turn = self.writing.lock().await;
        for _ in 0..CHAIN_TRIES {
            let alone = self.keeping_up.lock().await;
            let head = self.vaults.borrow().get(&vault).ok_or(Error::Gone)?.head();
            let last =
                self.with_chain(|chain| chain.vault(&vault).and_then(|vault| vault.epoch().map(|last| last.epoch)))?;
            let epoch = Epoch(last.ok_or(Error::Gone)?.0.checked_add(1).ok_or(Error::Refused)?);
            let keys = self.surroundings.with_randomness(VaultKeys::make);
            let body = Body::NewEpoch(NewEpoch {
                vault,
                epoch,
                keys: keys.commit(&self.team, &vault, epoch).ok_or(Error::Refused)?,
                head: NamedHead { sequence: head.sequence, hash: head.hash },
            });
            let (statement, after) = self.state(body)?;
            let envelope = self.envelope_to_self(vault, epoch, &[(epoch, &keys)])?;
            let path = VaultPath { team: self.team, vault };
            let body = EpochStart { statement: statement.to_wire(), envelopes: vec![envelope.clone()] };
            let key = Some(self.idempotency_key());
            let answer = self.api.call::<StartEpoch>(Some(&self.token), &path, &Empty {}, &body, key).await;
            match self.settle(answer.map(drop)) {
                Ok(true) => {
                    self.take_own_statement(after, &statement);
                    self.given.borrow_mut().take_envelope(Some(vault), epoch, envelope);
                    self.take_keys(vault, VaultKeyring::from([(epoch, keys)]));
                    return Ok(epoch);
                }
                Ok(false) => {
                    drop(alone);
                    self.sync_one(vault).await?;
                }
                Err(error) => return Err(error),
            }
        }
        Err(Error::Busy)
    }

    /// Sets a policy, or takes it back.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn set_policy(&self, set: &SetPolicy) -> Result<(), Error> {
        let _turn = self.writing.lock().await;
        let _alone = self.keeping_up.lock().await;
        for _ in 0..CHAIN_TRIES {
            let (statement, after) = self.state(Body::SetPolicy(set.clone()))?;
            let path = VaultPath { team: self.team, vault: set.vault };
            let body = PolicyChange { statement: statement.to_wire() };
            let key = Some(self.idempotency_key());
            let answer = self.api.call::<SetVaultPolicy>(Some(&self.token), &path, &Empty {}, &body, key).await;
            if self.settle(answer.map(drop))? {
                self.take_own_statement(after, &statement);
                return Ok(());
            }
        }
        Err(Error::Busy)
    }

    /// Signs the next statement, and judges it as everyone else will: a statement that would be refused is not sent.
    fn state(&self, body: Body) -> Result<(SignedStatement, TeamState), Error> {
        let now = self.surroundings.now();
        self.with_chain(|chain| {
            let newest = chain.position();
            let statement = self.identity.signing.sign(Statement {
                suite: SUITE,
                team: Some(self.team),
                sequence: newest.sequence + 1,
                previous: newest.hash,
                author: self.identity.member,
                time: now.max(chain.time()),
                body,
            });
            let mut after = chain.clone();
            after.apply(&statement).map_err(|_| Error::NotAllowed)?;
            Ok((statement, after))
        })?
    }

    fn take_own_statement(&self, after: TeamState, statement: &SignedStatement) {
        *self.chain.borrow_mut() = Some(after);
        self.given.borrow_mut().statements.push(statement.to_wire());
    }

    /// `true` when the statement was taken; `false` when the chain moved on, and was brought up to date.
    fn settle(&self, answer: Result<(), crate::api::CallError<ChainError>>) -> Result<bool, Error> {
        let statements: Vec<Bytes> = match answer {
            Ok(()) => return Ok(true),
            Err(crate::api::CallError::Own(ChainError::StaleChain { statements })) => statements,
            Err(crate::api::CallError::Own(ChainError::HeadRefused)) => Vec::new(),
            Err(error) => {
                return Err(from_call(error, |own| match own {
                    ChainError::StatementRefused { reason: Refused::Time } => Error::Clock,
                    _ => Error::Refused,
                }));
            }
        };
        self.replay(&statements)?;
        Ok(false)
    }

    fn envelope_to_self(&self, vault: VaultId, epoch: Epoch, keys: &[(Epoch, &VaultKeys)]) -> Result<Envelope, Error> {
        let recipient = (&self.identity.member, &self.identity.wrapping.public());
        let sealed = self
            .surroundings
            .with_randomness(|randomness| wrap_keys(keys, &self.team, &vault, epoch, recipient, randomness))
            .map_err(|_| Error::Refused)?;
        Ok(Envelope { recipient: self.identity.member, sealed: Bytes(sealed.into_bytes()) })
    }

    fn first_record(
        &self,
        chain: &TeamState,
        vault: VaultId,
        keys: &VaultKeys,
        payload: &[u8],
    ) -> Result<Record, Error> {
        let number = chain.vault(&vault).ok_or(Error::Gone)?.number;
        let context = RecordContext {
            suite: SUITE,
            team: self.team,
            vault,
            kind: RecordKind::Vault,
            id: vault.object(),
            parent: vault.object(),
            number,
            version: Version::FIRST,
            previous: Hash::ZERO,
            epoch: Epoch::FIRST,
            tier: Tier::Catalog,
            state: RecordState::Live,
            author: self.identity.member,
            position: chain.position(),
            time: self.surroundings.now(),
        };
        let under = SealUnder::Key(&keys.catalog);
        self.surroundings
            .with_randomness(|randomness| seal_record(context, payload, &under, &self.identity.signing, randomness))
            .map_err(|_| Error::Refused)
    }

    pub(super) fn sign_head(
        &self,
        chain: &TeamState,
        vault: VaultId,
        previous: KnownHead,
        root: Hash,
    ) -> sealward_contract::record::SignedHead {
        self.identity.signing.sign(Head::new(
            previous.hash,
            HeadRest {
                suite: SUITE,
                team: self.team,
                vault,
                sequence: previous.sequence + 1,
                root,
                author: self.identity.member,
                position: chain.position(),
                time: self.surroundings.now(),
            },
        ))
    }

    pub(super) fn idempotency_key(&self) -> String {
        uuid::Uuid::from_bytes(self.surroundings.make_id()).to_string()
    }
}
