//! Secrets and files read: one at a time, by whoever may.

use super::{find::Account, requests};
use crate::{engine::Open, failure::Failure};
use sealward_client::{
    error::Error,
    model::{FileRef, SecretPayload},
    session::{Access, RequestDraft},
};
use sealward_contract::{
    ids::{ObjectId, VaultId},
    request::Status,
};
use zeroize::Zeroizing;

/// A request for an account's secret, for now and as long as may be.
#[must_use]
pub fn draft(account: &Account, reason: Option<String>, ticket: Option<String>) -> RequestDraft {
    RequestDraft {
        vault: account.vault,
        account: account.id,
        from: None,
        seconds: None,
        reason,
        ticket,
        extends: None,
        break_glass: false,
    }
}

/// An account's secret: at once where no request is needed, else where the caller has checked it out.
///
/// # Errors
/// [`Failure::Waiting`] and [`Failure::Asked`] say what has to be done first; [`Failure::NotFound`] where the account has
/// none; others.
pub async fn secret(session: &Open, account: &Account, reason: Option<&str>) -> Result<SecretPayload, Failure> {
    Ok(released(session, account, reason).await?.0)
}

/// The same, for whoever writes another one with all that is sealed beside it.
///
/// # Errors
/// As [`secret`]; [`Failure::Conflict`] where what the caller has checked out is not the newest version any more: what was
/// written since would be lost.
pub async fn newest(session: &Open, account: &Account, reason: Option<&str>) -> Result<SecretPayload, Failure> {
    match released(session, account, reason).await? {
        (payload, false) => Ok(payload),
        (_, true) => Err(Failure::Conflict { current: None }),
    }
}

/// The secret, and whether there is a newer version than that one.
async fn released(session: &Open, account: &Account, reason: Option<&str>) -> Result<(SecretPayload, bool), Failure> {
    if !session.has_secret(&account.vault, &account.id) {
        return Err(Failure::NotFound);
    }
    // By what seals it too: a policy that asks for less than the one before does not give its key.
    let access = session.access_now(account.vault, account.id).await?;
    if access.direct {
        return match session.release_for(account.vault, account.id, reason).await {
            // Its header could not be had, and the server goes by it.
            Err(Error::ApprovalNeeded | Error::CheckOutNeeded) => leased(session, account, &access).await,
            answer => Ok((answer?, false)),
        };
    }
    leased(session, account, &access).await
}

async fn leased(session: &Open, account: &Account, access: &Access) -> Result<(SecretPayload, bool), Failure> {
    let request = requests::own(session, account).await?;
    let status = request.as_ref().map(|request| request.status);
    match (request, status) {
        (Some(request), Some(Status::CheckedOut)) => {
            return Ok((session.release_leased(request.id).await?, request.superseded));
        }
        (_, Some(Status::Approved)) => return Err(Error::CheckOutNeeded.into()),
        _ => {}
    }
    // Where its header could not be had nobody knows better than the server, which asks for an approval.
    if !access.may_ask && !access.direct {
        return Err(Error::NotAllowed.into());
    }
    let uses = session.list_uses().await?;
    let here = uses.iter().find(|used| (used.vault, used.account) == (account.vault, account.id));
    let holder = here.and_then(|used| used.holder).filter(|holder| holder.member != session.member());
    Err(match holder {
        Some(holder) => Error::InUse { member: Some(holder.member), until: Some(holder.until) }.into(),
        None if status == Some(Status::Requested) => Failure::Asked,
        None if access.may_ask && access.needed == 0 => Error::CheckOutNeeded.into(),
        None => Error::ApprovalNeeded.into(),
    })
}

/// A file whole.
///
/// # Errors
/// [`Failure`].
pub async fn file(
    session: &Open,
    vault: VaultId,
    holder: ObjectId,
    file: &FileRef,
    reason: Option<&str>,
) -> Result<Zeroizing<Vec<u8>>, Failure> {
    Ok(session.download_bytes_for(vault, holder, file, reason).await?)
}
