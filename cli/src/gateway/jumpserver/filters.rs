//! Which accounts of a list are wanted, and in which order. What is not named lets everything through.

use super::{catalog::Catalog, shapes};
use crate::gateway::{
    reading::Pairs,
    shared::{
        find::{Account, Resource},
        named::Named,
    },
};
use sealward_client::model::Day;
use sealward_contract::ids::{ObjectId, Timestamp, VaultId};
use std::{cmp::Ordering, collections::BTreeMap};

const DAY: u64 = 24 * 60 * 60 * 1_000;
/// What counts as lately.
const LATELY: u64 = 7 * DAY;
/// Days after which a secret has not been changed for long.
const LONG_DAYS: i32 = 30;
const CHANGED_LATELY: &str = "latest_secret_changed";
const UNCHANGED_FOR_LONG: &str = "long_time_no_change_secret";

/// On which days secrets were changed last, as far as the token may know.
pub type Days = BTreeMap<(VaultId, ObjectId), Day>;

/// Whether a query asks when secrets were changed.
pub fn asks_days(query: &Pairs) -> bool {
    [CHANGED_LATELY, UNCHANGED_FOR_LONG].iter().any(|name| query.filled(name).is_some())
}

/// An account with its asset.
pub type Placed<'c> = (&'c Account, &'c Resource);

/// The accounts that a query wants, in its order.
pub fn accounts<'c>(catalog: &'c Catalog, query: &Pairs, days: &Days, now: Timestamp) -> Vec<Placed<'c>> {
    let mut found: Vec<Placed<'c>> =
        catalog.accounts().filter(|placed| is_wanted(catalog, *placed, query, (days, now))).collect();
    if let Some(order) = query.filled("order").or_else(|| query.filled("ordering")) {
        found.sort_by(|one, other| compare(one, other, order));
    }
    found
}

/// The assets that a query wants.
pub fn resources<'c>(catalog: &'c Catalog, query: &Pairs) -> Vec<&'c Resource> {
    let mut found = catalog.resources();
    found.retain(|resource| is_resource_wanted(catalog, resource, query));
    found
}

/// Whether every word is in one of the texts, small and capital letters being the same.
pub fn has_words(query: &Pairs, texts: &[&str]) -> bool {
    let Some(words) = query.filled("q").or_else(|| query.filled("search")) else { return true };
    let texts: Vec<String> = texts.iter().map(|text| text.to_lowercase()).collect();
    let mut words = words.split([' ', ',']).filter(|word| !word.is_empty()).map(str::to_lowercase);
    words.all(|word| texts.iter().any(|text| text.contains(&word)))
}

/// Whether an id is among those that are asked for, if any are.
pub fn has_id(query: &Pairs, id: &str) -> bool {
    query.filled("id").is_none_or(|ids| ids.split(',').any(|wanted| wanted.trim().eq_ignore_ascii_case(id)))
}

fn is_wanted(
    catalog: &Catalog,
    (account, resource): Placed<'_>,
    query: &Pairs,
    (days, now): (&Days, Timestamp),
) -> bool {
    let details = &account.details;
    let (category, kind) = shapes::kinds(&resource.details);
    let address = shapes::address(&resource.details);
    let id = account.id.to_string();
    let is = |name: &str, value: &str| query.filled(name).is_none_or(|wanted| wanted == value);
    let flag = |name: &str, value: bool| query.filled(name).and_then(read_flag).is_none_or(|wanted| wanted == value);
    let lately = now.since(account.time) <= LATELY;
    let age = days.get(&(account.vault, account.id)).map(|day| Day::of(now).0 - day.0);
    has_id(query, &id)
        && is("name", &details.name)
        && is("username", &details.user_name)
        && is("secret_type", shapes::secret_type(details.secret_type).0)
        && is("address", address)
        && is("asset_name", &resource.details.name)
        && is("category", category.0)
        && is("type", kind.0)
        && query.filled("platform").is_none_or(|wanted| wanted.eq_ignore_ascii_case(&resource.details.resource_type))
        && is_on(query.filled("asset_id").or_else(|| query.filled("asset")), resource)
        && is_in(catalog, query.filled("node_id").or_else(|| query.filled("node")), resource)
        && flag("privileged", details.privileged)
        && flag("is_active", details.active)
        && flag("has_secret", catalog.has_secret(account))
        && flag("secret_reset", true)
        && is("source", "local")
        && is("source_id", details.source_id.as_deref().unwrap_or_default())
        && is("connectivity", "-")
        && flag("latest_updated", lately)
        && flag(CHANGED_LATELY, age.is_some_and(|age| age <= 7))
        && flag(UNCHANGED_FOR_LONG, age.is_some_and(|age| age > LONG_DAYS))
        // Nothing signs in with an account here, looks for accounts, or tries whether they work.
        && ["latest_discovery", "latest_accessed", "latest_secret_change_failed"].iter().all(|name| flag(name, false))
        && ["long_time_no_login", "long_time_no_verified"].iter().all(|name| flag(name, true))
        && query.filled("risk").is_none()
        && query.filled("integrationapplication").is_none()
        && has_words(query, &[&details.user_name, &details.name, &resource.details.name, address, &details.notes])
}

fn is_resource_wanted(catalog: &Catalog, resource: &Resource, query: &Pairs) -> bool {
    let details = &resource.details;
    let (category, kind) = shapes::kinds(details);
    let is = |name: &str, value: &str| query.filled(name).is_none_or(|wanted| wanted == value);
    let id = resource.id.to_string();
    has_id(query, &id)
        && is("name", &details.name)
        && query
            .filled("address")
            .or_else(|| query.filled("ip"))
            .is_none_or(|wanted| wanted == shapes::address(details))
        && is("category", category.0)
        && is("type", kind.0)
        && query.filled("platform").is_none_or(|wanted| wanted.eq_ignore_ascii_case(&details.resource_type))
        && query.filled("is_active").and_then(read_flag).is_none_or(|wanted| wanted)
        && is_in(catalog, query.filled("node_id").or_else(|| query.filled("node")), resource)
        && has_words(query, &[&details.name, shapes::address(details), &details.description])
}

fn is_on(wanted: Option<&str>, resource: &Resource) -> bool {
    wanted.is_none_or(|wanted| match Named::read(wanted) {
        Some(Named::Id(id)) => id == resource.id,
        Some(Named::Number(number)) => number == resource.number,
        None => false,
    })
}

fn is_in(catalog: &Catalog, wanted: Option<&str>, resource: &Resource) -> bool {
    wanted.is_none_or(|wanted| {
        let node = wanted.to_ascii_lowercase().parse::<ObjectId>();
        node.is_ok_and(|node| catalog.is_under(resource, &node))
    })
}

/// A yes or no; what is neither asks for nothing.
fn read_flag(text: &str) -> Option<bool> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "1" | "yes" => Some(true),
        "false" | "0" | "no" => Some(false),
        _ => None,
    }
}

fn compare(one: &Placed<'_>, other: &Placed<'_>, order: &str) -> Ordering {
    let ((account, resource), (next, beside)) = (one, other);
    let by = |field: &str| match field {
        "name" => account.details.name.cmp(&next.details.name),
        "username" => account.details.user_name.cmp(&next.details.user_name),
        "asset" | "asset_name" => resource.details.name.cmp(&beside.details.name),
        "version" => account.version.cmp(&next.version),
        "date_created" => account.details.created.cmp(&next.details.created),
        "date_updated" => account.time.cmp(&next.time),
        _ => Ordering::Equal,
    };
    let fields = order.split(',').map(str::trim);
    fields.fold(Ordering::Equal, |found, field| {
        found.then_with(|| match field.strip_prefix('-') {
            Some(field) => by(field).reverse(),
            None => by(field),
        })
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_in_any_text() {
        let query = |text: &str| Pairs::read(text.as_bytes());
        let texts = ["Root", "db-01.example"];
        for (text, wanted) in
            [("", true), ("q=ROOT", true), ("search=root+db", true), ("search=root,z", false), ("q=&search=z", false)]
        {
            assert_eq!(has_words(&query(text), &texts), wanted, "{text}");
        }
    }

    #[test]
    fn flags_are_read_in_every_spelling() {
        let read = ["true", "True", "1", "false", "0", "NO", "maybe"].map(read_flag);
        assert_eq!(read, [Some(true), Some(true), Some(true), Some(false), Some(false), Some(false), None]);
    }
}
