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
    judging::{Account, Known, find, judge, known},
    queue::before,
    step::{answers, is_concerned},
};
use crate::{
    operations::{Call, Caller, Handler, Outcome, Reply, ahead},
    server::App,
    store::{
        Order, ReadTx, StoreError,
        tables::{OPEN_REQUESTS, RECORDS, REQUESTS, REQUESTS_OF_MEMBER, REQUESTS_OF_VAULT},
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
            let known = find(tx, &caller.state, call.path.request)?.ok_or(Rejection::NotFound)?;
            if !is_concerned(tx, &caller.state, &caller, &known)? {
                return Err(Rejection::NotFound.into());
            }
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
    let waits = matches!(judged.status, Status::Requested | Status::Approved);
    let queue = if waits { Some(before(rows, &app.lease_keys, &standing, &known, now)?) } else { None };
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
        before: queue.as_ref().map(|queue| queue.count),
        free_at: queue.and_then(|queue| queue.next).map(|next| next.until),
    };
    Ok((listed, judged.status))
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
            let found = match (call.query.which, call.query.open) {
                (which, true) => open(tx, &caller, which, after)?,
                (WhichRequests::Own, false) => own(tx, &caller, after)?,
                (WhichRequests::Others, false) => others(tx, &caller, after)?,
            };
            let (mut items, mut next) = (Vec::new(), None);
            let mut last = None;
            for (looked_at, (asked, request)) in found.into_iter().enumerate() {
                if items.len() >= limit || looked_at >= LOOKED_AT {
                    next = last;
                    break;
                }
                last = Some((asked, request));
                let Some(row) = REQUESTS.get(tx, &(caller.team, request))? else { continue };
                let fits = match call.query.which {
                    WhichRequests::Own => caller.state.vault_role(&row.vault, &caller.member).is_some(),
                    WhichRequests::Others => {
                        row.requester != caller.member && answers(tx, &caller.state, &caller, &row)?
                    }
                };
                if !fits {
                    continue;
                }
                let known = known(row, &caller.state)?;
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

/// The open ones are looked for among the open: what is over may be a thousand times as many.
fn open(rows: &ReadTx, caller: &Caller, which: WhichRequests, after: Option<Place>) -> Result<Vec<Place>, StoreError> {
    let mut found = Vec::new();
    OPEN_REQUESTS.scan(rows, &caller.team, Order::Forward, |(.., asked, request), requester| {
        let is_own = requester == caller.member;
        let fits = is_own == (which == WhichRequests::Own);
        if fits && after.is_none_or(|after| (asked, request) < after) {
            found.push((asked, request));
        }
        Ok(ControlFlow::Continue(()))
    })?;
    found.sort_unstable_by(|one, other| other.cmp(one));
    Ok(found)
}

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
        REQUESTS_OF_VAULT.scan(rows, &(caller.team, *vault), Order::Reverse, |(.., asked, request), ()| {
            if after.is_none_or(|after| (asked, request) < after) {
                found.push((asked, request));
                of_vault += 1;
            }
            Ok(if of_vault > LOOKED_AT { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
        })?;
    }
    found.sort_unstable_by(|one, other| other.cmp(one));
    Ok(found)
}
