//! Gives requests: to whoever asked, and to those who may answer.

use std::{ops::ControlFlow, sync::Arc};

use sealward_contract::{
    ids::{RequestId, Timestamp},
    operations::{
        Page, PageQuery,
        requests::{GetRequest, ListRequests, RequestListed, WhichRequests},
    },
    problem::Rejection,
    record::{Record, RecordKind},
    request::Status,
};

use super::{
    judging::{Account, Known, find, judge, open_of},
    step::{answers, is_concerned},
};
use crate::{
    operations::{Call, Caller, Handler, Outcome, Reply, ahead},
    server::App,
    store::{
        Order, ReadTx, StoreError,
        tables::{RECORDS, REQUESTS, REQUESTS_OF_MEMBER, REQUESTS_OF_VAULT},
    },
};

/// Most requests looked at for one page.
const LOOKED_AT: usize = 5_000;

impl Handler for GetRequest {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let mut caller = call.caller()?.clone();
        let listed = app.store.read(|tx| {
            // Chain and request must be of one moment.
            if let Some(state) = app.teams.state(tx, &caller.team)? {
                caller.state = state;
            }
            let known = find(tx, &caller.state, call.path.request)?;
            let known = known.filter(|known| is_concerned(&caller.state, &caller, known));
            let known = known.ok_or(Rejection::NotFound)?;
            caller.role(&known.row.vault)?;
            Ok::<_, crate::operations::Refusal<_>>(listed(tx, app, &caller, known, call.now)?.0)
        })?;
        Ok(Reply::Value(listed))
    }
}

/// A request as it is given, and how it stands.
fn listed(
    rows: &ReadTx,
    app: &App,
    caller: &Caller,
    known: Known,
    now: Timestamp,
) -> Result<(RequestListed, Status), StoreError> {
    let (vault, account) = (known.row.vault, known.row.account);
    let looked_at = Account::look(rows, vault, account)?;
    let standing = looked_at.standing(&caller.state, &vault, &account);
    let (judged, ended) = judge(rows, &app.lease_keys, &standing, &known, now)?;
    let exclusive =
        standing.policy.is_some_and(|(_, policy)| policy.terms.as_ref().is_some_and(|terms| terms.exclusive));
    let waits = matches!(judged.status, Status::Requested | Status::Approved);
    let before = if exclusive && waits { Some(before(rows, app, caller, &known, now)?) } else { None };
    let secret = match looked_at.secret {
        None => None,
        Some(secret) => RECORDS.get(rows, &(vault, RecordKind::Secret, account, secret.version.0))?,
    };
    let bare = |wire: sealward_contract::bytes::Bytes| {
        let record = Record::parse_header(&wire).map_err(|_| StoreError::Damaged { table: "records" })?;
        Ok::<_, StoreError>(record.to_bare_wire())
    };
    let own = known.state.requester() == caller.member;
    let listed = RequestListed {
        request: known.state.id(),
        statements: known.row.statements,
        secret: secret.map(bare).transpose()?,
        lease_secret: own.then_some(known.row.lease_secret),
        ahead: ahead::statements(rows, caller.team, known.state.ask())?,
        ended,
        before,
    };
    Ok((listed, judged.status))
}

/// How many others asked before and have it, or are still to have it. More time for who has it is no place in the queue.
fn before(rows: &ReadTx, app: &App, caller: &Caller, known: &Known, now: Timestamp) -> Result<u32, StoreError> {
    let place = (known.row.vault, known.row.account);
    let looked_at = Account::look(rows, place.0, place.1)?;
    let standing = looked_at.standing(&caller.state, &place.0, &place.1);
    let mut count = 0;
    if known.state.ask().extends.is_some() {
        return Ok(count);
    }
    for other in open_of(rows, &caller.state, place)? {
        if other.state.id() == known.state.id() {
            break;
        }
        let (judged, _) = judge(rows, &app.lease_keys, &standing, &other, now)?;
        let is_another = other.state.requester() != known.state.requester();
        let has_place = other.state.ask().extends.is_none() || judged.status == Status::CheckedOut;
        count += u32::from(is_another && has_place && !judged.status.is_final());
    }
    Ok(count)
}

impl Handler for ListRequests {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let mut caller = call.caller()?.clone();
        let malformed = |at: &str| Rejection::Malformed { at: at.to_owned() };
        let page = PageQuery { cursor: call.query.cursor.clone(), limit: call.query.limit };
        let limit = page.limit().ok_or_else(|| malformed("limit"))? as usize;
        let after = match &page.cursor {
            None => None,
            Some(cursor) => Some(read_cursor(cursor).ok_or_else(|| malformed("cursor"))?),
        };
        let answer = app.store.read(|tx| {
            if let Some(state) = app.teams.state(tx, &caller.team)? {
                caller.state = state;
            }
            let found = match call.query.which {
                WhichRequests::Own => own(tx, &caller, after)?,
                WhichRequests::Others => others(tx, &caller, after)?,
            };
            let (mut items, mut next) = (Vec::new(), None);
            let mut last = None;
            for (looked_at, (asked, request)) in found.into_iter().enumerate() {
                if items.len() >= limit || looked_at >= LOOKED_AT {
                    next = last;
                    break;
                }
                last = Some((asked, request));
                let Some(known) = find(tx, &caller.state, request)? else { continue };
                if caller.state.vault_role(&known.row.vault, &caller.member).is_none() {
                    continue;
                }
                let (listed, status) = listed(tx, app, &caller, known, call.now)?;
                if !call.query.open || !status.is_final() {
                    items.push(listed);
                }
            }
            let next = next.map(|(asked, request): (u64, RequestId)| format!("{asked}.{request}"));
            Ok::<_, StoreError>(Page { items, next })
        })?;
        Ok(Reply::Value(answer))
    }
}

fn read_cursor(cursor: &str) -> Option<(u64, RequestId)> {
    let (asked, request) = cursor.split_once('.')?;
    Some((asked.parse().ok()?, request.parse().ok()?))
}

type Place = (u64, RequestId);

fn own(rows: &ReadTx, caller: &Caller, after: Option<Place>) -> Result<Vec<Place>, StoreError> {
    let mut found = Vec::new();
    REQUESTS_OF_MEMBER.scan(rows, &(caller.team, caller.member), Order::Reverse, |(.., asked, request), _| {
        if after.is_none_or(|after| (asked, request) < after) {
            found.push((asked, request));
        }
        let full = found.len() > LOOKED_AT;
        Ok(if full { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    Ok(found)
}

fn others(rows: &ReadTx, caller: &Caller, after: Option<Place>) -> Result<Vec<Place>, StoreError> {
    let mut found = Vec::new();
    for (vault, _) in caller.state.vaults_of(&caller.member) {
        let mut of_vault = 0;
        let mut places = Vec::new();
        REQUESTS_OF_VAULT.scan(rows, &(caller.team, *vault), Order::Reverse, |(.., asked, request), ()| {
            if after.is_none_or(|after| (asked, request) < after) {
                places.push((asked, request));
                of_vault += 1;
            }
            Ok(if of_vault > LOOKED_AT { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })?;
        // All requests of one vault are answered by the same people, or nearly: the policy may name some.
        for place in places {
            let row = REQUESTS.get(rows, &(caller.team, place.1))?;
            if row.is_some_and(|row| row.requester != caller.member && answers(&caller.state, caller, &row)) {
                found.push(place);
            }
        }
    }
    found.sort_unstable_by(|one, other| other.cmp(one));
    Ok(found)
}
