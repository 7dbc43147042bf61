//! What this browser stands on where it remembers nothing of the team, and what it leaves for other devices.

use super::{
    clock::{self, millis},
    engine::{Engine, Open},
    message::tell,
};
use crate::bridge::{Error, Notice, SightView};
use sealward_client::session::Sight;

/// How often a checkpoint is left at most, in milliseconds.
const EVERY: u64 = 60 * 60 * 1_000;

impl Engine {
    /// What this browser stands on was compared: it may write.
    pub fn accept_sight(&self) -> Result<(), Error> {
        self.open()?.session.begun_here();
        tell(Notice::Session(self.state()));
        Ok(())
    }
}

impl Open {
    /// As the page is told of it.
    pub fn read_sight(&self) -> Option<SightView> {
        let sight = self.session.sight()?;
        let Sight::Shown(footing) = sight else { return None };
        let footing = footing.map(|footing| (self.name_of(footing.member), millis(footing.time)));
        Some(SightView { footing, doubtful: self.session.is_held() })
    }

    /// Numbers of the newest statement and event.
    pub fn read_places(&self) -> (u32, u32) {
        let (statement, event) = self.session.places();
        let shown = |number| u32::try_from(number).unwrap_or(u32::MAX);
        (shown(statement), shown(event))
    }

    /// Says what this browser sees, once it has caught up, and every hour after that. Where something changed meanwhile it
    /// is said after the next synchronisation.
    pub async fn leave_checkpoint(&self) {
        let now = clock::now();
        let is_due = self.checkpoint.get().is_none_or(|left| now.since(left) >= EVERY);
        let may = !self.session.is_held() && self.session.made_by().is_none();
        if is_due && may && self.session.leave_checkpoint().await == Ok(true) {
            self.checkpoint.set(Some(now));
        }
    }
}
