//! Finding what somebody means: by number, by id, or by the path of names from the vault down. What is found was
//! verified; what several things have the name of is not guessed.

use crate::{engine::Open, failure::Failure, fault::Fault, missing::Missing};
use sealward_client::operations::Item;
use sealward_contract::{
    ids::{Number, ObjectId, VaultId},
    record::{LeafKey, RecordKind},
};

/// What stands between the names of a path; a backslash before it makes it a part of a name.
const SEPARATOR: char = '/';

/// The item that is meant.
///
/// # Errors
/// [`Failure::NotFound`], [`Failure::Ambiguous`].
pub(super) fn item(session: &Open, what: &str) -> Result<Item, Failure> {
    let what = what.trim();
    if let Some(item) = by_number(session, what) {
        return Ok(item);
    }
    if what.starts_with('#') {
        return Err(Failure::NotFound);
    }
    if let Ok(id) = what.parse::<ObjectId>() {
        return by_id(session, id);
    }
    by_path(session, &split(what))
}

/// The account that is meant.
///
/// # Errors
/// As [`item`]; [`Failure::Usage`] when something else is meant.
pub(super) fn account(session: &Open, what: &str) -> Result<Item, Failure> {
    let item = item(session, what)?;
    if item.key.kind == RecordKind::Account {
        return Ok(item);
    }
    // A resource with one account stands for it.
    let vaults = session.vaults();
    let view = vaults.get(&item.vault).ok_or(Failure::NotFound)?;
    let accounts: Vec<LeafKey> = view
        .children(&item.key.id)
        .filter(|(key, entry)| key.kind == RecordKind::Account && entry.is_live())
        .map(|(key, _)| *key)
        .collect();
    match accounts.as_slice() {
        [key] if item.key.kind == RecordKind::Resource => Ok(Item { vault: item.vault, key: *key }),
        _ => Err(Failure::Usage(format!("{what}: this is no account"))),
    }
}

/// The same; where there is none, the fault says which.
///
/// # Errors
/// As [`account`].
pub(super) fn named_account(session: &Open, what: &str) -> Result<Item, Fault> {
    account(session, what).map_err(|failure| Missing::item(failure, what))
}

/// The vault that is meant; where there is none, the fault says which.
///
/// # Errors
/// As [`item`].
pub(super) fn named_vault(session: &Open, what: &str) -> Result<VaultId, Fault> {
    vault(session, what).map_err(|failure| Missing::item(failure, what))
}

/// The vault that is meant.
///
/// # Errors
/// As [`item`].
pub(crate) fn vault(session: &Open, what: &str) -> Result<VaultId, Failure> {
    if let Ok(vault) = what.parse::<VaultId>()
        && session.vaults().contains_key(&vault)
    {
        return Ok(vault);
    }
    by_path(session, &[what.to_owned()]).map(|item| item.vault)
}

/// The names of a path.
pub(super) fn split(path: &str) -> Vec<String> {
    let (mut names, mut name, mut letters) = (Vec::new(), String::new(), path.chars());
    while let Some(letter) = letters.next() {
        match letter {
            '\\' => name.extend(letters.next()),
            SEPARATOR => names.push(std::mem::take(&mut name)),
            letter => name.push(letter),
        }
    }
    names.push(name);
    names
}

/// A path of names.
pub(super) fn join<'n>(names: impl IntoIterator<Item = &'n str>) -> String {
    let written = |name: &str| name.replace('\\', "\\\\").replace(SEPARATOR, "\\/");
    names.into_iter().map(written).collect::<Vec<_>>().join("/")
}

fn by_number(session: &Open, what: &str) -> Option<Item> {
    let number = what.strip_prefix('#').unwrap_or(what).parse().ok()?;
    let (vault, key) = session.find_number(Number(number))?;
    Some(Item { vault, key })
}

fn by_id(session: &Open, id: ObjectId) -> Result<Item, Failure> {
    let vaults = session.vaults();
    let mut found = vaults.iter().flat_map(|(vault, view)| {
        let held = view.entries().filter(move |(key, _)| key.id == id && view.is_reachable(key));
        held.map(|(key, _)| Item { vault: *vault, key: *key })
    });
    found.next().ok_or(Failure::NotFound)
}

fn by_path(session: &Open, names: &[String]) -> Result<Item, Failure> {
    let vaults = session.vaults();
    let Some((vault_name, rest)) = names.split_first() else { return Err(Failure::NotFound) };
    let named = |key: &LeafKey, view: &sealward_client::vault::VaultView, name: &str| {
        view.entry(key).and_then(|entry| entry.details().ok()).is_some_and(|details| details.name() == name)
    };
    let mut found: Vec<Item> = Vec::new();
    for (id, view) in vaults.iter() {
        let own = Item::vault(*id);
        if !view.is_reachable(&own.key) || !named(&own.key, view, vault_name) {
            continue;
        }
        let inside = |kind: RecordKind, name: &str| {
            let keys =
                view.entries().map(|(key, _)| *key).filter(move |key| key.kind == kind && view.is_reachable(key));
            keys.filter(|key| named(key, view, name)).collect::<Vec<LeafKey>>()
        };
        let keys = match rest {
            [] => vec![own.key],
            [name] => {
                let resources = inside(RecordKind::Resource, name);
                if resources.is_empty() { inside(RecordKind::ResourceGroup, name) } else { resources }
            }
            [resource, account] => {
                let resources = inside(RecordKind::Resource, resource);
                let accounts = inside(RecordKind::Account, account);
                let stands = |key: &LeafKey| view.parent(key).is_some_and(|parent| resources.contains(&parent));
                accounts.into_iter().filter(stands).collect()
            }
            _ => Vec::new(),
        };
        found.extend(keys.into_iter().map(|key| Item { vault: *id, key }));
    }
    match found.as_slice() {
        [] => Err(Failure::NotFound),
        [item] => Ok(*item),
        several => Err(Failure::Ambiguous(several.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_keep_names_with_slashes() {
        assert_eq!(split("Web/db\\/1/root"), ["Web", "db/1", "root"]);
        assert_eq!(split("Web"), ["Web"]);
        assert_eq!(join(["Web", "db/1", "back\\slash"]), "Web/db\\/1/back\\\\slash");
        assert_eq!(split(&join(["Web", "db/1", "back\\slash"])), ["Web", "db/1", "back\\slash"]);
    }
}
