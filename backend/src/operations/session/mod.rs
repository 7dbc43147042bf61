//! Sessions: challenges, signing in, the list, ending one, changing how one signs in.

pub mod attempts;
mod challenge;
mod change_login;
mod create;
mod end;
mod list;
pub(crate) mod service;
#[cfg(test)]
mod tests;

use std::ops::ControlFlow;

use sealward_contract::{
    crypto::{Hash, hash},
    ids::{MemberId, SessionId, TeamId},
    text::LoginName,
};

use crate::store::{
    Order, Rows, StoreError, WriteTx,
    tables::{BOUND_SESSIONS, CONFIRMATIONS, MEMBER_SESSIONS, SESSIONS, SessionRow},
};

/// Under what a login name is found.
#[must_use]
pub fn login_key(login_name: &LoginName) -> Hash {
    hash(login_name.as_str().as_bytes())
}

/// All sessions of a member that are stored, with the hashes of their tokens.
///
/// # Errors
/// The store failed.
pub(crate) fn of_member(
    rows: &impl Rows,
    team: TeamId,
    member: MemberId,
) -> Result<Vec<(Hash, SessionRow)>, StoreError> {
    let mut tokens = Vec::new();
    MEMBER_SESSIONS.scan(rows, &(team, member), Order::Forward, |_, token| {
        tokens.push(token);
        Ok(ControlFlow::Continue(()))
    })?;
    let mut sessions = Vec::with_capacity(tokens.len());
    for token in tokens {
        if let Some(session) = SESSIONS.get(rows, &token)? {
            sessions.push((token, session));
        }
    }
    Ok(sessions)
}

/// Removes a session.
pub(crate) fn remove(tx: &mut WriteTx<'_, '_>, team: TeamId, member: MemberId, session: SessionId, token: &Hash) {
    MEMBER_SESSIONS.delete(tx, &(team, member, session));
    SESSIONS.delete(tx, token);
    BOUND_SESSIONS.delete(tx, token);
    CONFIRMATIONS.delete(tx, token);
}
