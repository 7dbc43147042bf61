//! Hints about changes, from those who write to those who listen.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex},
};

use sealward_contract::{
    ids::{MemberId, SessionId, TeamId, VaultId},
    limits,
};
use tokio::sync::{broadcast, watch};

use super::lock;

/// Hints that a slow listener may be behind; past it, it is told to look at everything.
const BACKLOG: usize = 256;

/// What happened in a team.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Hint {
    /// The chain or the directory changed.
    Team,
    /// A vault changed.
    Vault(VaultId),
    /// A request for a secret of a vault changed.
    Request(VaultId),
    /// Something was written down in the audit.
    Audit,
    /// A secret of a vault was taken without an approval: whoever reads the audit is told too.
    Emergency(VaultId),
    /// A session ended.
    SessionEnded(SessionId),
    /// All sessions of a member ended.
    MemberEnded(MemberId),
}

/// The listeners of all teams.
pub struct Hub {
    teams: Mutex<HashMap<TeamId, broadcast::Sender<Hint>>>,
    streams: Arc<Mutex<HashMap<(TeamId, MemberId), usize>>>,
    closing: watch::Sender<bool>,
}

impl Default for Hub {
    fn default() -> Self {
        Self { teams: Mutex::default(), streams: Arc::default(), closing: watch::Sender::new(false) }
    }
}

/// One member's place among the listeners; given back when dropped.
pub struct Listener {
    /// What happens from now on.
    pub hints: broadcast::Receiver<Hint>,
    /// Turns true when the server ends.
    pub closing: watch::Receiver<bool>,
    streams: Arc<Mutex<HashMap<(TeamId, MemberId), usize>>>,
    place: (TeamId, MemberId),
}

impl Hub {
    /// Tells all listeners of a team.
    pub fn tell(&self, team: &TeamId, hint: Hint) {
        let mut teams = lock(&self.teams);
        // Nobody listens any more: the channel goes with the last listener.
        if teams.get(team).is_some_and(|sender| sender.send(hint).is_err()) {
            teams.remove(team);
        }
    }

    /// Listens to a team; `None` when the member has too many streams open.
    #[must_use]
    pub fn listen(&self, team: TeamId, member: MemberId) -> Option<Listener> {
        let place = (team, member);
        {
            let mut streams = lock(&self.streams);
            let open = streams.entry(place).or_default();
            if *open >= limits::STREAMS {
                return None;
            }
            *open += 1;
        }
        let hints = lock(&self.teams).entry(team).or_insert_with(|| broadcast::Sender::new(BACKLOG)).subscribe();
        Some(Listener { hints, closing: self.closing.subscribe(), streams: Arc::clone(&self.streams), place })
    }

    /// The teams that somebody listens to.
    #[must_use]
    pub fn teams(&self) -> Vec<TeamId> {
        lock(&self.teams).keys().copied().collect()
    }

    /// How many streams are open.
    #[must_use]
    pub fn open_streams(&self) -> usize {
        lock(&self.streams).values().sum()
    }

    /// Ends all streams, because the server ends.
    pub fn close(&self) {
        self.closing.send_replace(true);
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        let mut streams = lock(&self.streams);
        if let Some(open) = streams.get_mut(&self.place) {
            *open -= 1;
            if *open == 0 {
                streams.remove(&self.place);
            }
        }
    }
}
