//! Requests for guarded secrets: asked, answered, checked out and in.

use super::{Answer, find, item, members, time};
use crate::{engine::Open, failure::Failure, fault::Fault, missing::Missing, views::RequestView};
use sealward_client::{
    error::Error,
    operations::Item,
    session::{RequestDraft, RequestShown, TextShown},
};
use sealward_contract::{
    ids::{RequestId, Timestamp},
    operations::requests::WhichRequests,
    record::RecordKind,
    request::Status,
};
use serde::{Deserialize, Serialize};

/// What is asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct NewRequest {
    /// The account.
    pub account: String,
    /// Why.
    pub reason: Option<String>,
    /// For which ticket.
    pub ticket: Option<String>,
    /// For how many seconds.
    pub seconds: Option<u32>,
    /// From when on, in milliseconds of the Unix epoch.
    pub from: Option<u64>,
    /// Whether it is taken without an approval, in an emergency.
    pub break_glass: bool,
}

/// Which requests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Which {
    /// Those of others that wait for an answer, rather than one's own.
    pub others: bool,
    /// Those that are over too.
    pub all: bool,
}

/// A step of a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum RequestStep {
    /// Approve it.
    Approve,
    /// Reject it.
    Reject,
    /// Take an approval back.
    Revoke,
    /// Take it back.
    Cancel,
    /// Check it out.
    CheckOut,
    /// Check it in.
    CheckIn,
}

impl RequestStep {
    /// Whether it is a step of whoever asked.
    fn is_own(self) -> bool {
        matches!(self, Self::Cancel | Self::CheckOut | Self::CheckIn)
    }

    /// What is missing where there is no request for it.
    fn missing(self, what: &str) -> Missing {
        let what = what.to_owned();
        match self {
            Self::CheckOut => Missing::Asked(what),
            Self::CheckIn => Missing::CheckedOut(what),
            Self::Cancel => Missing::Open(what),
            Self::Approve | Self::Reject | Self::Revoke => Missing::Waiting(what),
        }
    }

    /// Whether a request is one that this step can be meant for.
    fn fits(self, status: Status) -> bool {
        match self {
            Self::Approve | Self::Reject => status == Status::Requested,
            Self::Cancel => matches!(status, Status::Requested | Status::Approved),
            // What still waits is found too, to be told so.
            Self::CheckOut => matches!(status, Status::Requested | Status::Approved),
            Self::Revoke => matches!(status, Status::Requested | Status::Approved | Status::CheckedOut),
            Self::CheckIn => status == Status::CheckedOut,
        }
    }
}

pub(super) async fn ask(session: &Open, new: NewRequest) -> Result<Answer, Fault> {
    let found = find::named_account(session, &new.account)?;
    if new.break_glass {
        let access = session.access_now(found.vault, found.key.id).await?;
        if !access.direct && !access.may_break_glass {
            return Err(Fault::NotNamed);
        }
    } else if is_asked(session, found, new.from).await? {
        return Err(Fault::AskedAlready);
    }
    let draft = RequestDraft {
        vault: found.vault,
        account: found.key.id,
        from: new.from.map(Timestamp),
        seconds: new.seconds,
        reason: new.reason,
        ticket: new.ticket,
        extends: None,
        break_glass: new.break_glass,
    };
    let request = session.ask_for_secret(draft).await?;
    Ok(shown(session, request).await?)
}

/// Whether the same waits for an approval already: for now, or from the same moment on.
async fn is_asked(session: &Open, found: Item, from: Option<u64>) -> Result<bool, Failure> {
    let now = session.surroundings().now();
    let mut own = session.list_all_requests(WhichRequests::Own, true).await?.requests;
    own.retain(|request| (request.vault, request.account) == (found.vault, found.key.id));
    Ok(own.iter().any(|request| {
        request.status == Status::Requested
            && request.extends.is_none()
            && from.map_or(request.from <= now, |from| request.from == Timestamp(from))
    }))
}

pub(super) async fn list(session: &Open, which: Which) -> Result<Answer, Failure> {
    let of = if which.others { WhichRequests::Others } else { WhichRequests::Own };
    let requests = session.list_all_requests(of, !which.all).await?.requests;
    Ok(Answer::Requests(requests.into_iter().map(|request| show(session, request)).collect()))
}

pub(super) async fn step(
    session: &Open,
    what: &str,
    step: RequestStep,
    comment: Option<String>,
) -> Result<Answer, Fault> {
    let request = find_request(session, what, step).await?;
    match step {
        RequestStep::Approve => session.approve_request(request, comment).await?,
        RequestStep::Reject => session.reject_request(request, comment).await?,
        RequestStep::Revoke => session.revoke_request(request, comment).await?,
        RequestStep::Cancel => session.cancel_request(request).await?,
        RequestStep::CheckOut => {
            if session.request(request).await?.status == Status::Requested {
                return Err(Failure::Asked.into());
            }
            session.check_out(request).await?;
        }
        RequestStep::CheckIn => session.check_in(request).await?,
    }
    Ok(shown(session, request).await?)
}

/// A request by its id, or by the account, where one of its requests can be meant.
async fn find_request(session: &Open, what: &str, step: RequestStep) -> Result<RequestId, Fault> {
    if let Ok(id) = what.parse::<RequestId>() {
        match session.request(id).await {
            Ok(request) => return Ok(request.id),
            // The id may be an account's.
            Err(Error::Gone | Error::Rejected(_)) => {}
            Err(error) => return Err(error.into()),
        }
    }
    let found = find::named_account(session, what)?;
    let of = if step.is_own() { WhichRequests::Own } else { WhichRequests::Others };
    let fits = |request: &&RequestShown| {
        (request.vault, request.account) == (found.vault, found.key.id) && step.fits(request.status)
    };
    let requests = session.list_all_requests(of, true).await?.requests;
    let mut meant: Vec<&RequestShown> = requests.iter().filter(fits).collect();
    if step == RequestStep::CheckOut && meant.iter().any(|request| request.status == Status::Approved) {
        meant.retain(|request| request.status == Status::Approved);
    }
    match meant.as_slice() {
        [] => Err(step.missing(what).into()),
        [request] => Ok(request.id),
        several => Err(Failure::Ambiguous(several.len()).into()),
    }
}

async fn shown(session: &Open, request: RequestId) -> Result<Answer, Failure> {
    let request = session.request(request).await?;
    Ok(Answer::Request(show(session, request)))
}

fn show(session: &Open, request: RequestShown) -> RequestView {
    let account = Item::within(request.vault, RecordKind::Account, request.account);
    let status = match request.status {
        Status::Requested => "requested",
        Status::Approved => "approved",
        Status::CheckedOut => "checked_out",
        Status::CheckedIn => "checked_in",
        Status::Rejected => "rejected",
        Status::Cancelled => "cancelled",
        Status::Void => "void",
        Status::Revoked => "revoked",
    };
    RequestView {
        id: request.id.to_string(),
        path: item::show(session, account).ok().map(|shown| shown.path),
        account: request.account.to_string(),
        requester: members::name(session, request.requester),
        status: status.to_owned(),
        asked: time::write(request.asked),
        from: time::write(request.from),
        until: time::write(request.until),
        seconds: request.seconds,
        needed: request.needed,
        approvals: request.approvals.iter().filter(|approval| approval.counts).count(),
        reason: text(request.reason),
        ticket: text(request.ticket),
    }
}

fn text(text: TextShown) -> Option<String> {
    match text {
        TextShown::Text(text) => Some(text),
        TextShown::None | TextShown::Unopenable => None,
    }
}
