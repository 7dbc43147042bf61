//! What is kept of a resource for sorting, counting and filtering, and the row that is shown of it.

use super::{
    super::{engine::Open, personal::Shelf, secret::FactsShelf},
    Catalog,
    list::Selected,
};
use crate::bridge::{ListColumn as Column, ObjectId, Row};
use sealward_client::{
    listing::{self, Detail, Known, Listing, Place, SortValue},
    model::{AccountDetails, Day, ResourceDetails},
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
    /// Whether it is one of the examples.
    pub(super) example: bool,
    /// Its name.
    pub(super) name: String,
    version: Version,
    damaged: bool,
}

impl Listed {
    /// Whether it was read from this version of the record, in this group.
    pub(super) fn is_of(&self, entry: &Entry, group: Option<ObjectId>) -> bool {
        self.version == entry.record().context().version
            && self.group == group
            && self.damaged == resource_details(entry).is_none()
    }
}

/// Reads a resource for the lists; `entry` is its own.
pub(super) fn read(
    view: &VaultView,
    entry: &Entry,
    (vault, resource): Place,
    facts: &FactsShelf,
    collation: Collation,
) -> (Listed, listing::Entry) {
    let context = entry.record().context();
    let (mut changed, mut count, mut strength) = (context.time.0, 0_u32, None);
    for (key, account) in accounts(view, resource) {
        changed = changed.max(account.record().context().time.0);
        count = count.saturating_add(1);
        strength = weaker(strength, facts.strength(vault, key.id));
    }
    let details = resource_details(entry);
    let name = details.map_or_else(|| format!("#{}", context.number.0), |details| details.name.clone());
    let by_name = sort_key(&name, collation);
    let listed = Listed {
        group: (context.parent != vault.object()).then_some(context.parent),
        example: details.is_some_and(super::super::examples::is_example),
        name,
        version: context.version,
        damaged: details.is_none(),
    };
    (listed, listing::Entry { by_name, changed, strength, accounts: count })
}

impl Catalog {
    /// The row of a resource.
    pub(super) fn row(&self, view: &VaultView, place: Place, shelf: &Shelf) -> Option<Row> {
        let (vault, resource) = place;
        let listed = self.resources.get(&place)?;
        let known = self.listing.entry(&place)?;
        let entry = view.entry(&LeafKey { id: resource, kind: RecordKind::Resource })?;
        let details = resource_details(entry);
        let on_it = || accounts(view, resource).filter_map(|(_, account)| account_details(account));
        let short = |text: fn(&ResourceDetails) -> &String| details.map(text).cloned().unwrap_or_default();
        Some(Row {
            vault,
            resource,
            name: listed.name.clone(),
            resource_type: short(|details| &details.resource_type),
            address: details.map(address).unwrap_or_default(),
            user_name: user_name(view, resource, self.collation).unwrap_or_default(),
            accounts: known.accounts,
            privileged: on_it().any(|details| details.privileged),
            strength: known.strength,
            changed: i64::try_from(known.changed).unwrap_or(i64::MAX),
            tags: details.map(|details| details.tags.clone()).unwrap_or_default(),
            owner: short(|details| &details.owner),
            department: short(|details| &details.department),
            location: short(|details| &details.location),
            expiry: on_it().filter_map(|details| details.expiry).min(),
            favourite: shelf.is_favourite(&place),
            damaged: listed.damaged,
        })
    }
}

/// The user name of the first account by name that has one.
fn user_name(view: &VaultView, resource: ObjectId, collation: Collation) -> Option<String> {
    let named = accounts(view, resource).filter_map(|(_, account)| account_details(account));
    let mut named: Vec<&AccountDetails> = named.filter(|details| !details.user_name.is_empty()).collect();
    if named.len() > 1 {
        named.sort_by_cached_key(|details| sort_key(&details.name, collation));
    }
    named.first().map(|details| details.user_name.clone())
}

/// What a column sorts by, where the list does not know it by itself.
pub(super) fn sort_value(view: &VaultView, resource: ObjectId, column: Column, collation: Collation) -> SortValue {
    let entry = view.entry(&LeafKey { id: resource, kind: RecordKind::Resource });
    let Some(details) = entry.and_then(resource_details) else { return SortValue::Nothing };
    let text = |text: &str| match text {
        "" => SortValue::Nothing,
        text => SortValue::Text(sort_key(text, collation)),
    };
    match column {
        Column::Type => text(&details.resource_type),
        Column::Address => text(&address(details)),
        Column::UserName => text(&user_name(view, resource, collation).unwrap_or_default()),
        Column::Tags => text(&details.tags.join(" ")),
        Column::Owner => text(&details.owner),
        Column::Department => text(&details.department),
        Column::Location => text(&details.location),
        Column::Expiry => {
            let days = accounts(view, resource).filter_map(|(_, account)| account_details(account)?.expiry);
            days.min().map_or(SortValue::Nothing, |Day(day)| SortValue::Number(day.into()))
        }
        Column::Name | Column::Accounts | Column::Strength | Column::Changed | Column::Opened => SortValue::Nothing,
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
    accounts(view, resource).fold(None, |worst, (key, _)| weaker(worst, facts.strength(vault, key.id)))
}

/// The worse of two strengths, of which either may be unknown.
fn weaker(a: Option<u8>, b: Option<u8>) -> Option<u8> {
    a.into_iter().chain(b).min()
}

/// What filters look at: every short field of a resource and of its accounts, and what is known of these.
pub(super) fn detail(open: &Open, view: &VaultView, place: Place, words: &mut Listing<Selected>) -> Detail {
    let (vault, resource) = place;
    let mut detail = Detail::default();
    let mut known = Vec::new();
    let text = &mut detail.text;
    let entry = view.entry(&LeafKey { id: resource, kind: RecordKind::Resource });
    let mut tag = |all: &mut Vec<u32>, tags: &[String]| {
        for tag in tags {
            let word = words.word(tag);
            if !all.contains(&word) {
                all.push(word);
            }
        }
    };
    let mut resource_type = "";
    if let Some(details) = entry.and_then(resource_details) {
        add(text, [&details.name, &details.resource_type, &details.url, &details.dns_name]);
        add(text, [&details.department, &details.location, &details.owner, &details.description]);
        add(text, &details.tags);
        tag(&mut detail.tags, &details.tags);
        resource_type = details.resource_type.trim();
    }
    let facts = open.facts.borrow();
    for (key, account) in accounts(view, resource) {
        if let Some(details) = account_details(account) {
            add(text, [&details.user_name, &details.name]);
            add(text, &details.tags);
            tag(&mut detail.tags, &details.tags);
            known.push(Known {
                account: key.id,
                strength: None,
                reused: false,
                changed: None,
                expiry: details.expiry,
                privileged: details.privileged,
                has_secret: details.secret_file.is_some() || open.session.has_secret(&vault, &key.id),
                has_file: details.secret_file.is_some() || details.files.is_some(),
                has_code: details.has_otp == Some(true),
            });
        }
    }
    known.iter_mut().for_each(|known| facts.tell(vault, known));
    detail.known = known.into();
    detail.resource_type = words.word(resource_type);
    detail
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

/// The key of a name in another order.
pub(super) fn renamed(listed: Option<&Listed>, collation: Collation) -> SortKey {
    sort_key(listed.map_or("", |listed| &listed.name), collation)
}
