//! Locking, signing out, and being signed out: the keys go, in every window.

use super::{
    clock::within,
    engine::{Engine, Locked},
    message::tell,
    windows::Word,
};
use crate::bridge::{Error, Notice, SessionState, TeamId};

/// Longest wait for the server to end a session that is left, in milliseconds.
pub const LEAVING_PATIENCE: i32 = 2_000;

impl Engine {
    /// Forgets all keys, in every window.
    pub fn lock_everywhere(&self) {
        self.windows.say(&Word::Locked);
        self.lock();
    }

    /// Forgets all keys in this window.
    pub fn lock(&self) {
        self.locks.set(self.locks.get().wrapping_add(1));
        if let Some(open) = self.close() {
            self.set_locked(open.to_locked());
            tell(Notice::Session(self.state()));
        }
    }

    /// Locks what is open, in every window, and turns to another team that this browser remembers, or to none. One team is
    /// open at a time: the keys of two never lie in memory together.
    pub async fn switch_team(&self, team: Option<TeamId>) -> Result<(), Error> {
        let remembered = match team {
            Some(team) => Some(self.store.find(team).await.ok_or(Error::UnknownDevice)?),
            None => None,
        };
        if self.open().is_ok_and(|open| Some(open.team()) == team) {
            return Ok(());
        }
        self.lock_everywhere();
        self.set_locked(remembered.as_ref().and_then(Locked::remembered));
        tell(Notice::Session(self.state()));
        Ok(())
    }

    /// The server ended the session: the keys go, and the page says why.
    pub fn end_from_outside(&self) {
        if let Some(open) = self.close() {
            self.set_locked(open.to_locked());
            tell(Notice::SessionEnded);
        }
    }

    /// Ends the session of this browser, or forgets a team that is only remembered.
    pub async fn sign_out(&self, team: TeamId, forget: bool) -> Result<(), Error> {
        let open = if self.team() == Some(team) { self.close() } else { None };
        if self.team() == Some(team) {
            self.set_locked(None);
        }
        if forget {
            self.store.forget(team).await?;
            self.catalogs.forget(team, false).await?;
        } else {
            self.store.change(team, |remembered| remembered.signed_in = false).await;
        }
        self.windows.say(&Word::SignedOut(team));
        if let Some(open) = open {
            // A server that does not answer ends it by itself when its time is over.
            let _ = within(LEAVING_PATIENCE, open.session.end_session(open.session.id())).await;
        }
        Ok(())
    }

    /// Another window signed out.
    pub fn leave(&self, team: TeamId) {
        if self.team() == Some(team) {
            self.close();
            self.set_locked(None);
            tell(Notice::Session(SessionState::SignedOut));
        }
    }
}
