//! Kits of members whose keys this gateway made, for as long as it runs: whoever changes such a password names the present
//! one, and no kit. Nothing of it is written down.

use sealward_client::session::Device;
use sealward_contract::{
    crypto::VerifyingKey,
    ids::{MemberId, TeamId},
};
use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

/// Kits that are held at most; those of further members have to be given.
const MOST: usize = 10_000;

/// The kits.
#[derive(Default)]
pub struct Kits(Mutex<Held>);

type Held = BTreeMap<(TeamId, MemberId), (VerifyingKey, Device)>;

impl Kits {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Holds a member's kit, which goes with its present keys.
    pub fn hold(&self, member: MemberId, signing: VerifyingKey, kit: Device) {
        let mut held = self.held();
        let place = (kit.team, member);
        if held.len() < MOST || held.contains_key(&place) {
            held.insert(place, (signing, kit));
        }
    }

    /// The kit of a member that has these keys still.
    #[must_use]
    pub fn of(&self, team: TeamId, member: MemberId, signing: &VerifyingKey) -> Option<Device> {
        let mut held = self.held();
        let (known, kit) = held.get(&(team, member))?;
        if known == signing {
            return kit.duplicate();
        }
        // Others replaced these keys: it opens nothing any more.
        held.remove(&(team, member));
        None
    }
}
