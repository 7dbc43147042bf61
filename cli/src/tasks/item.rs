//! Items as they are shown.

use super::{find, time};
use crate::{
    engine::Open,
    failure::Failure,
    views::{ChangedView, FieldView, FileView, ItemView, Kind},
};
use sealward_client::{
    export::day_text,
    model::{AccountDetails, CustomField, CustomValue, FileRef, ResourceDetails},
    operations::Item,
    vault::{Details, VaultView},
};
use sealward_contract::record::{LeafKey, RecordKind};
use serde_json::{Map, Value};

/// What a record's kind is called.
pub(super) fn kind_of(kind: RecordKind) -> Option<Kind> {
    match kind {
        RecordKind::Vault => Some(Kind::Vault),
        RecordKind::ResourceGroup => Some(Kind::ResourceGroup),
        RecordKind::Resource => Some(Kind::Resource),
        RecordKind::Account => Some(Kind::Account),
        _ => None,
    }
}

/// An item as it is shown.
///
/// # Errors
/// [`Failure::NotFound`], [`Failure::Untrusted`].
pub(super) fn show(session: &Open, item: Item) -> Result<ItemView, Failure> {
    let entry = session.verified(item.vault, item.key)?;
    let vaults = session.vaults();
    let view = vaults.get(&item.vault).ok_or(Failure::NotFound)?;
    let number = item.key.kind.is_numbered().then_some(entry.number.0);
    of(view, item, &entry.details, number, entry.version.0).ok_or(Failure::NotFound)
}

/// The same, by what the proved tree says of it: for lists.
pub(super) fn listed(view: &VaultView, item: Item) -> Option<ItemView> {
    let entry = view.entry(&item.key)?;
    let number = item.key.kind.is_numbered().then_some(entry.number().0);
    of(view, item, entry.details().ok()?, number, entry.record().context().version.0)
}

/// An item that was made or changed.
///
/// # Errors
/// [`Failure::NotFound`].
pub(super) fn changed(session: &Open, item: Item) -> Result<ChangedView, Failure> {
    let ItemView { id, number, path, version, .. } = show(session, item)?;
    Ok(ChangedView { id, number, path, version: Some(version) })
}

fn of(view: &VaultView, item: Item, details: &Details, number: Option<u32>, version: u32) -> Option<ItemView> {
    let (path, groups) = place(view, &item.key)?;
    let mut shown = ItemView {
        kind: kind_of(item.key.kind)?,
        id: item.key.id.to_string(),
        number,
        version,
        vault: item.vault.to_string(),
        path,
        name: details.name().to_owned(),
        groups,
        fields: Map::new(),
        tags: Vec::new(),
        custom_fields: Vec::new(),
        files: Vec::new(),
    };
    match details {
        Details::Vault(vault) => put(&mut shown.fields, "description", &vault.description),
        Details::ResourceGroup(group) => put(&mut shown.fields, "notes", &group.notes),
        Details::Resource(resource) => fill_resource(&mut shown, resource),
        Details::Account(account) => fill_account(&mut shown, account),
    }
    Some(shown)
}

/// The path by which an item is found, and the resource groups around it.
fn place(view: &VaultView, key: &LeafKey) -> Option<(String, Vec<String>)> {
    let name = |key: &LeafKey| view.entry(key)?.details().ok().map(|details| details.name().to_owned());
    let around = view.surroundings(key)?;
    let mut names = Vec::new();
    let mut groups = Vec::new();
    for key in around.iter().rev() {
        match key.kind {
            RecordKind::ResourceGroup => groups.push(name(key)?),
            _ => names.push(name(key)?),
        }
    }
    names.push(name(key)?);
    Some((find::join(names.iter().map(String::as_str)), groups))
}

fn fill_resource(shown: &mut ItemView, resource: &ResourceDetails) {
    let fields = &mut shown.fields;
    put(fields, "resource_type", &resource.resource_type);
    put(fields, "url", &resource.url);
    put(fields, "dns_name", &resource.dns_name);
    put(fields, "description", &resource.description);
    put(fields, "notes", &resource.notes);
    put(fields, "department", &resource.department);
    put(fields, "location", &resource.location);
    put(fields, "owner", &resource.owner);
    put(fields, "created", &time::write(resource.created));
    put(fields, "changed", &time::write(resource.changed));
    shown.tags.clone_from(&resource.tags);
    shown.custom_fields = resource.custom_fields.iter().map(field).collect();
}

fn fill_account(shown: &mut ItemView, account: &AccountDetails) {
    let fields = &mut shown.fields;
    put(fields, "user_name", &account.user_name);
    put(fields, "notes", &account.notes);
    if let Ok(kind) = serde_json::to_value(account.secret_type) {
        fields.insert("secret_type".to_owned(), kind);
    }
    fields.insert("privileged".to_owned(), account.privileged.into());
    fields.insert("active".to_owned(), account.active.into());
    put(fields, "expiry", &account.expiry.map(day_text).unwrap_or_default());
    fields.insert("has_code".to_owned(), account.has_otp.unwrap_or_default().into());
    put(fields, "created", &time::write(account.created));
    put(fields, "changed", &time::write(account.changed));
    shown.tags.clone_from(&account.tags);
    shown.custom_fields = account.custom_fields.iter().map(field).collect();
    shown.files = account.secret_file.iter().chain(account.files.iter().flatten()).map(file).collect();
}

fn put(fields: &mut Map<String, Value>, name: &str, text: &str) {
    if !text.is_empty() {
        fields.insert(name.to_owned(), text.into());
    }
}

fn field(field: &CustomField) -> FieldView {
    let (kind, value) = match &field.value {
        CustomValue::Text(text) => ("text", Some(text.clone())),
        CustomValue::Date(day) => ("date", Some(day_text(*day))),
        CustomValue::Hidden => ("hidden", None),
        CustomValue::File(file) => ("file", Some(file.name.clone())),
    };
    FieldView { label: field.label.clone(), kind: kind.to_owned(), value }
}

fn file(file: &FileRef) -> FileView {
    FileView { id: file.id.to_string(), name: file.name.clone(), length: file.length }
}
