//! Resources and accounts made: all that a call names, or nothing.

use super::{
    change,
    find::{Resource, accounts_on, resources},
    place,
    rules::{self, Target},
    turns::Turns,
};
use crate::{engine::Open, failure::Failure};
use sealward_client::{
    model::{AccountDetails, ResourceDetails, ResourceGroupDetails, SecretPayload, SecretText},
    operations::{MadeResource, NewAccount, NewResource, Place},
};
use sealward_contract::ids::{Number, ObjectId, VaultId};
use std::collections::BTreeSet;

/// An account that a call names.
pub struct AccountAsked {
    /// What is known of it; its times are set here.
    pub details: AccountDetails,
    /// Its secret; `None` for none yet.
    pub secret: Option<SecretText>,
}

/// Makes a resource with its accounts: in a resource group of the vault where one is named, which is made if it is
/// missing.
///
/// # Errors
/// [`Failure::Usage`] where the vault has a resource of the name, or two accounts have one; others.
pub async fn create_resource(
    session: &Open,
    turns: &Turns<VaultId>,
    vault: VaultId,
    group: Option<&str>,
    mut details: ResourceDetails,
    accounts: Vec<AccountAsked>,
) -> Result<MadeResource, Failure> {
    change::may_write(session, &vault)?;
    let _turn = turns.begin(session, vault).await?;
    let is_taken = resources(session).iter().any(|known| known.vault == vault && known.details.name == details.name);
    if is_taken {
        return Err(Failure::Usage(format!("Resource {} already exists", details.name)));
    }
    let now = session.surroundings().now();
    (details.created, details.changed) = (now, now);
    let found = group.and_then(|name| place::group(session, vault, name));
    let made = group.filter(|_| found.is_none());
    let made = made.map(|name| ResourceGroupDetails { name: name.to_owned(), ..Default::default() });
    let target = Target { vault, resource: None, account: None };
    let accounts = prepare(session, &target, BTreeSet::new(), accounts).await?;
    let place = Place { vault, parent: found.unwrap_or_else(|| vault.object()) };
    Ok(session.create_whole_resource(place, NewResource { details, group: made, accounts }).await?)
}

/// Makes accounts on a resource.
///
/// # Errors
/// [`Failure::Usage`] where the resource has an account of one of the names, or two have one; others.
pub async fn create_accounts(
    session: &Open,
    turns: &Turns<VaultId>,
    resource: &Resource,
    accounts: Vec<AccountAsked>,
) -> Result<Vec<(ObjectId, Number)>, Failure> {
    change::may_write(session, &resource.vault)?;
    let _turn = turns.begin(session, resource.vault).await?;
    let target = Target { vault: resource.vault, resource: Some(resource.id), account: None };
    let taken = accounts_on(session, resource).into_iter().map(|account| account.details.name).collect();
    let accounts = prepare(session, &target, taken, accounts).await?;
    Ok(session.create_accounts(Place { vault: resource.vault, parent: resource.id }, accounts).await?)
}

async fn prepare(
    session: &Open,
    target: &Target<'_>,
    mut taken: BTreeSet<String>,
    asked: Vec<AccountAsked>,
) -> Result<Vec<NewAccount>, Failure> {
    let now = session.surroundings().now();
    let mut accounts = Vec::with_capacity(asked.len());
    for AccountAsked { mut details, secret } in asked {
        if !taken.insert(details.name.clone()) {
            return Err(Failure::Usage(format!("Account {} already exists", details.name)));
        }
        (details.created, details.changed) = (now, now);
        let secret = match secret {
            Some(text) => Some(rules::prepare(session, target, &details, SecretPayload::new(text)).await?),
            None => None,
        };
        accounts.push(NewAccount { details, secret });
    }
    Ok(accounts)
}
