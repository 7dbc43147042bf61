//! Opening what was kept. Whatever does not open, is another member's, is older than what this device has seen, or was
//! changed, is dropped: the server is then asked for the whole.

use super::form::{self, Chunk, ChunkName, KeptFacts, KeptKeys, ListedVault, Manifest};
use crate::{
    crypto::sealing::{self, Opening, Sealed},
    error::{Damage, DamagedObject, Error, Fault},
    model::{Facts, Payload},
    session::{Session, sync::chain_damage},
    transport::Transport,
    vault::{KeptVault, VaultView, decode_keyring},
};
use sealward_contract::{
    chain::TeamState,
    ids::{Timestamp, VaultId},
    operations::{sync::KeyEnvelope, vault::Envelope},
    record::{Leaf, LeafKey, Record, RecordKind, SignedHead},
};
use std::{
    collections::{BTreeMap, BTreeSet},
    rc::Rc,
};
use zeroize::Zeroizing;

/// What is being opened.
pub struct Restoring {
    time: Timestamp,
    vaults: BTreeMap<VaultId, Waiting>,
}

/// A vault of which not all chunks were taken yet.
struct Waiting {
    listed: ListedVault,
    head: SignedHead,
    records: Vec<(Record, Zeroizing<Vec<u8>>)>,
    leaves: Vec<Leaf>,
    facts: Vec<KeptFacts>,
    taken: BTreeSet<u16>,
}

impl Restoring {
    /// The chunks that are wanted.
    pub fn wanted(&self) -> impl Iterator<Item = ChunkName> + '_ {
        self.vaults.iter().flat_map(|(vault, waiting)| {
            let chunks = 0..u16::try_from(waiting.listed.chunks.len()).unwrap_or(0);
            chunks.map(|chunk| ChunkName { vault: *vault, chunk })
        })
    }

    /// When the server was heard last.
    #[must_use]
    pub fn time(&self) -> Timestamp {
        self.time
    }
}

impl<T: Transport> Session<T> {
    /// Takes the manifest that a device kept, before anything was synchronised: the chain is replayed, the keys are taken,
    /// the directory is read, all with every check but those of signatures and of the keys against the chain: this device
    /// made them before it sealed the manifest under the member's own key.
    ///
    /// # Errors
    /// [`Error`] when anything is wrong with it: the session is then as it was.
    pub fn begin_restoring(&self, manifest: &[u8]) -> Result<Restoring, Error> {
        if self.chain.borrow().is_some() {
            return Err(Error::Refused);
        }
        let manifest = self.open_manifest(manifest).ok_or_else(|| chain_damage(Fault::Unopenable))?;
        let restoring = self.take_manifest(manifest);
        if restoring.is_err() {
            self.forget_all();
        }
        restoring
    }

    fn take_manifest(&self, manifest: Manifest) -> Result<Restoring, Error> {
        self.replay(&manifest.statements, TeamState::apply_kept)?;
        self.check_own_place()?;
        let envelopes: Vec<KeyEnvelope> = manifest
            .envelopes
            .into_iter()
            .map(|kept| KeyEnvelope {
                vault: kept.vault,
                epoch: kept.epoch,
                envelope: Envelope { recipient: self.identity.member, sealed: kept.sealed },
            })
            .collect();
        let kept = self.take_kept_keys(manifest.keys.unwrap_or_default())?;
        let is_known = |given: &KeyEnvelope| given.vault.is_some_and(|vault| kept.contains(&vault));
        let (known, others): (Vec<_>, Vec<_>) = envelopes.into_iter().partition(is_known);
        self.given.borrow_mut().envelopes.extend(known);
        self.open_envelopes(&others)?;
        self.drop_lost_vaults();
        self.take_directory(&manifest.directory)?;
        self.heard.set(manifest.time);
        let mut vaults = BTreeMap::new();
        for listed in manifest.vaults {
            let held = self.vaults.borrow().get(&listed.vault).is_some_and(|view| !view.keys.is_empty());
            if !held || self.role(&listed.vault).is_none() {
                continue;
            }
            let Ok(head) = SignedHead::parse(&listed.head) else { continue };
            let waiting = Waiting {
                head,
                records: Vec::new(),
                leaves: Vec::new(),
                facts: Vec::new(),
                taken: BTreeSet::new(),
                listed: listed.clone(),
            };
            vaults.insert(listed.vault, waiting);
        }
        Ok(Restoring { time: manifest.time, vaults })
    }

    /// The vaults whose keys were kept beside their envelopes.
    fn take_kept_keys(&self, kept: Vec<KeptKeys>) -> Result<BTreeSet<VaultId>, Error> {
        let mut taken = BTreeSet::new();
        for KeptKeys { vault, sealed } in kept {
            let damage = || Error::from(Damage::of_vault(vault, DamagedObject::Head, Fault::Unopenable));
            let context = form::of_keys(&self.team, &self.identity.member, &vault);
            let sealed = Sealed::from_wire(&sealed).map_err(|_| damage())?;
            let plain = sealing::open_owned(&self.identity.personal, &context, sealed).map_err(|_| damage())?;
            let keyring = decode_keyring(&plain).ok_or_else(damage)?;
            let mut vaults = self.vaults.borrow_mut();
            let view =
                vaults.entry(vault).or_insert_with(|| VaultView::new(vault, self.remembered.borrow().head(&vault)));
            view.keys.extend(keyring.into_iter().map(|(epoch, keys)| (epoch, Rc::new(keys))));
            taken.insert(vault);
        }
        Ok(taken)
    }

    fn forget_all(&self) {
        *self.chain.borrow_mut() = None;
        *self.directory.borrow_mut() = super::super::Directory::default();
        self.vaults.borrow_mut().clear();
        self.given.take();
    }

    /// Checks that a chunk is the one that the manifest names: what is left to do is the decryption.
    #[must_use]
    pub fn begin_chunk(&self, restoring: &Restoring, name: &ChunkName, bytes: &[u8]) -> Option<Opening> {
        let waiting = restoring.vaults.get(&name.vault)?;
        let digest = waiting.listed.chunks.get(usize::from(name.chunk))?;
        let context = form::of_chunk(&self.team, &self.identity.member, name, digest);
        sealing::begin_open(&self.identity.personal, context, Sealed::from_wire(bytes).ok()?).ok()
    }

    /// Takes a chunk that was decrypted. With the last one of a vault, the vault is checked and shown; says whether it
    /// was.
    ///
    /// # Errors
    /// [`Error`] when anything of the vault is wrong: it is then as if nothing of it had been kept.
    pub fn take_chunk(&self, restoring: &mut Restoring, name: &ChunkName, chunk: &[u8]) -> Result<bool, Error> {
        let vault = name.vault;
        let damage = || Error::from(Damage::of_vault(vault, DamagedObject::Head, Fault::Malformed));
        let waiting = restoring.vaults.get_mut(&vault).ok_or(Error::Gone)?;
        if read_chunk(waiting, chunk).is_none() || !waiting.taken.insert(name.chunk) {
            restoring.vaults.remove(&vault);
            return Err(damage());
        }
        if waiting.taken.len() < waiting.listed.chunks.len() {
            return Ok(false);
        }
        let Waiting { head, records, leaves, facts, .. } = restoring.vaults.remove(&vault).ok_or(Error::Gone)?;
        let changed = self.with_chain(|chain| {
            let mut vaults = self.vaults.borrow_mut();
            let view = vaults.get_mut(&vault).ok_or(Error::Gone)?;
            view.restore(chain, KeptVault { head, records, leaves }).map_err(Error::from)
        })??;
        self.take_facts(vault, &facts);
        self.note_changes(vault, &changed);
        Ok(true)
    }
}

impl<T: Transport> Session<T> {
    /// Facts whose record is the one in the vault's tree are as good as fetched: whoever keeps facts is told of them like
    /// of those that this session drafted.
    fn take_facts(&self, vault: VaultId, kept: &[KeptFacts]) {
        let vaults = self.vaults.borrow();
        let Some(view) = vaults.get(&vault) else { return };
        for KeptFacts { account, record, facts } in kept {
            let key = LeafKey { id: *account, kind: RecordKind::Facts };
            let current = view.tree().get(&key).is_some_and(|leaf| leaf.hash == *record);
            if let Some(facts) = Facts::from_kept_bytes(facts).ok().filter(|_| current) {
                self.note_drafted_facts(vault, *account, &facts);
            }
        }
    }
}

fn read_chunk(waiting: &mut Waiting, chunk: &[u8]) -> Option<()> {
    // It was made by this member's own client and is whole: that it has one encoding need not be shown again.
    let chunk: Chunk = minicbor::decode(chunk).ok()?;
    waiting.records.reserve(chunk.records.len());
    for kept in chunk.records {
        waiting.records.push((Record::parse_kept(&kept.record).ok()?, Zeroizing::new(kept.details.0)));
    }
    waiting.leaves.extend(chunk.leaves);
    waiting.facts.extend(chunk.facts);
    Some(())
}
