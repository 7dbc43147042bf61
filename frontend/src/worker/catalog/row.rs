//! What is kept of a resource for sorting, counting and filtering, and the row that is shown of it.

use super::{super::secret::FactsShelf, Catalog, Place};
use crate::bridge::{ObjectId, Row};
use sealward_client::{
    model::{AccountDetails, ResourceDetails},
    search::{Collation, SortKey, sort_key},
    vault::{Details, Entry, VaultView},
};
use sealward_contract::{
    ids::Version,
    record::{LeafKey, RecordKind},
};

/// A resource in the lists.
pub(super) struct Listed {
    /// The group around it.
    pub(super) group: Option<ObjectId>,
    /// Its place in the order of names.
    pub(super) by_name: SortKey,
    /// Its place in the order of types.
    pub(super) by_type: SortKey,
    /// The newest change of it or of an account on it.
    pub(super) changed: u64,
    /// The worst strength among its secrets.
    pub(super) strength: Option<u8>,
    /// Whether it is one of the examples.
    pub(super) example: bool,
    /// What a filter looks at, in small letters; made after everything that people wait for.
    pub(super) text: Option<String>,
    name: String,
    resource_type: String,
    version: Version,
    damaged: bool,
}

impl Listed {
    pub(super) fn read(view: &VaultView, place: Place, facts: &FactsShelf, collation: Collation) -> Option<Self> {
        let (vault, resource) = place;
        let entry = view.entry(&LeafKey { id: resource, kind: RecordKind::Resource })?;
        let context = entry.record().context();
        let changes = accounts(view, resource).map(|(_, account)| account.record().context().time.0);
        let changed = changes.fold(context.time.0, u64::max);
        let details = resource_details(entry);
        let name = details.map_or_else(|| format!("#{}", context.number.0), |details| details.name.clone());
        let resource_type = details.map(|details| details.resource_type.clone()).unwrap_or_default();
        Some(Self {
            group: (context.parent != vault.object()).then_some(context.parent),
            by_name: sort_key(&name, collation),
            by_type: sort_key(&resource_type, collation),
            changed,
            strength: strength(view, place, facts),
            example: details.is_some_and(super::super::examples::is_example),
            text: None,
            name,
            resource_type,
            version: context.version,
            damaged: details.is_none(),
        })
    }

    /// Whether it was read from this version of the record, in this group.
    pub(super) fn is_of(&self, entry: &Entry, group: Option<ObjectId>) -> bool {
        self.version == entry.record().context().version
            && self.group == group
            && self.damaged == resource_details(entry).is_none()
    }

    pub(super) fn sort_by(&mut self, collation: Collation) {
        self.by_name = sort_key(&self.name, collation);
        self.by_type = sort_key(&self.resource_type, collation);
    }
}

impl Catalog {
    /// The row of a resource.
    pub(super) fn row(&self, view: &VaultView, place: Place) -> Option<Row> {
        let (vault, resource) = place;
        let listed = self.resources.get(&place)?;
        let entry = view.entry(&LeafKey { id: resource, kind: RecordKind::Resource })?;
        let details = resource_details(entry);
        let mut accounts: Vec<(SortKey, ObjectId, Option<&AccountDetails>)> = accounts(view, resource)
            .map(|(key, account)| {
                let details = account_details(account);
                (sort_key(details.map_or("", |details| &details.name), self.collation), key.id, details)
            })
            .collect();
        accounts.sort_by(|a, b| a.0.cmp(&b.0));
        let only_account = match accounts.as_slice() {
            [(_, only, _)] => Some(*only),
            _ => None,
        };
        Some(Row {
            vault,
            resource,
            name: listed.name.clone(),
            resource_type: listed.resource_type.clone(),
            address: details.map(address).unwrap_or_default(),
            user_name: accounts
                .iter()
                .find_map(|(_, _, details)| details.map(|details| details.user_name.clone()))
                .unwrap_or_default(),
            accounts: u32::try_from(accounts.len()).unwrap_or(u32::MAX),
            only_account,
            privileged: accounts.iter().any(|(_, _, details)| details.is_some_and(|details| details.privileged)),
            strength: listed.strength,
            damaged: listed.damaged,
        })
    }
}

/// The live accounts of a resource.
pub(super) fn accounts(view: &VaultView, resource: ObjectId) -> impl Iterator<Item = (&LeafKey, &Entry)> {
    let inside = view.children(&resource);
    inside.filter(|(key, entry)| key.kind == RecordKind::Account && entry.is_live())
}

/// DNS name, or the host of the URL.
pub fn address(details: &ResourceDetails) -> String {
    if !details.dns_name.is_empty() {
        return details.dns_name.clone();
    }
    let rest = details.url.split_once("://").map_or(details.url.as_str(), |(_, rest)| rest);
    let host = rest.split(['/', '?', '#']).next().unwrap_or_default();
    host.rsplit('@').next().unwrap_or_default().to_owned()
}

pub(super) fn resource_details(entry: &Entry) -> Option<&ResourceDetails> {
    match entry.details() {
        Ok(Details::Resource(details)) => Some(details),
        _ => None,
    }
}

pub(super) fn account_details(entry: &Entry) -> Option<&AccountDetails> {
    match entry.details() {
        Ok(Details::Account(details)) => Some(details),
        _ => None,
    }
}

/// The worst strength among a resource's secrets.
pub(super) fn strength(view: &VaultView, (vault, resource): Place, facts: &FactsShelf) -> Option<u8> {
    accounts(view, resource).filter_map(|(key, _)| facts.strength(vault, key.id)).min()
}

/// What a filter looks at: every short field of a resource and of its accounts.
pub(super) fn filter_text(view: &VaultView, resource: ObjectId) -> String {
    let mut text = String::new();
    let entry = view.entry(&LeafKey { id: resource, kind: RecordKind::Resource });
    if let Some(details) = entry.and_then(resource_details) {
        add(&mut text, [&details.name, &details.resource_type, &details.url, &details.dns_name]);
        add(&mut text, [&details.department, &details.location, &details.owner, &details.description]);
        add(&mut text, &details.tags);
    }
    for (_, account) in accounts(view, resource) {
        if let Some(details) = account_details(account) {
            add(&mut text, [&details.user_name, &details.name]);
            add(&mut text, &details.tags);
        }
    }
    text
}

fn add<'a>(text: &mut String, parts: impl IntoIterator<Item = &'a String>) {
    for part in parts.into_iter().filter(|part| !part.is_empty()) {
        if part.is_ascii() {
            text.extend(part.bytes().map(|byte| char::from(byte.to_ascii_lowercase())));
        } else {
            text.push_str(&part.to_lowercase());
        }
        text.push('\n');
    }
}
