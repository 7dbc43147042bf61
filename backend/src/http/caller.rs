//! From a session's token to the member who calls.

use std::{net::IpAddr, sync::Arc};

use axum::extract::RawPathParams;
use base64ct::{Base64UrlUnpadded, Encoding};
use http::{HeaderMap, header::AUTHORIZATION};
use sealward_contract::{
    chain::MemberState,
    crypto::{Hash, hash},
    ids::{TeamId, Timestamp},
    problem::Rejection,
};

use crate::{
    memory::presence::Seen,
    operations::{Caller, call::rejection, factors::confirmation, session::service},
    server::App,
    store::{
        StoreError,
        tables::{BOUND_SESSIONS, SESSIONS},
    },
};

/// The member whose session this is, in the team of the path. A session of another team finds nothing there.
pub(super) fn find(
    app: &Arc<App>,
    headers: &HeaderMap,
    params: &RawPathParams,
    address: IpAddr,
    now: Timestamp,
) -> Result<Caller, Rejection> {
    let token = token(headers).ok_or(Rejection::Unauthenticated)?;
    let found = app.store.read(|tx| {
        let Some(session) = SESSIONS.get(tx, &token)?.filter(|session| session.expires > now) else {
            return Ok::<_, StoreError>(None);
        };
        let state = app.teams.state(tx, &session.team)?;
        let bound = BOUND_SESSIONS.get(tx, &token)?;
        let Some(state) = state else { return Ok(None) };
        let owes = confirmation::owed(tx, &state, (session.team, session.member), &token)?;
        Ok(Some((session, state, bound, owes)))
    });
    let (session, state, bound, owes) = found.map_err(|error| rejection(&error))?.ok_or(Rejection::Unauthenticated)?;
    let member = state.member(&session.member).ok_or(Rejection::Unauthenticated)?;
    if state.role(&session.member).is_none() && member.state != MemberState::Made {
        return Err(Rejection::Unauthenticated);
    }
    if !service::goes_on(member, address, now, bound.as_ref()) {
        return Err(Rejection::Unauthenticated);
    }
    let team = params.iter().find(|(name, _)| *name == "team").and_then(|(_, team)| team.parse::<TeamId>().ok());
    if team != Some(session.team) {
        return Err(Rejection::NotFound);
    }
    app.presence.note(token, Seen { at: now, from: address });
    Ok(Caller { team: session.team, member: session.member, session: session.session, token, state, owes })
}

/// Hash of the token in the Authorization header.
fn token(headers: &HeaderMap) -> Option<Hash> {
    let (scheme, token) = headers.get(AUTHORIZATION)?.to_str().ok()?.split_once(' ')?;
    let mut bytes = [0; 32];
    let decoded = Base64UrlUnpadded::decode(token.trim(), &mut bytes).ok()?;
    (scheme.eq_ignore_ascii_case("bearer") && decoded.len() == 32).then(|| hash(decoded))
}
