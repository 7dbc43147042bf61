//! The keys of the directory: a new one for whoever stays when somebody leaves, and the way back from the newest to those
//! before it.

use super::Session;
use crate::{
    crypto::{
        commitment::{derive_commitment, is_committed},
        hpke,
        sealing::{self, Sealed, SealingKey},
    },
    error::{Damage, DamagedObject, Error, Fault},
    transport::Transport,
};
use sealward_contract::{
    bytes::Bytes,
    chain::{DirectoryKey, DirectoryRenewal, TeamState},
    crypto::context::{of_directory_commitment, of_directory_envelope, of_former_directory_key, of_key_commitment},
    ids::{Epoch, MemberId, VaultId},
    limits,
    operations::vault::Envelope,
    record::Tier,
};
use std::collections::BTreeMap;

/// The keys of the directory that are held, by their numbers.
pub(crate) type DirectoryKeyring = BTreeMap<Epoch, SealingKey>;

/// A key that was made for a statement by which somebody leaves.
pub(super) struct NewDirectoryKey {
    key: SealingKey,
    renewal: DirectoryRenewal,
}

impl NewDirectoryKey {
    /// What the statement says of it.
    pub(super) fn renewal(&self) -> DirectoryRenewal {
        self.renewal.clone()
    }
}

/// What the commitment to a key is about.
fn commitment_context(state: &TeamState, epoch: Epoch) -> Vec<u8> {
    match epoch {
        Epoch::FIRST => of_directory_commitment(&state.founder()),
        epoch => of_key_commitment(&state.team(), &VaultId::DIRECTORY, epoch, Tier::Directory),
    }
}

/// The keys that follow from one of them: the key itself, if the chain commits to it, and all that were before it.
pub(crate) fn unfold(state: &TeamState, key: &[u8]) -> Option<DirectoryKeyring> {
    let named = |key: &SealingKey, known: &&DirectoryKey| {
        is_committed(key, &commitment_context(state, known.epoch), &known.commitment)
    };
    let mut key = SealingKey::from_slice(key)?;
    let keys = state.directory_keys();
    let at = keys.iter().rposition(|known| named(&key, &known))?;
    let mut found = DirectoryKeyring::new();
    for known in keys.get(..=at)?.iter().rev() {
        // What a statement carries as the key before may be anything: only what the chain commits to is taken.
        if !named(&key, &known) {
            break;
        }
        let former = known.former.as_ref().and_then(|former| {
            let sealed = Sealed::from_wire(former).ok()?;
            let opened = sealing::open(&key, &of_former_directory_key(&state.team(), known.epoch), &sealed).ok()?;
            SealingKey::from_slice(&opened)
        });
        found.insert(known.epoch, key);
        let Some(former) = former else { break };
        key = former;
    }
    Some(found)
}

impl<T: Transport> Session<T> {
    /// Takes a key of the directory, if it is one that the chain commits to, and those before it.
    pub(super) fn take_directory_key(&self, key: &[u8]) -> Result<(), Error> {
        let damage = || Damage::of(DamagedObject::Directory, Fault::Unopenable);
        let keys = self.with_chain(|chain| unfold(chain, key))?.ok_or_else(damage)?;
        self.directory.borrow_mut().keys.extend(keys);
        Ok(())
    }

    /// A key for all who stay when somebody leaves; `None` where this member does not hold the present one, or they are too
    /// many for one statement.
    pub(super) fn make_directory_key(&self) -> Result<Option<NewDirectoryKey>, Error> {
        let directory = self.directory.borrow();
        let (epoch, many) = self.with_chain(|chain| {
            let many = chain.directory_recipients().len() > limits::ENVELOPES;
            (Epoch(chain.directory_epoch().0.saturating_add(1)), many)
        })?;
        let held = directory.keys.get(&Epoch(epoch.0.saturating_sub(1))).filter(|_| !many);
        let Some(present) = held else { return Ok(None) };
        let key = self.surroundings.with_randomness(SealingKey::make);
        let context = of_former_directory_key(&self.team, epoch);
        let former = self
            .surroundings
            .with_randomness(|randomness| sealing::seal(&key, &context, present.expose(), randomness))
            .map_err(|_| Error::Refused)?;
        let commitment =
            derive_commitment(&key, &of_key_commitment(&self.team, &VaultId::DIRECTORY, epoch, Tier::Directory));
        Ok(Some(NewDirectoryKey { key, renewal: DirectoryRenewal { commitment, former: former.to_wire() } }))
    }

    /// The new key, sealed to everyone who gets it.
    pub(super) fn wrap_directory_key(&self, new: &NewDirectoryKey, after: &TeamState) -> Result<Vec<Envelope>, Error> {
        let wrapped = after.directory_recipients().into_iter().map(|(recipient, sealing)| {
            let info = of_directory_envelope(&self.team, &recipient);
            let sealed = self
                .surroundings
                .with_randomness(|randomness| hpke::wrap(&sealing, &info, &[], new.key.expose(), randomness))
                .map_err(|_| Error::Refused)?;
            Ok(Envelope { recipient, sealed: Bytes(sealed.into_bytes()) })
        });
        wrapped.collect()
    }

    /// Takes a new key that the chain has now, with the envelope that brings it to this member.
    pub(super) fn take_new_directory_key(&self, new: &NewDirectoryKey, sealed: &[Envelope]) -> Result<(), Error> {
        self.take_directory_key(new.key.expose())?;
        let epoch = self.with_chain(TeamState::directory_epoch)?;
        let own: MemberId = self.identity.member;
        if let Some(envelope) = sealed.iter().find(|envelope| envelope.recipient == own) {
            self.given.borrow_mut().take_envelope(None, epoch, envelope.clone());
        }
        Ok(())
    }
}
