//! Takes a step of a request: replayed, judged by the newest rows, and stored with its event, in one transaction. That one
//! person has a secret at a time is decided here and nowhere else.

use std::{net::IpAddr, ops::ControlFlow, sync::Arc};

use sealward_contract::{
    audit::{AuditedAct, RequestEnd, RequestStepKind},
    bytes::Bytes,
    chain::TeamState,
    ids::{MemberId, RequestId, TeamId, Timestamp},
    limits,
    operations::requests::{
        ApproveRequest, CancelRequest, CheckInSecret, CheckOutSecret, CreateRequest, ForceCheckIn, Grant,
        RejectRequest, RequestError, RequestStands, RevokeRequest,
    },
    policy,
    problem::Rejection,
    request::{Judged, RequestBody, RequestRefused, RequestState, SignedRequest, Standing, Status},
};

use super::{
    ending::{changes_after_use, close, end, end_extensions, end_over},
    judging::{Account, Known, bound, find, judge, last},
    queue::before,
    taking::{check_said, sealed_grant, write_judged},
};
use crate::{
    memory::hub::Hint,
    operations::{
        Call, Caller, Handler, Outcome, Refusal, Reply, ahead,
        answers::Keyed,
        audit::{self, Audited},
        factors::confirmation,
    },
    server::App,
    store::{
        Order, Rows, StoreError, WriteTx,
        tables::{
            GRANTS, LEASES, LeaseRow, OPEN_REQUESTS, REQUESTS, REQUESTS_OF_MEMBER, REQUESTS_OF_VAULT, RequestRow,
        },
    },
};

/// What goes with a statement.
#[derive(Clone)]
enum Brought {
    Nothing,
    LeaseSecret(Bytes),
    Grant(Option<Grant>),
}

/// A step as it was sent.
#[derive(Clone)]
struct Sent {
    /// The request of the path; `None` for a new one.
    request: Option<RequestId>,
    signed: Arc<SignedRequest>,
    wire: Bytes,
    brought: Brought,
    address: IpAddr,
    now: Timestamp,
}

impl Handler for CreateRequest {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let brought = Brought::LeaseSecret(call.body.lease_secret.clone());
        let sent = Sent::new(None, &call.body.statement, brought, (call.address, call.now))?;
        let is_one = |body: &RequestBody| matches!(body, RequestBody::Ask(_));
        take(app, call.caller()?.clone(), sent, call.keyed, is_one).await.map(Reply::Value)
    }
}

impl Handler for ApproveRequest {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let brought = Brought::Grant(call.body.grant.clone());
        let sent = Sent::new(Some(call.path.request), &call.body.statement, brought, (call.address, call.now))?;
        let is_one = |body: &RequestBody| matches!(body, RequestBody::Approve(_));
        take(app, call.caller()?.clone(), sent, None, is_one).await.map(Reply::Value)
    }
}

macro_rules! steps {
    ($($operation:ident: $body:pat),* $(,)?) => {$(
        impl Handler for $operation {
            async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
                let from = (call.address, call.now);
                let sent = Sent::new(Some(call.path.request), &call.body.statement, Brought::Nothing, from)?;
                let is_one = |body: &RequestBody| matches!(body, $body);
                take(app, call.caller()?.clone(), sent, None, is_one).await.map(Reply::Value)
            }
        }
    )*};
}
steps!(
    RejectRequest: RequestBody::Reject(_),
    CancelRequest: RequestBody::Cancel,
    RevokeRequest: RequestBody::Revoke(_),
    CheckOutSecret: RequestBody::CheckOut(_),
    CheckInSecret: RequestBody::CheckIn,
    ForceCheckIn: RequestBody::ForceCheckIn(_),
);

pub(crate) fn refuse(reason: RequestRefused) -> Refusal<RequestError> {
    match reason {
        RequestRefused::Right => Refusal::Own(RequestError::Forbidden),
        reason => Refusal::Own(RequestError::RequestRefused { reason }),
    }
}

impl Sent {
    fn new(
        request: Option<RequestId>,
        wire: &Bytes,
        brought: Brought,
        (address, now): (IpAddr, Timestamp),
    ) -> Result<Self, Refusal<RequestError>> {
        if wire.len() > limits::REQUEST_STATEMENT {
            return Err(refuse(RequestRefused::Limit));
        }
        let signed = SignedRequest::parse(wire).map_err(|_| refuse(RequestRefused::Malformed))?;
        Ok(Self { request, signed: Arc::new(signed), wire: wire.clone(), brought, address, now })
    }
}

/// Takes a step of the kind that was asked for.
async fn take(
    app: &Arc<App>,
    caller: Caller,
    sent: Sent,
    keyed: Option<Keyed>,
    is_one: impl Fn(&RequestBody) -> bool,
) -> Result<RequestStands, Refusal<RequestError>> {
    let statement = sent.signed.value();
    let named = sent.request.is_none_or(|request| request == statement.request);
    if !is_one(&statement.body) || !named {
        return Err(refuse(RequestRefused::Malformed));
    }
    check_said(&caller, (statement.team, statement.author, statement.time), sent.now)?;
    let team = caller.team;
    let step = sent.clone();
    let taken = move |tx: &mut WriteTx<'_, '_>, app: &App, caller: &Caller| take_in(tx, app, caller, &step);
    let stands = write_judged(app, caller, (keyed, sent.now), taken).await?;
    if let Some(row) = app.store.read(|tx| REQUESTS.get(tx, &(team, statement.request)))? {
        let is_emergency = matches!(&statement.body, RequestBody::Ask(ask) if ask.break_glass);
        app.hub.tell(&team, if is_emergency { Hint::Emergency(row.vault) } else { Hint::Request(row.vault) });
    }
    Ok(stands)
}

/// The whole step, in the writer.
fn take_in(
    tx: &mut WriteTx<'_, '_>,
    app: &App,
    caller: &Caller,
    sent: &Sent,
) -> Result<RequestStands, Refusal<RequestError>> {
    let state = &caller.state;
    let statement = sent.signed.value();
    let before = find(tx, state, statement.request)?;
    let (vault, account) = match (&before, &statement.body) {
        (Some(known), _) => (known.row.vault, known.row.account),
        (None, RequestBody::Ask(ask)) => (ask.vault, ask.account),
        (None, _) => return Err(Rejection::NotFound.into()),
    };
    caller.role(&vault)?;
    if let Some(known) = &before {
        if !is_concerned(tx, state, caller, known)? {
            return Err(Rejection::NotFound.into());
        }
        // Said before: the same answer.
        if last(&known.row) == Some(&sent.wire) {
            let looked_at = Account::look(tx, vault, account)?;
            let standing = looked_at.standing(state, &vault, &account);
            let status = judge(tx, &app.lease_keys, &standing, known, sent.now)?.0.status;
            return Ok(RequestStands { status });
        }
    }
    // What is over is over, also where no job has come by yet.
    end_over(tx, &app.lease_keys, state, (vault, account), sent.now)?;
    let looked_at = Account::look(tx, vault, account)?;
    if before.is_none() && looked_at.resource.is_none() {
        return Err(Rejection::NotFound.into());
    }
    let ahead = match (&before, &statement.body) {
        (Some(known), _) => ahead::named(tx, state, known.state.ask())?,
        (None, RequestBody::Ask(ask)) => ahead::named(tx, state, ask)?,
        (None, _) => None,
    };
    let standing = looked_at.standing(state, &vault, &account).with_ahead(ahead.as_ref());
    let known = match before {
        None => ask(tx, caller, &standing, looked_at.deleted, sent)?,
        Some(_) => {
            let known = find(tx, state, statement.request)?.ok_or(Rejection::NotFound)?;
            proceed(tx, app, caller, &standing, known, sent)?
        }
    };
    REQUESTS.put(tx, &(caller.team, statement.request), &known.row)?;
    let what = AuditedAct::RequestStepped {
        vault,
        account,
        request: statement.request,
        of: known.state.requester(),
        step: RequestStepKind::of(&statement.body),
    };
    let (team, member, address) = (caller.team, Some(caller.member), Some(sent.address));
    audit::append(tx, sent.now, Audited { team, member, address, what, statement: Some(sent.wire.clone()) })?;
    let status = judge(tx, &app.lease_keys, &standing, &known, sent.now)?.0.status;
    Ok(RequestStands { status })
}

/// Whether a request is there for the caller: their own, or one that they may answer.
///
/// # Errors
/// The store failed.
pub(super) fn is_concerned(
    rows: &impl Rows,
    state: &TeamState,
    caller: &Caller,
    known: &Known,
) -> Result<bool, StoreError> {
    Ok(known.state.requester() == caller.member || answers(rows, state, caller, &known.row)?)
}

/// Whether the caller may answer requests for an account: its custodians, and whoever the policy in force names.
///
/// # Errors
/// The store failed.
pub(super) fn answers(
    rows: &impl Rows,
    state: &TeamState,
    caller: &Caller,
    row: &RequestRow,
) -> Result<bool, StoreError> {
    match state.vault_role(&row.vault, &caller.member) {
        None => Ok(false),
        Some(role) if policy::may_force_check_in(role) => Ok(true),
        Some(_) => {
            let looked_at = Account::look(rows, row.vault, row.account)?;
            let policy = looked_at.standing(state, &row.vault, &row.account).policy.map(|(_, policy)| policy);
            Ok(policy::may_approve(state, &row.vault, policy, &caller.member))
        }
    }
}

fn ask(
    tx: &mut WriteTx<'_, '_>,
    caller: &Caller,
    standing: &Standing<'_>,
    deleted: bool,
    sent: &Sent,
) -> Result<Known, Refusal<RequestError>> {
    let statement = sent.signed.value();
    let (RequestBody::Ask(ask), Brought::LeaseSecret(secret)) = (&statement.body, &sent.brought) else {
        return Err(refuse(RequestRefused::Malformed));
    };
    if secret.is_empty() || secret.len() > limits::SEALED_REASON {
        return Err(refuse(RequestRefused::Limit));
    }
    let text = ask.reason.as_ref().map_or(0, |reason| reason.sealed.len());
    if text > limits::SEALED_REASON {
        return Err(refuse(RequestRefused::Limit));
    }
    if !policy::may_request(&caller.state, &ask.vault, &caller.member) {
        return Err(Refusal::Own(RequestError::Forbidden));
    }
    if deleted {
        return Err(Refusal::Own(RequestError::Deleted));
    }
    let state = RequestState::open(&sent.signed, &caller.state).map_err(refuse)?;
    standing.check_ask(&state).map_err(refuse)?;
    if let Some(extended) = ask.extends {
        let going_on = find(tx, &caller.state, extended)?.filter(|known| {
            let of = (known.row.vault, known.row.account, known.state.requester());
            of == (ask.vault, ask.account, caller.member) && known.row.ended.is_none()
        });
        let status = going_on.map(|known| standing.judge(&known.state, sent.now).status);
        if status != Some(Status::CheckedOut) {
            return Err(refuse(RequestRefused::State));
        }
    }
    let (team, member, id) = (caller.team, caller.member, statement.request);
    let asked = statement.time.0;
    if count_open(tx, team, member)? >= limits::OPEN_REQUESTS {
        return Err(Refusal::Own(RequestError::TooManyRequests));
    }
    let (vault, account) = (ask.vault, ask.account);
    OPEN_REQUESTS.put(tx, &(team, vault, account, asked, id), &member)?;
    REQUESTS_OF_MEMBER.put(tx, &(team, member, asked, id), &(vault, account))?;
    REQUESTS_OF_VAULT.put(tx, &(team, vault, asked, id), &())?;
    let row = RequestRow {
        vault,
        account,
        requester: member,
        statements: vec![sent.wire.clone()],
        lease_secret: secret.clone(),
        ended: None,
    };
    Ok(Known { row, state })
}

fn count_open(rows: &impl Rows, team: TeamId, member: MemberId) -> Result<usize, StoreError> {
    let mut open = 0;
    OPEN_REQUESTS.scan(rows, &team, Order::Forward, |_, whose| {
        open += usize::from(whose == member);
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(open)
}

/// The next step of a request that is there.
fn proceed(
    tx: &mut WriteTx<'_, '_>,
    app: &App,
    caller: &Caller,
    standing: &Standing<'_>,
    mut known: Known,
    sent: &Sent,
) -> Result<Known, Refusal<RequestError>> {
    let statement = sent.signed.value();
    if known.row.ended.is_some() {
        return Err(refuse(RequestRefused::State));
    }
    standing.check(&known.state, statement, sent.now).map_err(refuse)?;
    let mut after = known.state.clone();
    after.apply(&sent.signed, &caller.state).map_err(refuse)?;
    match (&statement.body, &sent.brought) {
        (RequestBody::Ask(_), _) => return Err(refuse(RequestRefused::Order)),
        (RequestBody::Approve(approve), Brought::Grant(grant)) => {
            let bound = bound(&caller.team, &statement.request);
            let hour = || hour(app, sent.now);
            if let Some(row) = sealed_grant(app, (approve.grant, grant.as_ref()), &bound, hour)? {
                GRANTS.put(tx, &(caller.team, statement.request), &row)?;
            }
        }
        (RequestBody::CheckOut(_), _) => {
            let judged = standing.judge(&known.state, sent.now);
            if let Some(ahead) = known.state.ask().ahead {
                ahead::lend(tx, app, caller.team, (ahead, statement.request), sent.now)?;
            }
            let opened = check_out(tx, app, caller, standing, (&known, &judged), sent.now)?;
            let lease = after.lease().ok_or_else(|| refuse(RequestRefused::State))?;
            let hour = hour(app, sent.now)?;
            let row = LeaseRow { member: caller.member, since: lease.since, until: lease.until, hour, opened };
            LEASES.put(tx, &(caller.team, known.row.vault, known.row.account, statement.request), &row)?;
        }
        (RequestBody::Approve(_), _) => return Err(refuse(RequestRefused::Grant)),
        (
            RequestBody::Reject(_)
            | RequestBody::Cancel
            | RequestBody::CheckIn
            | RequestBody::ForceCheckIn(_)
            | RequestBody::Revoke(_),
            _,
        ) => {
            close(tx, &known, changes_after_use(standing), sent.now)?;
            end_extensions(tx, &caller.state, &known, None, sent.now)?;
        }
    }
    known.state = after;
    known.row.statements.push(sent.wire.clone());
    Ok(known)
}

/// The hour of a time, whose key is there afterwards.
///
/// # Errors
/// The key cannot be kept.
pub(crate) fn hour<E>(app: &App, now: Timestamp) -> Result<u64, Refusal<E>> {
    app.lease_keys.hour(now, app.random.as_ref()).map_err(|error| {
        tracing::error!(%error, "the key of a lease could not be kept");
        Rejection::ReadOnly.into()
    })
}

/// Whether it is the caller's turn, where one person has the secret at a time, and the caller is who they say. What is gone on
/// with ends; whether the secret was given out by it.
fn check_out(
    tx: &mut WriteTx<'_, '_>,
    app: &App,
    caller: &Caller,
    standing: &Standing<'_>,
    (known, judged): (&Known, &Judged),
    now: Timestamp,
) -> Result<bool, Refusal<RequestError>> {
    let terms = standing.policy.and_then(|(_, policy)| policy.terms.as_ref());
    let ask = known.state.ask();
    if let Some(next) = before(tx, &app.lease_keys, standing, known, now)?.next {
        return Err(Refusal::Own(RequestError::InUse { member: next.holder, until: Some(next.until) }));
    }
    let mut opened = false;
    if let Some(extended) = ask.extends
        && let Some(other) = find(tx, &caller.state, extended)?.filter(|other| other.row.ended.is_none())
        && standing.judge(&other.state, now).status == Status::CheckedOut
        && other.state.requester() == caller.member
    {
        let place = (caller.team, known.row.vault, known.row.account, extended);
        let newest = standing.secret.map(|secret| secret.version);
        let is_same = other.state.lease().map(|lease| lease.version) == newest;
        opened = is_same && LEASES.get(tx, &place)?.is_some_and(|lease| lease.opened);
        // It goes on: whether the secret is to be changed is asked when all of it is over.
        end(tx, &caller.state, &other, (RequestEnd::Extended, Some(known.state.id())), false, now)?;
    }
    if judged.needed > 0 && standing.needs_grant() && !GRANTS.contains(tx, &(caller.team, known.state.id()))? {
        return Err(refuse(RequestRefused::Grant));
    }
    let tier = standing.secret.ok_or_else(|| refuse(RequestRefused::Version))?.tier;
    let demanded = terms.is_some_and(|terms| terms.factor);
    confirmation::check_release(tx, caller, tier, demanded, now)?;
    Ok(opened)
}
