//! Resources and accounts of all vaults that a service opens. Everything that is given was verified; what does not verify
//! is not there for a script.

use super::named::Named;
use crate::{engine::Open, failure::Failure};
use sealward_client::{
    model::{AccountDetails, ResourceDetails},
    session::VerifiedEntry,
    vault::Details,
};
use sealward_contract::{
    ids::{MemberId, Number, ObjectId, Timestamp, VaultId, Version},
    record::{LeafKey, RecordKind},
};

/// A resource.
pub struct Resource {
    /// Its vault.
    pub vault: VaultId,
    /// Its id.
    pub id: ObjectId,
    /// Its number.
    pub number: Number,
    /// Its version.
    pub version: Version,
    /// What it stands in: its vault, or a resource group.
    pub parent: ObjectId,
    /// Who wrote it.
    pub author: MemberId,
    /// When it was written.
    pub time: Timestamp,
    /// What it says.
    pub details: ResourceDetails,
}

/// An account.
pub struct Account {
    /// Its vault.
    pub vault: VaultId,
    /// Its id.
    pub id: ObjectId,
    /// Its number.
    pub number: Number,
    /// Its version.
    pub version: Version,
    /// The resource that it is on.
    pub resource: ObjectId,
    /// Who wrote it.
    pub author: MemberId,
    /// When it was written.
    pub time: Timestamp,
    /// What it says.
    pub details: AccountDetails,
}

/// All resources, in the order of their numbers.
#[must_use]
pub fn resources(session: &Open) -> Vec<Resource> {
    let mut found: Vec<Resource> = places(session, RecordKind::Resource)
        .into_iter()
        .filter_map(|(vault, key)| read_resource(session, vault, key).ok())
        .collect();
    found.sort_by_key(|resource| resource.number);
    found
}

/// All accounts, in the order of their numbers.
#[must_use]
pub fn accounts(session: &Open) -> Vec<Account> {
    let mut found: Vec<Account> = places(session, RecordKind::Account)
        .into_iter()
        .filter_map(|(vault, key)| read_account(session, vault, key).ok())
        .collect();
    found.sort_by_key(|account| account.number);
    found
}

/// The accounts on a resource, in the order of their numbers.
#[must_use]
pub fn accounts_on(session: &Open, resource: &Resource) -> Vec<Account> {
    let keys: Vec<LeafKey> = {
        let vaults = session.vaults();
        let view = vaults.get(&resource.vault);
        let inside = view.into_iter().flat_map(|view| view.children(&resource.id));
        inside.filter(|(key, entry)| key.kind == RecordKind::Account && entry.is_live()).map(|(key, _)| *key).collect()
    };
    let mut found: Vec<Account> =
        keys.into_iter().filter_map(|key| read_account(session, resource.vault, key).ok()).collect();
    found.sort_by_key(|account| account.number);
    found
}

/// A resource.
///
/// # Errors
/// [`Failure::NotFound`]; [`Failure::Untrusted`] when it does not verify.
pub fn resource(session: &Open, named: Named) -> Result<Resource, Failure> {
    let (vault, key) = place(session, named, RecordKind::Resource)?;
    read_resource(session, vault, key)
}

/// An account.
///
/// # Errors
/// [`Failure::NotFound`]; [`Failure::Untrusted`] when it does not verify.
pub fn account(session: &Open, named: Named) -> Result<Account, Failure> {
    let (vault, key) = place(session, named, RecordKind::Account)?;
    read_account(session, vault, key)
}

/// An account and the resource that it is said to be on.
///
/// # Errors
/// [`Failure::NotFound`], also for an account on another one; [`Failure::Untrusted`].
pub fn account_on(session: &Open, resource_named: Named, named: Named) -> Result<(Resource, Account), Failure> {
    let resource = resource(session, resource_named)?;
    let account = account(session, named)?;
    let fits = (account.vault, account.resource) == (resource.vault, resource.id);
    if fits { Ok((resource, account)) } else { Err(Failure::NotFound) }
}

/// The resource that an account is on.
///
/// # Errors
/// [`Failure::NotFound`]; [`Failure::Untrusted`].
pub fn resource_of(session: &Open, account: &Account) -> Result<Resource, Failure> {
    let key = LeafKey { id: account.resource, kind: RecordKind::Resource };
    read_resource(session, account.vault, key)
}

/// The only resource of a name.
///
/// # Errors
/// [`Failure::NotFound`]; [`Failure::Ambiguous`].
pub fn resource_by_name(session: &Open, name: &str) -> Result<Resource, Failure> {
    only(resources(session).into_iter().filter(|resource| resource.details.name == name).collect())
}

/// The only account with a name, of the only resource with one.
///
/// # Errors
/// [`Failure::NotFound`]; [`Failure::Ambiguous`].
pub fn account_by_names(session: &Open, resource: &str, account: &str) -> Result<(Resource, Account), Failure> {
    let named = resources(session).into_iter().filter(|known| known.details.name == resource);
    let mut found = Vec::new();
    for resource in named {
        let here = accounts_on(session, &resource).into_iter().filter(|known| known.details.name == account);
        if let Some(account) = at_most_one(here.collect())? {
            found.push((resource, account));
        }
    }
    only(found)
}

fn only<T>(found: Vec<T>) -> Result<T, Failure> {
    at_most_one(found)?.ok_or(Failure::NotFound)
}

fn at_most_one<T>(mut found: Vec<T>) -> Result<Option<T>, Failure> {
    if found.len() > 1 { Err(Failure::Ambiguous(found.len())) } else { Ok(found.pop()) }
}

fn places(session: &Open, kind: RecordKind) -> Vec<(VaultId, LeafKey)> {
    let vaults = session.vaults();
    let all = vaults.iter().flat_map(|(vault, view)| {
        let live = view.entries().filter(move |(key, _)| key.kind == kind && view.is_reachable(key));
        live.map(|(key, _)| (*vault, *key))
    });
    all.collect()
}

fn place(session: &Open, named: Named, kind: RecordKind) -> Result<(VaultId, LeafKey), Failure> {
    let found = match named {
        Named::Number(number) => session.find_number(number).filter(|(_, key)| key.kind == kind),
        Named::Id(id) => {
            let (key, vaults) = (LeafKey { id, kind }, session.vaults());
            vaults.iter().find(|(_, view)| view.entry(&key).is_some()).map(|(vault, _)| (*vault, key))
        }
    };
    found.ok_or(Failure::NotFound)
}

fn read_resource(session: &Open, vault: VaultId, key: LeafKey) -> Result<Resource, Failure> {
    let VerifiedEntry { version, number, parent, author, time, details } = session.verified(vault, key)?;
    let Details::Resource(details) = details else { return Err(Failure::NotFound) };
    Ok(Resource { vault, id: key.id, number, version, parent, author, time, details: *details })
}

fn read_account(session: &Open, vault: VaultId, key: LeafKey) -> Result<Account, Failure> {
    let VerifiedEntry { version, number, parent, author, time, details } = session.verified(vault, key)?;
    let Details::Account(details) = details else { return Err(Failure::NotFound) };
    Ok(Account { vault, id: key.id, number, version, resource: parent, author, time, details: *details })
}
