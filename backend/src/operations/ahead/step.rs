//! Takes a step of an approval that is given ahead: replayed, judged by the newest rows, and stored with its event, in one
//! transaction.

use std::{net::IpAddr, ops::ControlFlow, sync::Arc};

use sealward_contract::{
    audit::{AheadStepKind, AuditedAct},
    bytes::Bytes,
    ids::{AheadId, Timestamp},
    limits,
    operations::{
        ahead::{AheadStands, ApproveAhead, CreateAhead, WithdrawAhead},
        requests::{Grant, RequestError},
    },
    policy,
    problem::Rejection,
    request::{
        RequestRefused,
        ahead::{AheadBody, AheadState, SignedAhead},
    },
};

use super::judging::{Known, bound_ahead, close, end_over, find};
use crate::{
    memory::hub::Hint,
    operations::{
        Call, Caller, Handler, Outcome, Refusal, Reply,
        answers::Keyed,
        audit::{self, Audited},
        factors::confirmation,
        requests::{Account, check_said, refuse, sealed_grant, write_judged},
    },
    server::App,
    store::{
        Order, Rows, WriteTx,
        tables::{AHEAD, AHEAD_GRANTS, AheadRow, OPEN_AHEAD},
    },
};

/// A step as it was sent.
#[derive(Clone)]
struct Sent {
    /// The approval of the path; `None` for a new one.
    ahead: Option<AheadId>,
    signed: Arc<SignedAhead>,
    wire: Bytes,
    grant: Option<Grant>,
    address: IpAddr,
    now: Timestamp,
}

impl Handler for CreateAhead {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let from = (call.address, call.now);
        let sent = Sent::new(None, &call.body.statement, call.body.grant.clone(), from)?;
        let is_one = |body: &AheadBody| matches!(body, AheadBody::Propose(_));
        take(app, call.caller()?.clone(), sent, call.keyed, is_one).await.map(Reply::Value)
    }
}

impl Handler for ApproveAhead {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let from = (call.address, call.now);
        let sent = Sent::new(Some(call.path.ahead), &call.body.statement, call.body.grant.clone(), from)?;
        let is_one = |body: &AheadBody| matches!(body, AheadBody::Approve(_));
        take(app, call.caller()?.clone(), sent, None, is_one).await.map(Reply::Value)
    }
}

impl Handler for WithdrawAhead {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let sent = Sent::new(Some(call.path.ahead), &call.body.statement, None, (call.address, call.now))?;
        let is_one = |body: &AheadBody| matches!(body, AheadBody::Withdraw);
        take(app, call.caller()?.clone(), sent, None, is_one).await.map(Reply::Value)
    }
}

impl Sent {
    fn new(
        ahead: Option<AheadId>,
        wire: &Bytes,
        grant: Option<Grant>,
        (address, now): (IpAddr, Timestamp),
    ) -> Result<Self, Refusal<RequestError>> {
        if wire.len() > limits::AHEAD_STATEMENT {
            return Err(refuse(RequestRefused::Limit));
        }
        let signed = SignedAhead::parse(wire).map_err(|_| refuse(RequestRefused::Malformed))?;
        Ok(Self { ahead, signed: Arc::new(signed), wire: wire.clone(), grant, address, now })
    }
}

/// Takes a step of the kind that was asked for.
async fn take(
    app: &Arc<App>,
    caller: Caller,
    sent: Sent,
    keyed: Option<Keyed>,
    is_one: impl Fn(&AheadBody) -> bool,
) -> Result<AheadStands, Refusal<RequestError>> {
    let statement = sent.signed.value();
    let named = sent.ahead.is_none_or(|ahead| ahead == statement.ahead);
    if !is_one(&statement.body) || !named {
        return Err(refuse(RequestRefused::Malformed));
    }
    check_said(&caller, (statement.team, statement.author, statement.time), sent.now)?;
    let team = caller.team;
    let step = sent.clone();
    let taken = move |tx: &mut WriteTx<'_, '_>, app: &App, caller: &Caller| take_in(tx, app, caller, &step);
    let stands = write_judged(app, caller, (keyed, sent.now), taken).await?;
    if let Some(row) = app.store.read(|tx| AHEAD.get(tx, &(team, statement.ahead)))? {
        app.hub.tell(&team, Hint::Request(row.vault));
    }
    Ok(stands)
}

/// The whole step, in the writer.
fn take_in(
    tx: &mut WriteTx<'_, '_>,
    app: &App,
    caller: &Caller,
    sent: &Sent,
) -> Result<AheadStands, Refusal<RequestError>> {
    let (state, statement) = (&caller.state, sent.signed.value());
    let before = find(tx, state, statement.ahead)?;
    let (vault, account) = match (&before, &statement.body) {
        (Some(known), _) => (known.row.vault, known.row.account),
        (None, AheadBody::Propose(proposal)) => (proposal.vault, proposal.account),
        (None, _) => return Err(Rejection::NotFound.into()),
    };
    caller.role(&vault)?;
    let looked_at = Account::look(tx, vault, account)?;
    if looked_at.resource.is_none() {
        return Err(Rejection::NotFound.into());
    }
    let standing = looked_at.standing(state, &vault, &account);
    let stands = |known: &Known| AheadStands { status: standing.judge_ahead(&known.state, sent.now).status };
    if let Some(known) = &before {
        let terms = standing.policy.map(|(_, policy)| policy);
        let own = known.row.member == caller.member;
        if !own && !policy::may_see_ahead(state, &vault, terms, &caller.member) {
            return Err(Rejection::NotFound.into());
        }
        // Said before: the same answer.
        if known.row.statements.last() == Some(&sent.wire) {
            return Ok(stands(known));
        }
    }
    // What is over is over, also where no job has come by yet.
    end_over(tx, &app.lease_keys, state, (vault, account), sent.now)?;
    let known = match find(tx, state, statement.ahead)? {
        None => propose(tx, caller, sent)?,
        Some(known) if known.row.ended.is_some() => return Err(refuse(RequestRefused::State)),
        Some(known) => known,
    };
    standing.check_ahead(&known.state, statement, sent.now).map_err(refuse)?;
    if policy::ahead_needs_factor(state, &statement.body) {
        confirmation::check_fresh(tx, caller, sent.now)?;
    }
    let known = keep(tx, app, caller, known, sent)?;
    let what = AuditedAct::AheadStepped {
        vault,
        account,
        ahead: statement.ahead,
        of: known.row.member,
        step: AheadStepKind::of(&statement.body),
    };
    let (team, member, address) = (caller.team, Some(caller.member), Some(sent.address));
    audit::append(tx, sent.now, Audited { team, member, address, what, statement: Some(sent.wire.clone()) })?;
    Ok(stands(&known))
}

/// One that begins with a statement.
fn propose(rows: &impl Rows, caller: &Caller, sent: &Sent) -> Result<Known, Refusal<RequestError>> {
    let mut open = 0;
    OPEN_AHEAD.scan(rows, &caller.team, Order::Forward, |_, _| {
        open += 1;
        Ok(ControlFlow::Continue(()))
    })?;
    if open >= limits::AHEAD {
        return Err(Refusal::Own(RequestError::TooManyRequests));
    }
    let state = AheadState::open(&sent.signed, &caller.state).map_err(refuse)?;
    let (vault, account, member) = (state.proposal().vault, state.proposal().account, state.proposal().member);
    Ok(Known { row: AheadRow { vault, account, member, statements: Vec::new(), ended: None }, state })
}

/// Stores what a statement makes of one that it may be said to.
fn keep(
    tx: &mut WriteTx<'_, '_>,
    app: &App,
    caller: &Caller,
    mut known: Known,
    sent: &Sent,
) -> Result<Known, Refusal<RequestError>> {
    let id = known.state.id();
    let named = match &sent.signed.value().body {
        AheadBody::Propose(proposal) => proposal.grant,
        AheadBody::Approve(approval) => approval.grant,
        AheadBody::Withdraw => None,
    };
    if !known.row.statements.is_empty() {
        known.state.apply(&sent.signed, &caller.state).map_err(refuse)?;
    }
    known.row.statements.push(sent.wire.clone());
    if known.state.withdrawn().is_some() {
        close(tx, &known);
    } else {
        OPEN_AHEAD.put(tx, &(caller.team, known.row.vault, known.row.account, id), &known.row.member)?;
        let bound = bound_ahead(&caller.team, &id);
        if let Some(row) = sealed_grant(app, (named, sent.grant.as_ref()), &bound, || own_hour(app))? {
            AHEAD_GRANTS.put(tx, &(caller.team, id), &row)?;
        }
    }
    AHEAD.put(tx, &(caller.team, id), &known.row)?;
    Ok(known)
}

/// The key of approvals given ahead: it stays until they are over, however many hours that is.
fn own_hour(app: &App) -> Result<u64, Refusal<RequestError>> {
    app.lease_keys.own(app.random.as_ref()).map_err(|error| {
        tracing::error!(%error, "the key of an approval that is given ahead could not be kept");
        Rejection::ReadOnly.into()
    })
}
