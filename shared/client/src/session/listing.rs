//! The member's sessions.

use super::Session;
use crate::{
    error::{Error, from_plain_call},
    transport::Transport,
};
pub use sealward_contract::operations::session::SessionListed;
use sealward_contract::{
    ids::SessionId,
    operations::{
        Empty, PageQuery, SessionPath,
        session::{EndSession, ListSessions},
    },
};

impl<T: Transport> Session<T> {
    /// All sessions of the member, on all devices.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn list_sessions(&self) -> Result<Vec<SessionListed>, Error> {
        let query = PageQuery { cursor: None, limit: Some(sealward_contract::limits::PAGE) };
        let page = self
            .api
            .call::<ListSessions>(Some(&self.token), &self.team_path(), &query, &Empty {}, None)
            .await
            .map_err(from_plain_call)?;
        Ok(page.items)
    }

    /// Ends a session; its own too.
    ///
    /// # Errors
    /// [`Error`].
    pub async fn end_session(&self, session: SessionId) -> Result<(), Error> {
        let path = SessionPath { team: self.team, session };
        self.api
            .call::<EndSession>(Some(&self.token), &path, &Empty {}, &Empty {}, None)
            .await
            .map(drop)
            .map_err(from_plain_call)
    }
}
