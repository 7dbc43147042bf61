//! Secrets and files read: one at a time, by whoever may.

use super::{find::Account, requests};
use crate::{engine::Open, failure::Failure};
use sealward_client::{
    error::Error,
    model::{FileRef, SecretPayload},
    session::RequestDraft,
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
/// [`Failure::Waiting`] says what has to be done first; [`Failure::NotFound`] where the account has none; others.
pub async fn secret(session: &Open, account: &Account, reason: Option<&str>) -> Result<SecretPayload, Failure> {
    if !session.has_secret(&account.vault, &account.id) {
        return Err(Failure::NotFound);
    }
    let access = session.access(account.vault, account.id)?;
    if access.direct {
        return match session.release_for(account.vault, account.id, reason).await {
            // Its own header says which key seals it: a policy that is younger than it does not.
            Err(Error::ApprovalNeeded | Error::CheckOutNeeded) => leased(session, account).await,
            answer => Ok(answer?),
        };
    }
    if !access.may_ask {
        return Err(Error::NotAllowed.into());
    }
    leased(session, account).await
}

async fn leased(session: &Open, account: &Account) -> Result<SecretPayload, Failure> {
    let request = requests::own(session, account).await?;
    match request.as_ref().map(|request| request.status) {
        Some(Status::CheckedOut) => {}
        Some(Status::Approved) => return Err(Error::CheckOutNeeded.into()),
        _ => {
            let uses = session.list_uses().await?;
            let here = uses.iter().find(|used| (used.vault, used.account) == (account.vault, account.id));
            let holder = here.and_then(|used| used.holder).filter(|holder| holder.member != session.member());
            return Err(match holder {
                Some(holder) => Error::InUse { member: Some(holder.member), until: Some(holder.until) }.into(),
                None => Error::ApprovalNeeded.into(),
            });
        }
    }
    let request = request.ok_or(Failure::NotFound)?;
    Ok(session.release_leased(request.id).await?)
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
