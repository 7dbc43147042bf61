//! Lists audit events, from either end, as far as a filter wants them and the caller may read them.

use std::{ops::ControlFlow, sync::Arc};

use sealward_contract::{
    audit::{AuditEvent, AuditFilter},
    bytes::Bytes,
    chain::TeamState,
    codec,
    ids::{InviteId, TeamId},
    limits,
    operations::audit::{AuditError, EventFilter, EventListed, EventOrder, EventPage, EventsQuery, ListAuditEvents},
    policy,
    problem::Rejection,
};

use crate::{
    operations::{Call, Caller, Handler, Outcome, Refusal, Reply},
    server::App,
    store::{Rows, StoreError, tables::AUDIT_EVENTS},
};

/// Most events looked at for one page.
const LOOKED_AT: u32 = 20_000;

impl Handler for ListAuditEvents {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let caller = call.caller()?.clone();
        let limit = call.query.limit().ok_or(Rejection::Malformed { at: "limit".into() })?;
        let filter = filter(&caller, &call.query).map_err(Refusal::Own)?;
        let cursor = match &call.query.cursor {
            None => None,
            Some(cursor) => Some(cursor.parse::<u64>().map_err(|_| refused(EventFilter::Cursor))?),
        };
        let (app, order) = (Arc::clone(app), call.query.order);
        // What is wanted may lie far apart, so this can be a long walk.
        let page = tokio::task::spawn_blocking(move || {
            app.store.read(|tx| list(tx, &caller.team, &filter, (order, cursor), limit))
        });
        Ok(Reply::Value(page.await.map_err(|_| Rejection::Internal)??))
    }
}

fn refused(filter: EventFilter) -> Refusal<AuditError> {
    Refusal::Own(AuditError::FilterRefused { filter })
}

/// What the caller wants, and may, see.
fn filter(caller: &Caller, query: &EventsQuery) -> Result<AuditFilter, AuditError> {
    let state = &*caller.state;
    let fail = |filter| Err(AuditError::FilterRefused { filter });
    let all = policy::may_read_audit(state, &caller.member);
    if let Some(member) = query.member {
        if !all && member != caller.member {
            return Err(AuditError::Forbidden);
        }
        if !is_known(state, &member) {
            return fail(EventFilter::Member);
        }
    }
    if query.vault.is_some_and(|vault| state.vault(&vault).is_none()) {
        return fail(EventFilter::Vault);
    }
    if query.from.zip(query.until).is_some_and(|(from, until)| until <= from) {
        return fail(EventFilter::Time);
    }
    let EventsQuery { member, kind, vault, object, from, until, .. } = *query;
    Ok(AuditFilter { by: (!all).then_some(caller.member), member, kind, vault, object, from, until })
}

fn is_known(state: &TeamState, member: &sealward_contract::ids::MemberId) -> bool {
    state.member(member).is_some() || state.invitation(&InviteId(member.0)).is_some()
}

fn list(
    rows: &impl Rows,
    team: &TeamId,
    filter: &AuditFilter,
    (order, cursor): (EventOrder, Option<u64>),
    limit: u32,
) -> Result<EventPage, StoreError> {
    let (mut items, mut next, mut looked_at, mut bytes) = (Vec::new(), None, 0, 0);
    let mut last = cursor.unwrap_or_default();
    let visit = |(_, sequence): (TeamId, u64), event: Bytes| {
        if items.len() as u64 >= u64::from(limit) || looked_at >= LOOKED_AT || bytes >= limits::PAGE_BYTES {
            next = Some(last.to_string());
            return Ok(ControlFlow::Break(()));
        }
        looked_at += 1;
        last = sequence;
        let wanted = filter.is_empty() || codec::decode::<AuditEvent>(&event).is_ok_and(|event| filter.fits(&event));
        if wanted {
            bytes += event.len();
            items.push(EventListed { event });
        }
        Ok(ControlFlow::Continue(()))
    };
    match order {
        EventOrder::Oldest => AUDIT_EVENTS.scan_after(rows, team, &(*team, cursor.unwrap_or(0)), visit)?,
        EventOrder::Newest => AUDIT_EVENTS.scan_before(rows, team, &(*team, cursor.unwrap_or(u64::MAX)), visit)?,
    }
    Ok(EventPage { items, next, anchor: super::anchor(rows, team)? })
}
