//! Writing records: sealed, signed, brought in under a new head in one batch, and tried again when somebody else was
//! faster.

use super::{Session, batches::in_batches};
use crate::{
    api::CallError,
    error::{Error, from_call, from_plain_call},
    transport::Transport,
    vault::{Draft, SealUnder, leaf_of, seal_record},
};
use sealward_contract::{
    crypto::Hash,
    ids::{Number, ObjectId, VaultId, Version},
    limits,
    operations::{
        Empty,
        records::{Batch, HeadFault, HeadMoved, RecordFault, VaultWrite, WriteBatch, WriteError},
        team::{NumberCount, ReserveNumbers},
    },
    record::{Leaf, LeafKey, Record, RecordContext, RecordKind, SignedHead, Tier},
    suite::SUITE,
};
use std::collections::{BTreeMap, BTreeSet};

/// How often a write is tried against others.
const WRITE_TRIES: usize = 24;
/// Numbers fetched at once when a few are needed.
const NUMBERS_AHEAD: u32 = 20;

/// What is to be written into one vault.
pub struct VaultDrafts {
    /// The vault.
    pub vault: VaultId,
    /// Containers before what stands in them; a secret with its facts.
    pub drafts: Vec<Draft>,
}

/// A batch that is sealed and signed, and the places that it would lead to.
struct Sealed {
    vault: VaultId,
    records: Vec<Record>,
    head: SignedHead,
}

impl<T: Transport> Session<T> {
    /// Writes into one or two vaults in one transaction.
    ///
    /// # Errors
    /// [`Error::StaleVersion`] when an object is no longer at the version that its draft was made from; [`Error::Busy`]
    /// when others kept winning. Nothing is then written.
    pub async fn write(&self, writes: &[VaultDrafts]) -> Result<(), Error> {
        self.check_held()?;
        let _turn = self.writing.lock().await;
        self.write_in_turn(writes).await
    }

    /// Writes many records into one vault, in as many transactions as it takes; `progress` is told how many are written.
    /// Returns how many were written before the first error, and that error.
    pub async fn write_many(
        &self,
        vault: VaultId,
        drafts: Vec<Draft>,
        progress: impl Fn(usize),
    ) -> (usize, Result<(), Error>) {
        let mut written = 0;
        for batch in in_batches(drafts) {
            let count = batch.len();
            if let Err(error) = self.write(&[VaultDrafts { vault, drafts: batch }]).await {
                return (written, Err(error));
            }
            written += count;
            progress(written);
        }
        (written, Ok(()))
    }

    /// Numbers for new objects.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn take_numbers(&self, count: u32) -> Result<Vec<Number>, Error> {
        let mut taken = Vec::new();
        while (taken.len() as u64) < u64::from(count) {
            let next = self.numbers.borrow_mut().reserved.next();
            match next {
                Some(number) => taken.push(Number(number)),
                None => {
                    let missing = count.saturating_sub(u32::try_from(taken.len()).unwrap_or(u32::MAX));
                    let wanted = NumberCount { count: missing.clamp(NUMBERS_AHEAD, limits::NUMBER_BLOCK) };
                    let key = Some(self.idempotency_key());
                    let block = self
                        .api
                        .call::<ReserveNumbers>(Some(&self.token), &self.team_path(), &Empty {}, &wanted, key)
                        .await
                        .map_err(from_plain_call)?;
                    if block.count == 0 {
                        return Err(Error::Unintelligible);
                    }
                    self.numbers.borrow_mut().reserved = block.first.0..block.first.0.saturating_add(block.count);
                }
            }
        }
        Ok(taken)
    }

    async fn write_in_turn(&self, writes: &[VaultDrafts]) -> Result<(), Error> {
        let mut sealed = self.seal_all(writes)?;
        for _ in 0..WRITE_TRIES {
            let batch = Batch {
                writes: sealed
                    .iter()
                    .map(|write| VaultWrite {
                        vault: write.vault,
                        records: write.records.iter().map(Record::to_wire).collect(),
                        head: write.head.to_wire(),
                    })
                    .collect(),
            };
            let key = Some(self.idempotency_key());
            let answer =
                self.api.call::<WriteBatch>(Some(&self.token), &self.team_path(), &Empty {}, &batch, key).await;
            match answer {
                Ok(_) => {
                    for write in sealed {
                        self.take_written(write.vault, &write.head, write.records)?;
                    }
                    return Ok(());
                }
                Err(CallError::Own(WriteError::StaleHead(moved))) => {
                    self.follow(&moved).await?;
                    // What the winner did not touch stays sealed as it is: only the head is signed again.
                    sealed = self.sign_again(writes, sealed)?;
                }
                Err(CallError::Own(WriteError::StaleChain)) => {
                    for write in writes {
                        self.sync_one(write.vault).await?;
                    }
                    sealed = self.seal_all(writes)?;
                }
                Err(CallError::Own(WriteError::EpochDue)) => {
                    for write in writes {
                        self.sync_one(write.vault).await?;
                        self.renew_for_write(write.vault).await?;
                    }
                    sealed = self.seal_all(writes)?;
                }
                Err(error) => {
                    return Err(from_call(error, |own| match own {
                        WriteError::StaleVersion { current: Some(_), .. } => Error::StaleVersion,
                        WriteError::StaleVersion { current: None, .. } => Error::Gone,
                        WriteError::RecordRefused { reason: RecordFault::Purged, id } => {
                            self.forget_refused(writes, id);
                            Error::Gone
                        }
                        WriteError::Forbidden => Error::NotAllowed,
                        WriteError::HeadRefused { reason: HeadFault::Time }
                        | WriteError::RecordRefused { reason: RecordFault::Time, .. } => Error::Clock,
                        WriteError::RecordRefused { reason: RecordFault::Upload, .. } => Error::UploadLost,
                        _ => Error::Refused,
                    }));
                }
            }
        }
        Err(Error::Busy)
    }

    /// What the server says was purged is not offered again. Of what is in reach that cannot be true.
    fn forget_refused(&self, writes: &[VaultDrafts], id: ObjectId) {
        for VaultDrafts { vault, drafts } in writes {
            let keys = drafts.iter().map(|draft| draft.key).filter(|key| key.id == id && key.kind.is_numbered());
            let in_reach = |key: &LeafKey| self.vaults.borrow().get(vault).is_none_or(|view| view.is_reachable(key));
            let gone: Vec<LeafKey> = keys.filter(|key| !in_reach(key)).collect();
            self.forget_purged(*vault, &gone);
        }
    }

    /// Verifies and takes what the winner of a race wrote.
    async fn follow(&self, moved: &HeadMoved) -> Result<(), Error> {
        let here = moved.complete && self.follows_known(moved);
        if here { self.take_moved(moved) } else { self.sync_one(moved.vault).await.map(drop) }
    }

    /// Whether a winner follows what is known here: a synchronisation may have gone further meanwhile, and the winner
    /// may know more of the chain. Neither is a fault. What cannot be read is refused where it is taken.
    fn follows_known(&self, moved: &HeadMoved) -> bool {
        let Ok(head) = SignedHead::parse(&moved.head) else { return true };
        let known = self.vaults.borrow().get(&moved.vault).map_or(0, |view| view.head().sequence);
        let rest = &head.value().rest;
        known.checked_add(moved.rests.len() as u64) == Some(rest.sequence)
            && self.with_chain(|chain| chain.has_position(&rest.position)).unwrap_or(false)
    }

    fn seal_all(&self, writes: &[VaultDrafts]) -> Result<Vec<Sealed>, Error> {
        writes.iter().map(|write| self.seal(write)).collect()
    }

    fn seal(&self, write: &VaultDrafts) -> Result<Sealed, Error> {
        let mut records: Vec<Record> = Vec::with_capacity(write.drafts.len());
        // Where a secret comes with its history, a version follows the one before it in the same write.
        let mut newest: BTreeMap<LeafKey, Leaf> = BTreeMap::new();
        for draft in &write.drafts {
            let record = self.seal_draft(write, draft, newest.get(&draft.key))?;
            newest.insert(draft.key, leaf_of(&record));
            records.push(record);
        }
        self.finish(write.vault, records)
    }

    fn sign_again(&self, writes: &[VaultDrafts], sealed: Vec<Sealed>) -> Result<Vec<Sealed>, Error> {
        let chain = self.with_chain(|chain| chain.position())?;
        writes
            .iter()
            .zip(sealed)
            .map(|(write, sealed)| {
                let mut begun: BTreeSet<LeafKey> = BTreeSet::new();
                let untouched = write.drafts.iter().zip(&sealed.records).all(|(draft, record)| {
                    let follows = !begun.insert(draft.key) || self.version_of(&write.vault, &draft.key) == draft.base;
                    follows && record.context().position == chain
                });
                if untouched { self.finish(write.vault, sealed.records) } else { self.seal(write) }
            })
            .collect()
    }

    fn version_of(&self, vault: &VaultId, key: &LeafKey) -> Option<Version> {
        self.vaults.borrow().get(vault)?.tree().get(key).map(|leaf| leaf.version)
    }

    fn seal_draft(&self, write: &VaultDrafts, draft: &Draft, before: Option<&Leaf>) -> Result<Record, Error> {
        self.with_chain(|chain| {
            let vaults = self.vaults.borrow();
            let view = vaults.get(&write.vault).ok_or(Error::Gone)?;
            let state = chain.vault(&write.vault).ok_or(Error::Gone)?;
            let last: Option<&Leaf> = before.or_else(|| view.tree().get(&draft.key));
            if last.map(|leaf| leaf.version) != draft.base {
                return Err(if last.is_none() { Error::Gone } else { Error::StaleVersion });
            }
            let position = chain.position();
            let epoch = state.epoch().ok_or(Error::Gone)?;
            let keys = view.keys.get(&epoch.epoch).ok_or(Error::NotAllowed)?;
            let tier = match draft.key.kind {
                kind if kind.is_secret() => {
                    let is_file = kind == RecordKind::File;
                    let holder = if is_file { draft.parent } else { draft.key.id };
                    let resource = resource_in(write, holder).or_else(|| self.resource_of(&write.vault, &holder));
                    let resource = resource.or(is_file.then_some(holder));
                    state.tier_at(&holder, resource.as_ref(), position.sequence)
                }
                _ => Tier::Catalog,
            };
            let under = match tier {
                Tier::Guarded => SealUnder::Guarded(&epoch.keys.guarded),
                Tier::Open => SealUnder::Key(keys.open.as_ref().ok_or(Error::NotAllowed)?),
                Tier::Catalog | Tier::Directory => SealUnder::Key(&keys.catalog),
            };
            let context = RecordContext {
                suite: SUITE,
                team: self.team,
                vault: write.vault,
                kind: draft.key.kind,
                id: draft.key.id,
                parent: draft.parent,
                number: draft.number,
                version: last.map_or(Some(Version::FIRST), |leaf| leaf.version.next()).ok_or(Error::Refused)?,
                previous: last.map_or(Hash::ZERO, |leaf| leaf.hash),
                epoch: epoch.epoch,
                tier,
                state: draft.state,
                author: self.identity.member,
                position,
                time: self.surroundings.now(),
            };
            self.surroundings
                .with_randomness(|randomness| {
                    seal_record(context, &draft.payload, &under, &self.identity.signing, randomness)
                })
                .map_err(|_| Error::Refused)
        })?
    }

    fn finish(&self, vault: VaultId, records: Vec<Record>) -> Result<Sealed, Error> {
        self.with_chain(|chain| {
            let vaults = self.vaults.borrow();
            let view = vaults.get(&vault).ok_or(Error::Gone)?;
            let leaves: Vec<Leaf> = records.iter().map(leaf_of).collect();
            let head = self.sign_head(chain, vault, view.head(), view.tree().root_with(&leaves));
            Ok(Sealed { vault, records, head })
        })?
    }

    /// Takes into the view what the server has accepted.
    pub(super) fn take_written(&self, vault: VaultId, head: &SignedHead, records: Vec<Record>) -> Result<(), Error> {
        let changed = self.with_chain(|chain| {
            let mut vaults = self.vaults.borrow_mut();
            let view = vaults.get_mut(&vault).ok_or(Error::Gone)?;
            view.take_own(chain, head, records).map_err(Error::from)
        })??;
        self.note_changes(vault, &changed);
        Ok(())
    }
}

/// The resource of an account that is in the same write.
fn resource_in(write: &VaultDrafts, account: ObjectId) -> Option<ObjectId> {
    let account = LeafKey { id: account, kind: RecordKind::Account };
    write.drafts.iter().find(|other| other.key == account).map(|account| account.parent)
}
