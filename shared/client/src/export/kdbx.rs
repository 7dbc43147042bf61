//! KDBX 4 for KeePass, KeePassXC and their kin, by the `keepass` crate: AES-256, Argon2id, nothing compressed.
//! Vaults and resource groups become groups, an account an entry; what KeePass has no field for stands in string fields
//! with the names of [`names`], and what only a return to Sealward needs in the entry's custom data. The table is in
//! `docs/export-formats.md`.

use super::archive::{Archive, ArchivedAccount, ArchivedResource, Container, PastSecret};
use super::csv::type_name;
use crate::import::time::day_text;
use crate::model::{AccountDetails, CustomField, CustomValue, Day, FileRef, SecretPayload, SecretText};
use keepass::{
    Database, DatabaseKey,
    config::{CompressionConfig, DatabaseConfig, InnerCipherConfig, KdfConfig, OuterCipherConfig},
    db::{CustomDataItem, CustomDataValue, Entry, EntryId, EntryMut, GroupId, History, Times, Value, fields},
};
use sealward_contract::ids::{ObjectId, Timestamp};
use uuid::Uuid;

/// Names of string fields and custom data that this writes and the import knows again.
pub mod names {
    /// String field: the account's name, where it is not the user name.
    pub const ACCOUNT: &str = "Account";
    /// String fields of the resource, in the order of the columns of a sheet.
    pub const RESOURCE: [&str; 7] =
        ["Resource type", "DNS name", "Resource description", "Resource notes", "Department", "Location", "Owner"];
    /// Custom data: id of the resource, the same for all accounts that are on it.
    pub const RESOURCE_ID: &str = "sealward.resource";
    /// Custom data: name of the resource.
    pub const RESOURCE_NAME: &str = "sealward.resource.name";
    /// Custom data: what kind of secret it is.
    pub const SECRET_TYPE: &str = "sealward.secret-type";
    /// Custom data: `yes` where it is privileged.
    pub const PRIVILEGED: &str = "sealward.privileged";
    /// Custom data: `yes` where it is no longer in use.
    pub const INACTIVE: &str = "sealward.inactive";
    /// Custom data: the resource's tags, which stand among the entry's too, one on a line.
    pub const RESOURCE_TAGS: &str = "sealward.resource.tags";
}

/// Memory of Argon2id: that of the suite.
const MEMORY: u64 = 64 * 1024 * 1024;
/// Passes: more than the suite's, for no Secret Key stands behind the password.
const PASSES: u64 = 8;

/// A KDBX file cannot be written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("cannot be written")]
pub struct UnwritableKdbx;

/// Writes the file. Seeds and keys in it are random, from the system.
///
/// # Errors
/// [`UnwritableKdbx`] when there is not the memory that stretching the password takes.
pub fn write(archive: &Archive, password: &SecretText) -> Result<Vec<u8>, UnwritableKdbx> {
    let database = to_database(archive).ok_or(UnwritableKdbx)?;
    let mut file = Vec::new();
    let key = DatabaseKey::new().with_password(password.expose());
    database.save(&mut file, key).map_err(|_| UnwritableKdbx)?;
    Ok(file)
}

fn config() -> DatabaseConfig {
    let mut config = DatabaseConfig::default();
    config.outer_cipher_config = OuterCipherConfig::AES256;
    config.inner_cipher_config = InnerCipherConfig::ChaCha20;
    config.compression_config = CompressionConfig::None;
    // The default says which version of Argon2 is the newest.
    if let KdfConfig::Argon2 { version, .. } | KdfConfig::Argon2id { version, .. } = config.kdf_config {
        config.kdf_config = KdfConfig::Argon2id { iterations: PASSES, memory: MEMORY, parallelism: 1, version };
    }
    config
}

fn to_database(archive: &Archive) -> Option<Database> {
    let mut database = Database::with_config(config());
    database.meta.generator = Some("Sealward".to_owned());
    database.meta.database_name = Some(clean(&archive.team));
    database.root_mut().name = clean(&archive.team);
    let root = database.root().id();
    for vault in &archive.vaults {
        add_group(&mut database, root, vault.id, &vault.details.name, &vault.details.description)?;
    }
    let place = |container| match container {
        Container::Vault(at) => archive.vaults.get(at).map(|vault| group_id(vault.id)),
        Container::Group(at) => archive.groups.get(at).map(|group| group_id(group.id)),
    };
    for group in &archive.groups {
        add_group(&mut database, place(group.parent)?, group.id, &group.details.name, &group.details.notes)?;
    }
    let mut count = vec![0_usize; archive.resources.len()];
    for account in &archive.accounts {
        *count.get_mut(account.resource)? += 1;
    }
    let mut seen = vec![false; archive.resources.len()];
    for account in &archive.accounts {
        let resource = archive.resources.get(account.resource)?;
        let shared = count.get(account.resource).is_some_and(|count| *count > 1);
        let mut group = database.group_mut(place(resource.parent)?)?;
        let mut entry = group.add_entry_with_id(entry_id(account.id)).ok()?;
        write_resource(&mut entry, resource);
        write_account(&mut entry, archive, resource, account, shared);
        // The files of a resource stand once, on its first account.
        if !std::mem::replace(seen.get_mut(account.resource)?, true) {
            attach(&mut entry, archive, files_of(&resource.details.custom_fields));
        }
    }
    for (resource, _) in archive.resources.iter().zip(count).filter(|(_, count)| *count == 0) {
        let mut group = database.group_mut(place(resource.parent)?)?;
        let mut entry = group.add_entry_with_id(entry_id(resource.id)).ok()?;
        write_resource(&mut entry, resource);
        entry.set_unprotected(fields::TITLE, clean(&resource.details.name));
        entry.tags = resource.details.tags.iter().map(|tag| clean(tag)).collect();
        set_times(&mut entry.times, resource.details.created, resource.details.changed, None);
        write_fields(&mut entry, &resource.details.custom_fields, None);
        attach(&mut entry, archive, files_of(&resource.details.custom_fields));
    }
    Some(database)
}

fn add_group(database: &mut Database, parent: GroupId, id: ObjectId, name: &str, notes: &str) -> Option<()> {
    let mut parent = database.group_mut(parent)?;
    let mut group = parent.add_group_with_id(group_id(id)).ok()?;
    group.name = clean(name);
    group.notes = Some(clean(notes)).filter(|notes| !notes.is_empty());
    Some(())
}

fn group_id(id: ObjectId) -> GroupId {
    Uuid::from_bytes(id.0).into()
}

fn entry_id(id: ObjectId) -> EntryId {
    Uuid::from_bytes(id.0).into()
}

fn write_resource(entry: &mut EntryMut<'_>, resource: &ArchivedResource) {
    let details = &resource.details;
    entry.set_unprotected(fields::URL, clean(&details.url));
    let values = [
        &details.resource_type,
        &details.dns_name,
        &details.description,
        &details.notes,
        &details.department,
        &details.location,
        &details.owner,
    ];
    for (name, value) in names::RESOURCE.into_iter().zip(values).filter(|(_, value)| !value.is_empty()) {
        entry.set_unprotected(name, clean(value));
    }
    note(entry, names::RESOURCE_ID, &resource.id.to_string());
    note(entry, names::RESOURCE_NAME, &details.name);
    if !details.tags.is_empty() {
        note(entry, names::RESOURCE_TAGS, &details.tags.join("\n"));
    }
}

fn write_account(
    entry: &mut EntryMut<'_>,
    archive: &Archive,
    resource: &ArchivedResource,
    account: &ArchivedAccount,
    shared: bool,
) {
    let (details, secret) = (&account.details, account.secret.as_ref());
    let title =
        if shared { format!("{} – {}", resource.details.name, details.name) } else { resource.details.name.clone() };
    entry.set_unprotected(fields::TITLE, clean(&title));
    entry.set_unprotected(fields::USERNAME, clean(&details.user_name));
    entry.set_unprotected(fields::NOTES, clean(&details.notes));
    entry.set_protected(fields::PASSWORD, clean(secret.map_or("", |secret| secret.value.expose())));
    if details.name != details.user_name {
        entry.set_unprotected(names::ACCOUNT, clean(&details.name));
    }
    if let Some(seed) = secret.and_then(|secret| secret.otp_seed.as_ref()) {
        entry.set_protected(fields::OTP, otp_url(seed, &title, details));
    }
    let mut tags: Vec<String> = Vec::new();
    for tag in details.tags.iter().chain(&resource.details.tags) {
        if !tags.contains(tag) {
            tags.push(clean(tag));
        }
    }
    entry.tags = tags;
    set_times(&mut entry.times, details.created, details.changed, details.expiry);
    write_fields(entry, &resource.details.custom_fields, None);
    let hidden = write_fields(entry, &details.custom_fields, secret);
    note(entry, names::SECRET_TYPE, type_name(details.secret_type));
    if details.privileged {
        note(entry, names::PRIVILEGED, "yes");
    }
    if !details.active {
        note(entry, names::INACTIVE, "yes");
    }
    // History is written before attachments: an earlier version has none of its own.
    let past = history(entry, &account.past, details, |version, secret| {
        match &secret.otp_seed {
            Some(seed) => version.set_protected(fields::OTP, otp_url(seed, &title, details)),
            None => drop(version.fields.remove(fields::OTP)),
        }
        for (label, name) in &hidden {
            let value = secret.hidden(label).map_or("", |value| value.expose());
            version.set_protected(name, clean(value));
        }
    });
    entry.history = Some(past);
    let beside = details.files.iter().flatten().chain(&details.secret_file);
    attach(entry, archive, beside.chain(files_of(&details.custom_fields)));
}

fn files_of(fields: &[CustomField]) -> impl Iterator<Item = &FileRef> {
    fields.iter().filter_map(|field| match &field.value {
        CustomValue::File(file) => Some(file),
        CustomValue::Text(_) | CustomValue::Date(_) | CustomValue::Hidden => None,
    })
}

/// Attaches the files of which the archive has the bytes.
fn attach<'f>(entry: &mut EntryMut<'_>, archive: &Archive, files: impl Iterator<Item = &'f FileRef>) {
    for file in files {
        if let Some(bytes) = archive.file(file) {
            let name = free_name(&clean(&file.name), |name| entry.as_ref().attachment_by_name(name).is_some());
            entry.add_attachment(name, Value::unprotected(bytes.to_vec()));
        }
    }
}

/// Earlier secrets: the same entry with another password, one-time code and hidden values (`fill`), last changed when that
/// secret began to be used.
fn history(
    entry: &EntryMut<'_>,
    past: &[PastSecret],
    details: &AccountDetails,
    fill: impl Fn(&mut Entry, &SecretPayload),
) -> History {
    let mut history = History::default();
    let begins = past.iter().skip(1).map(|older| older.until).chain([details.created]);
    // Each is put before those that are there, so that the oldest comes first, as in KeePass.
    for (PastSecret { secret, .. }, began) in past.iter().zip(begins) {
        let mut version: Entry = Entry::clone(entry);
        version.set_protected(fields::PASSWORD, clean(secret.value.expose()));
        fill(&mut version, secret);
        set_times(&mut version.times, details.created, began, None);
        history.add_entry(version);
    }
    history
}

/// Writes custom fields; gives the labels of the hidden ones with the names that they have in the entry.
fn write_fields(
    entry: &mut EntryMut<'_>,
    custom: &[CustomField],
    secret: Option<&SecretPayload>,
) -> Vec<(String, String)> {
    let mut hidden = Vec::new();
    for field in custom {
        let label = free_name(&clean(&field.label), |label| entry.fields.contains_key(label));
        match &field.value {
            CustomValue::Text(text) => entry.set_unprotected(label, clean(text)),
            CustomValue::Date(date) => entry.set_unprotected(label, day_text(*date)),
            CustomValue::Hidden => {
                let value = secret.and_then(|secret| secret.hidden(&field.label));
                entry.set_protected(&label, clean(value.map_or("", |value| value.expose())));
                hidden.push((field.label.clone(), label));
            }
            // The file itself is an attachment.
            CustomValue::File(file) => entry.set_unprotected(label, clean(&file.name)),
        }
    }
    hidden
}

/// A name that is not taken yet.
fn free_name(name: &str, taken: impl Fn(&str) -> bool) -> String {
    let mut free = name.to_owned();
    let mut number = 2;
    while taken(&free) || free.is_empty() {
        free = format!("{name} ({number})").trim_start().to_owned();
        number += 1;
    }
    free
}

/// Programs of the KeePass family read a URL, not a bare seed.
fn otp_url(seed: &SecretText, title: &str, details: &AccountDetails) -> String {
    if seed.expose().trim_start().starts_with("otpauth://") {
        return clean(seed.expose());
    }
    let bare: String = seed.expose().chars().filter(|c| !c.is_whitespace() && !matches!(c, '-' | '=')).collect();
    let (issuer, user) = (percent_encoded(title), percent_encoded(&details.user_name));
    format!("otpauth://totp/{issuer}:{user}?secret={}&issuer={issuer}", bare.to_uppercase())
}

/// RFC 3986, section 2.1: all but what is unreserved.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            encoded.push(char::from(byte));
        } else {
            encoded += &format!("%{byte:02X}");
        }
    }
    encoded
}

fn set_times(times: &mut Times, created: Timestamp, changed: Timestamp, expiry: Option<Day>) {
    let at = |time: Timestamp| {
        let seconds = i64::try_from(time.0 / 1_000).ok().filter(|seconds| *seconds > 0)?;
        chrono::DateTime::from_timestamp(seconds, 0).map(|time| time.naive_utc())
    };
    times.creation = at(created).or_else(|| at(changed));
    times.last_modification = at(changed).or_else(|| at(created));
    times.last_access = times.last_modification;
    times.location_changed = times.creation;
    times.expires = Some(expiry.is_some());
    let expires = expiry.and_then(|Day(day)| chrono::DateTime::from_timestamp(i64::from(day) * 86_400, 0));
    times.expiry = expires.map_or_else(Times::epoch, |time| time.naive_utc());
}

fn note(entry: &mut EntryMut<'_>, name: &str, value: &str) {
    let value = Some(CustomDataValue::String(clean(value)));
    entry.custom_data.insert(name.to_owned(), CustomDataItem { value, last_modification_time: None });
}

/// XML has no place for most control characters.
fn clean(text: &str) -> String {
    text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t' | '\r')).collect()
}
