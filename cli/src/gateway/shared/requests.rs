//! Requests for guarded secrets, found by the account that they are for.

use super::find::Account;
use crate::{engine::Open, failure::Failure};
use sealward_client::{error::Error, session::RequestShown};
use sealward_contract::{ids::MemberId, operations::requests::WhichRequests, request::Status};

/// The caller's own open request for an account: of several the one that is furthest.
///
/// # Errors
/// [`Failure`].
pub async fn own(session: &Open, account: &Account) -> Result<Option<RequestShown>, Failure> {
    Ok(all_own(session, account).await?.into_iter().max_by_key(|request| request.status))
}

/// All of the caller's own open requests for an account.
///
/// # Errors
/// [`Failure`].
pub async fn all_own(session: &Open, account: &Account) -> Result<Vec<RequestShown>, Failure> {
    let mut own = session.list_all_requests(WhichRequests::Own, true).await?.requests;
    own.retain(|request| (request.vault, request.account) == (account.vault, account.id) && !request.status.is_final());
    Ok(own)
}

/// Somebody's open request for an account that the caller may answer.
///
/// # Errors
/// [`Failure::NotFound`] where there is none; [`Failure::Ambiguous`] where there are several: which one was read before it
/// is answered, nobody says.
pub async fn of(
    session: &Open,
    account: &Account,
    requester: MemberId,
    fits: impl Fn(&RequestShown) -> bool,
) -> Result<RequestShown, Failure> {
    let mut here = session.list_all_requests(WhichRequests::Others, true).await?.requests;
    here.retain(|request| {
        (request.vault, request.account, request.requester) == (account.vault, account.id, requester) && fits(request)
    });
    match here.pop() {
        None => Err(Failure::NotFound),
        Some(only) if here.is_empty() => Ok(only),
        Some(_) => Err(Failure::Ambiguous(here.len() + 1)),
    }
}

/// Checks a secret out: with the caller's own request that was approved, or without asking where nobody has to approve.
/// Whoever has it already is given more time, where that was asked for and approved.
///
/// # Errors
/// [`Failure::Asked`] while it is not approved; [`Failure::Waiting`] where it was not asked for, or somebody else has it;
/// others.
pub async fn check_out(
    session: &Open,
    account: &Account,
    reason: Option<String>,
    ticket: Option<String>,
) -> Result<(), Failure> {
    let own = all_own(session, account).await?;
    let lease = own.iter().find(|request| request.status == Status::CheckedOut);
    let next = own.iter().filter(|request| request.status != Status::CheckedOut).max_by_key(|request| request.status);
    match (lease, next) {
        (Some(lease), Some(more)) if more.status == Status::Approved && more.extends == Some(lease.id) => {
            Ok(session.check_out(more.id).await?)
        }
        (Some(_), _) => Ok(()),
        (None, Some(request)) => session.check_out(request.id).await.map_err(|error| match error {
            Error::Request(_) if request.status == Status::Requested => Failure::Asked,
            error => error.into(),
        }),
        (None, None) => {
            let access = session.access_now(account.vault, account.id).await?;
            if access.direct || !access.may_ask {
                return Err(if access.direct { not_needed() } else { Error::NotAllowed.into() });
            }
            if access.needed > 0 {
                return Err(Error::ApprovalNeeded.into());
            }
            let request = session.ask_for_secret(super::read::draft(account, reason, ticket)).await?;
            if let Err(error) = session.check_out(request).await {
                // Nobody asked to wait in line.
                drop(session.cancel_request(request).await);
                return Err(error.into());
            }
            Ok(())
        }
    }
}

/// There is nothing to ask for.
#[must_use]
pub fn not_needed() -> Failure {
    Error::Request(sealward_contract::request::RequestRefused::NotNeeded).into()
}
