//! Things changed and deleted.

use super::{
    find::{self, Account, Resource},
    named::Named,
    read,
    rules::{self, Target},
    turns::Turns,
};
use crate::{engine::Open, failure::Failure};
use sealward_client::{
    error::Error,
    model::{AccountDetails, CustomValue, ResourceDetails, SecretPayload, SecretText},
    operations::Item,
    vault::Details,
};
use sealward_contract::{ids::VaultId, policy, record::RecordKind};

/// What a release says where the caller gave no reason.
const REASON: &str = "a new secret is put beside it";

/// Puts a new secret in the place of an account's present one. What else is sealed with it stays: hidden fields, and the
/// seed of one-time codes. Only where there are such is the present one released, for `reason`. Of several changes at the
/// same time the last one stays.
///
/// # Errors
/// [`Failure::Invalid`] when it breaks the policy in force; [`Failure::Refused`]; others. Nothing is then changed.
pub async fn change_secret(
    session: &Open,
    turns: &Turns<VaultId>,
    account: &Account,
    secret: SecretText,
    reason: Option<&str>,
) -> Result<(), Failure> {
    may_write(session, &account.vault)?;
    let _turn = turns.begin(session, account.vault).await?;
    // Whoever had the turn before may have changed it.
    let account = &find::account(session, Named::Id(account.id))?;
    let details = &account.details;
    let mut payload = beside(session, account, has_more(details), reason).await?;
    payload.value = secret;
    let target = Target { vault: account.vault, resource: Some(account.resource), account: Some(account) };
    let secret = rules::prepare(session, &target, details, payload).await?;
    session.replace_secret(account.vault, account.id, secret, None).await?;
    Ok(())
}

/// Whether more than its text is sealed with an account's secret, as far as its details tell.
#[must_use]
pub fn has_more(details: &AccountDetails) -> bool {
    details.has_otp.unwrap_or(details.import_tag.is_some())
        || details.custom_fields.iter().any(|field| field.value == CustomValue::Hidden)
}

/// What the next secret of an account begins with: the present one where something of it stays, else nothing.
///
/// # Errors
/// As [`read::newest`].
pub async fn beside(
    session: &Open,
    account: &Account,
    stays: bool,
    reason: Option<&str>,
) -> Result<SecretPayload, Failure> {
    if stays && session.has_secret(&account.vault, &account.id) {
        read::newest(session, account, Some(reason.unwrap_or(REASON))).await
    } else {
        Ok(SecretPayload::default())
    }
}

/// Writes other details of a resource.
///
/// # Errors
/// [`Failure::Conflict`] when it was changed meanwhile; others.
pub async fn change_resource(session: &Open, resource: &Resource, mut details: ResourceDetails) -> Result<(), Failure> {
    may_write(session, &resource.vault)?;
    details.changed = session.surroundings().now();
    let item = Item::within(resource.vault, RecordKind::Resource, resource.id);
    session.update_entry(item, resource.version, Details::Resource(Box::new(details)), None).await?;
    Ok(())
}

/// Writes other details of an account, and leaves its secret alone.
///
/// # Errors
/// [`Failure::Conflict`] when it was changed meanwhile; others.
pub async fn change_account(session: &Open, account: &Account, mut details: AccountDetails) -> Result<(), Failure> {
    may_write(session, &account.vault)?;
    details.changed = session.surroundings().now();
    session.update_account(account.vault, account.id, account.version, details, None).await?;
    Ok(())
}

/// Deletes a resource with its accounts, or an account; both can be brought back until the vault's trash is emptied.
///
/// # Errors
/// [`Failure`].
pub async fn delete(session: &Open, item: Item) -> Result<(), Failure> {
    may_write(session, &item.vault)?;
    session.delete_items(&[item], |_, _, _| {}).await.whole()?;
    Ok(())
}

/// Whether the caller may write into a vault.
///
/// # Errors
/// [`Failure::Refused`]; [`Failure::NotFound`] where it does not see the vault.
pub fn may_write(session: &Open, vault: &VaultId) -> Result<(), Failure> {
    let role = session.role(vault).ok_or(Failure::NotFound)?;
    if policy::may_write_record(role, RecordKind::Account) { Ok(()) } else { Err(Error::NotAllowed.into()) }
}
