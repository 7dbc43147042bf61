//! JSON in the clear: the tree as people know it. `docs/export-formats.md` names the fields.

use super::archive::{Archive, ArchivedAccount, ArchivedResource, Container, PastSecret};
use super::csv::type_name;
use crate::import::time::day_text;
use crate::model::{CustomField, CustomValue, Day, FileRef, PolicyRef, SecretPayload};
use sealward_contract::ids::Timestamp;
use serde_json::{Map, Value, json};
use zeroize::Zeroizing;

/// What `format` says.
pub const FORMAT: &str = "sealward-json";
/// What `version` says.
pub const VERSION: u32 = 1;

/// Writes the file.
#[must_use]
pub fn write(archive: &Archive) -> Zeroizing<Vec<u8>> {
    let vaults = archive.vaults.iter().enumerate().map(|(at, vault)| {
        let mut written = json!({
            "id": vault.id.to_string(),
            "name": vault.details.name,
            "description": vault.details.description,
        });
        inside(archive, Container::Vault(at), &mut written);
        written
    });
    let file = json!({
        "format": FORMAT,
        "version": VERSION,
        "team": archive.team,
        "written": time(archive.written),
        "vaults": vaults.collect::<Vec<_>>(),
    });
    let mut bytes = Zeroizing::new(Vec::new());
    // Writing to a Vec cannot fail.
    let written = serde_json::to_writer_pretty(&mut *bytes, &file);
    debug_assert!(written.is_ok(), "values encode infallibly");
    bytes
}

/// Groups and resources that stand directly in something.
fn inside(archive: &Archive, container: Container, to: &mut Value) {
    let groups = archive.groups.iter().enumerate().filter(|(_, group)| group.parent == container).map(|(at, group)| {
        let mut written = json!({
            "id": group.id.to_string(),
            "name": group.details.name,
            "notes": group.details.notes,
        });
        inside(archive, Container::Group(at), &mut written);
        written
    });
    let resources = archive.resources.iter().enumerate().filter(|(_, resource)| resource.parent == container);
    let resources = resources.map(|(at, written)| resource(archive, at, written));
    let (groups, resources): (Vec<Value>, Vec<Value>) = (groups.collect(), resources.collect());
    if let Value::Object(fields) = to {
        fields.insert("groups".to_owned(), groups.into());
        fields.insert("resources".to_owned(), resources.into());
    }
}

fn resource(archive: &Archive, at: usize, resource: &ArchivedResource) -> Value {
    let details = &resource.details;
    let accounts = archive.accounts.iter().filter(|account| account.resource == at).map(account);
    json!({
        "id": resource.id.to_string(),
        "name": details.name,
        "type": details.resource_type,
        "url": details.url,
        "dns_name": details.dns_name,
        "description": details.description,
        "notes": details.notes,
        "department": details.department,
        "location": details.location,
        "owner": details.owner,
        "tags": details.tags,
        "fields": fields(&details.custom_fields, None),
        "policy": details.policy.as_ref().map(policy),
        "created": time(details.created),
        "changed": time(details.changed),
        "accounts": accounts.collect::<Vec<_>>(),
    })
}

fn account(account: &ArchivedAccount) -> Value {
    let details = &account.details;
    let secret = account.secret.as_ref();
    let past = account.past.iter().map(|PastSecret { until, secret }| {
        let hidden = secret.hidden.iter().map(|field| json!({ "label": field.label, "value": field.value.expose() }));
        json!({
            "until": time(*until),
            "secret": secret.value.expose(),
            "one_time_code": secret.otp_seed.as_ref().map(|seed| seed.expose()),
            "hidden": hidden.collect::<Vec<_>>(),
        })
    });
    json!({
        "id": account.id.to_string(),
        "name": details.name,
        "user_name": details.user_name,
        "secret_type": type_name(details.secret_type),
        "secret": secret.map(|secret| secret.value.expose()),
        "one_time_code": secret.and_then(|secret| secret.otp_seed.as_ref()).map(|seed| seed.expose()),
        "privileged": details.privileged,
        "active": details.active,
        "expiry": details.expiry.map(day_text),
        "notes": details.notes,
        "tags": details.tags,
        "fields": fields(&details.custom_fields, secret),
        "files": details.files.iter().flatten().chain(&details.secret_file).map(file).collect::<Vec<_>>(),
        "policy": details.policy.as_ref().map(policy),
        "history": past.collect::<Vec<_>>(),
        "created": time(details.created),
        "changed": time(details.changed),
    })
}

fn fields(fields: &[CustomField], secret: Option<&SecretPayload>) -> Vec<Value> {
    let field = |field: &CustomField| {
        let mut written = Map::new();
        written.insert("label".to_owned(), field.label.clone().into());
        let (kind, value) = match &field.value {
            CustomValue::Text(text) => ("text", text.clone().into()),
            CustomValue::Date(date) => ("date", day_text(*date).into()),
            CustomValue::Hidden => {
                let value = secret.and_then(|secret| secret.hidden(&field.label));
                ("hidden", value.map_or(Value::Null, |value| value.expose().into()))
            }
            CustomValue::File(named) => ("file", file(named)),
        };
        written.insert("kind".to_owned(), kind.into());
        written.insert("value".to_owned(), value);
        Value::Object(written)
    };
    fields.iter().map(field).collect()
}

/// A file by its name: its bytes are in backups and KDBX only.
fn file(file: &FileRef) -> Value {
    json!({ "name": file.name, "media_type": file.media_type, "length": file.length })
}

fn policy(policy: &PolicyRef) -> Value {
    serde_json::to_value(policy).unwrap_or_default()
}

/// `2026-11-29T12:34:56Z` (RFC 3339); empty when nobody knows.
pub(super) fn time(time: Timestamp) -> String {
    if time == Timestamp::default() {
        return String::new();
    }
    let (of_day, seconds) = (day_text(Day::of(time)), time.0 / 1_000 % 86_400);
    format!("{of_day}T{:02}:{:02}:{:02}Z", seconds / 3_600, seconds / 60 % 60, seconds % 60)
}
