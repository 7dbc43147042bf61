//! Checkpoints: a device that remembers nothing asks what others, and its member's other devices, have seen, and takes
//! nothing older than that. A device that is up to date says what it sees.

use super::{Session, memory::Memory};
use crate::{
    api::CallError,
    error::{Damage, DamagedObject, Error, Fault, from_call, from_plain_call},
    transport::Transport,
    vault::{KnownHead, VaultView},
};
use sealward_contract::{
    chain::{NamedHead, TeamState},
    checkpoint::{Checkpoint, CheckpointRefused, SeenHead, SignedCheckpoint, check_checkpoint},
    crypto::Hash,
    ids::{MemberId, Timestamp, VaultId},
    limits::CLOCK_SKEW,
    operations::{
        Empty,
        checkpoints::{CheckpointError, ListCheckpoints, NewCheckpoint, PutCheckpoint},
    },
    record::ChainPosition,
    suite::SUITE,
};
use std::collections::BTreeMap;

/// Whose checkpoint a device without memory stands on, and from when it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Footing {
    /// Who saw the team.
    pub member: MemberId,
    /// When, by that member's clock.
    pub time: Timestamp,
}

/// A checkpoint is old after a week: most teams see each other more often than that.
const OLD: u64 = 7 * 24 * 60 * 60 * 1_000;

/// What a device without memory was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sight {
    /// It remembers the team itself.
    Own,
    /// It stands on the newest checkpoint of this session's beginning; on none where nobody's was shown.
    Shown(Option<Footing>),
}

impl Sight {
    /// Whether somebody should compare with a colleague before anything is written: nobody's checkpoint was shown, or none
    /// from this week.
    #[must_use]
    pub fn is_doubtful(&self, now: Timestamp) -> bool {
        match self {
            Self::Own => false,
            Self::Shown(None) => true,
            // One from a time to come is as fresh for ever as whoever kept it wants.
            Self::Shown(Some(Footing { time, .. })) => now.since(*time) > OLD || time.since(now) > CLOCK_SKEW,
        }
    }
}

impl<T: Transport> Session<T> {
    /// What this device stands on: its own memory, or what it was shown; `None` before it has synchronised.
    #[must_use]
    pub fn sight(&self) -> Option<Sight> {
        self.sight.get()
    }

    /// Numbers of the newest statement and the newest event that were verified: two people who read them to each other see
    /// whether they are shown the same team.
    #[must_use]
    pub fn places(&self) -> (u64, u64) {
        let chain = self.with_chain(TeamState::position).map_or(0, |place| place.sequence);
        (chain, self.audit.get().sequence)
    }

    /// From now on nothing is written, stated or wrapped where it is doubtful what this device stands on, until
    /// [`Session::begun_here`]; and nothing of it is remembered. To be said before the first synchronisation.
    pub fn hold_where_doubtful(&self) {
        self.cautious.set(true);
    }

    /// Whether nothing is written until somebody has compared what this device stands on.
    #[must_use]
    pub fn is_held(&self) -> bool {
        self.held.get()
    }

    pub(super) fn check_held(&self) -> Result<(), Error> {
        if self.is_held() { Err(Error::Held) } else { Ok(()) }
    }

    /// The team, or the membership, began on this device, or somebody compared what it stands on: it needs no other's word for what
    /// came before.
    pub fn begun_here(&self) {
        self.held.set(false);
        self.sight.set(Some(Sight::Own));
    }

    /// Where this device remembers nothing: what others have seen is from now on what it remembers.
    pub(super) async fn learn_from_checkpoints(&self) -> Result<(), Error> {
        if self.sight.get().is_some() {
            return Ok(());
        }
        if self.remembered.borrow().chain.is_some() {
            self.sight.set(Some(Sight::Own));
            return Ok(());
        }
        let listed = self.call::<ListCheckpoints>(&self.team_path(), &Empty {}).await.map_err(from_plain_call)?;
        let mut seen = Vec::new();
        for wire in &listed.checkpoints {
            // What is malformed or unsigned says nothing of anybody.
            let Ok(signed) = SignedCheckpoint::parse(wire) else { continue };
            match self.with_chain(|chain| check_checkpoint(chain, &signed))? {
                Ok(()) => seen.push(signed),
                Err(CheckpointRefused::OtherChain) => {
                    let Checkpoint { member, time, .. } = *signed.value();
                    return Err(Error::Behind { footing: Footing { member, time } });
                }
                Err(CheckpointRefused::Malformed | CheckpointRefused::Signature) => {}
            }
        }
        let audit = newest_event(&seen)?;
        let own = self.audit.get();
        if audit.is_some_and(|seen| {
            seen.sequence > own.sequence || (seen.sequence == own.sequence && seen.hash != own.hash)
        }) {
            return Err(Damage::of(DamagedObject::Audit, Fault::RolledBack).into());
        }
        let heads = newest_heads(&seen)?;
        for (vault, view) in self.vaults.borrow_mut().iter_mut() {
            if let Some(head) = heads.get(vault) {
                view.remember(*head);
            }
        }
        let chain = seen.iter().map(|signed| signed.value().chain).max_by_key(|place| place.sequence);
        *self.remembered.borrow_mut() = Memory::new(chain, audit, &heads);
        let newest = seen.iter().map(SignedCheckpoint::value).max_by_key(|checkpoint| checkpoint.time);
        let footing = newest.map(|newest| Footing { member: newest.member, time: newest.time });
        let sight = Sight::Shown(footing);
        self.held.set(self.cautious.get() && sight.is_doubtful(self.surroundings.now()));
        self.sight.set(Some(sight));
        Ok(())
    }

    /// What this device sees, signed. Vaults that were refused are left out.
    ///
    /// # Errors
    /// [`Error`] before the first synchronisation.
    pub fn sign_checkpoint(&self) -> Result<SignedCheckpoint, Error> {
        let chain = self.with_chain(TeamState::position)?;
        let refused = self.refused.borrow();
        let vaults = self.vaults.borrow();
        let heads = vaults.iter().filter(|(vault, _)| !refused.contains_key(vault)).filter_map(seen).collect();
        let audit = self.audit.get();
        Ok(self.identity.signing.sign(Checkpoint {
            suite: SUITE,
            team: self.team,
            member: self.identity.member,
            time: self.surroundings.now(),
            chain,
            audit: ChainPosition { sequence: audit.sequence, hash: audit.hash },
            heads,
        }))
    }

    /// Says what this device sees, for devices that remember nothing. `false` where something changed meanwhile: after the
    /// next synchronisation it is tried again.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn leave_checkpoint(&self) -> Result<bool, Error> {
        let new = NewCheckpoint { checkpoint: self.sign_checkpoint()?.to_wire() };
        match self.call::<PutCheckpoint>(&self.team_path(), &new).await {
            Ok(_) => Ok(true),
            Err(CallError::Own(CheckpointError::CheckpointStale)) => Ok(false),
            Err(error) => Err(from_call(error, |own| match own {
                CheckpointError::ClockRefused => Error::Clock,
                CheckpointError::CheckpointRefused | CheckpointError::CheckpointStale => Error::Refused,
            })),
        }
    }
}

fn seen((vault, view): (&VaultId, &VaultView)) -> Option<SeenHead> {
    let KnownHead { sequence, hash } = view.head();
    (sequence > 0).then_some(SeenHead { vault: *vault, head: NamedHead { sequence, hash } })
}

/// The newest of the audit that anybody saw.
fn newest_event(seen: &[SignedCheckpoint]) -> Result<Option<ChainPosition>, Damage> {
    let places = seen.iter().map(|signed| signed.value().audit);
    match newest_agreed(places.map(|place| (place.sequence, place.hash))) {
        Ok(newest) => Ok(newest.map(|(sequence, hash)| ChainPosition { sequence, hash })),
        Err(Disagree) => Err(Damage::of(DamagedObject::Audit, Fault::RolledBack)),
    }
}

/// The newest head of each vault that anybody saw.
fn newest_heads(seen: &[SignedCheckpoint]) -> Result<BTreeMap<VaultId, KnownHead>, Damage> {
    let mut places: BTreeMap<VaultId, Vec<(u64, Hash)>> = BTreeMap::new();
    for SeenHead { vault, head } in seen.iter().flat_map(|signed| &signed.value().heads) {
        places.entry(*vault).or_default().push((head.sequence, head.hash));
    }
    let mut heads = BTreeMap::new();
    for (vault, places) in places {
        match newest_agreed(places) {
            Ok(newest) => heads.extend(newest.map(|(sequence, hash)| (vault, KnownHead { sequence, hash }))),
            Err(Disagree) => return Err(Damage::of_vault(vault, DamagedObject::Head, Fault::RolledBack)),
        }
    }
    Ok(heads)
}

/// Two saw different things at the same place: the server told them different histories.
struct Disagree;

/// The newest place, where no two are of the same number and different.
fn newest_agreed(places: impl IntoIterator<Item = (u64, Hash)>) -> Result<Option<(u64, Hash)>, Disagree> {
    let mut seen: BTreeMap<u64, Hash> = BTreeMap::new();
    for (sequence, hash) in places {
        if seen.insert(sequence, hash).is_some_and(|before| before != hash) {
            return Err(Disagree);
        }
    }
    Ok(seen.last_key_value().map(|(sequence, hash)| (*sequence, *hash)))
}
