//! Requests for guarded secrets, found by the account that they are for.

use super::find::Account;
use crate::{engine::Open, failure::Failure};
use sealward_client::{error::Error, session::RequestShown};
use sealward_contract::{ids::MemberId, operations::requests::WhichRequests, request::Status};

/// All requests of a kind of which something may follow, the newest first.
///
/// # Errors
/// [`Failure`].
pub async fn open(session: &Open, which: WhichRequests) -> Result<Vec<RequestShown>, Failure> {
    let (mut found, mut cursor) = (Vec::new(), None);
    loop {
        let page = session.list_requests(which, true, cursor).await?;
        found.extend(page.requests);
        match page.next {
            Some(next) => cursor = Some(next),
            None => return Ok(found),
        }
    }
}

/// The caller's own open request for an account: of several the one that is furthest.
///
/// # Errors
/// [`Failure`].
pub async fn own(session: &Open, account: &Account) -> Result<Option<RequestShown>, Failure> {
    let all = open(session, WhichRequests::Own).await?;
    let here = all.into_iter().filter(|request| {
        (request.vault, request.account) == (account.vault, account.id) && !request.status.is_final()
    });
    Ok(here.max_by_key(|request| request.status))
}

/// Somebody's open request for an account that the caller may answer.
///
/// # Errors
/// [`Failure::NotFound`] where there is none.
pub async fn of(
    session: &Open,
    account: &Account,
    requester: MemberId,
    fits: impl Fn(&RequestShown) -> bool,
) -> Result<RequestShown, Failure> {
    let all = open(session, WhichRequests::Others).await?;
    let mut here = all.into_iter().filter(|request| {
        (request.vault, request.account, request.requester) == (account.vault, account.id, requester) && fits(request)
    });
    here.next().ok_or(Failure::NotFound)
}

/// Checks a secret out: with the caller's own request that was approved, or without asking where nobody has to approve.
///
/// # Errors
/// [`Failure::Waiting`] while it is not approved, or somebody else has it; others.
pub async fn check_out(session: &Open, account: &Account, reason: Option<String>) -> Result<RequestShown, Failure> {
    match own(session, account).await? {
        Some(request) if request.status == Status::CheckedOut => Ok(request),
        Some(request) => {
            session.check_out(request.id).await.map_err(|error| match error {
                Error::Request(_) if request.status == Status::Requested => Error::ApprovalNeeded,
                error => error,
            })?;
            Ok(session.request(request.id).await?)
        }
        None => {
            let access = session.access(account.vault, account.id)?;
            if access.direct || !access.may_ask {
                return Err(if access.direct { not_needed() } else { Error::NotAllowed.into() });
            }
            if access.needed > 0 {
                return Err(Error::ApprovalNeeded.into());
            }
            let draft = super::read::draft(account, reason, None);
            let request = session.ask_for_secret(draft).await?;
            if let Err(error) = session.check_out(request).await {
                // Nobody asked to wait in line.
                drop(session.cancel_request(request).await);
                return Err(error.into());
            }
            Ok(session.request(request).await?)
        }
    }
}

/// There is nothing to ask for.
#[must_use]
pub fn not_needed() -> Failure {
    Error::Request(sealward_contract::request::RequestRefused::NotNeeded).into()
}
