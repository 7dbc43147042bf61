//! Vaults made, and given policies.

use super::{
    Session,
    statement::{CHAIN_TRIES, Settled},
};
use crate::{
    error::Error,
    model::VaultDetails,
    transport::Transport,
    vault::{Details, KnownHead, SealUnder, VaultKeyring, VaultKeys, leaf_of, seal_record},
};
use sealward_contract::{
    chain::{Body, Grant, NewVault as NewVaultStatement, SetPolicy, TeamState, VaultKind, VaultRole},
    crypto::Hash,
    ids::{Epoch, VaultId, Version},
    operations::{
        VaultPath,
        vault::{CreateVault, Envelope, NewVault as NewVaultBody, PolicyChange, SetVaultPolicy},
    },
    record::{Head, HeadRest, Record, RecordContext, RecordKind, RecordState, Tier, Tree},
    suite::SUITE,
};

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
            let wrapped = [(Epoch::FIRST, &keys)];
            // Auditors see every shared vault from its first day.
            let envelopes = after.recipients(&vault).map(|to| self.wrap_to(&to, vault, Epoch::FIRST, &wrapped));
            let envelopes = envelopes.collect::<Result<Vec<Envelope>, Error>>()?;
            let own = envelopes.iter().find(|envelope| envelope.recipient == self.identity.member).cloned();
            let record = self.first_record(&after, vault, &keys, &payload)?;
            let mut tree = Tree::default();
            tree.put(leaf_of(&record));
            let head = self.sign_head(&after, vault, KnownHead::NONE, tree.root());
            let body = NewVaultBody {
                statement: statement.to_wire(),
                envelopes,
                record: record.to_wire(),
                head: head.to_wire(),
            };
            let answer = self.call_keyed::<CreateVault>(&self.team_path(), &body).await;
            match self.settle(answer.map(drop)).await? {
                Settled::Taken => {
                    self.take_own_statement(after, &statement);
                    if let Some(own) = own {
                        self.given.borrow_mut().take_envelope(Some(vault), Epoch::FIRST, own);
                    }
                    self.take_keys(vault, VaultKeyring::from([(Epoch::FIRST, keys)]));
                    self.take_written(vault, &head, vec![record])?;
                    return Ok(vault);
                }
                Settled::ChainMoved | Settled::HeadMoved => {}
            }
        }
        Err(Error::Busy)
    }

    /// Sets a policy, or takes it back.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn set_policy(&self, set: &SetPolicy) -> Result<(), Error> {
        let path = VaultPath { team: self.team, vault: set.vault };
        self.say(
            async || Ok(Some(Body::SetPolicy(set.clone()))),
            async |statement, _| {
                let body = PolicyChange { statement: statement.to_wire() };
                Ok(self.call_keyed::<SetVaultPolicy>(&path, &body).await.map(drop))
            },
        )
        .await
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
