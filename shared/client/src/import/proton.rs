//! Proton Pass's unencrypted export: JSON in a zip, with attachments beside it. A vault becomes a group.

use super::archive::Archive;
use super::draft::{Draft, line};
use super::entry::{Entry, FAVOURITE, type_of};
use super::json::{self, Secret};
use super::plan::PlannedFile;
use super::refusal::{ImportError, Part, Reason};
use super::time::{day, last_day, since_1970};
use super::{FileText, Progress, thousandths};
use crate::model::SecretType;
use core::ops::Range;
use serde::Deserialize;
use serde_json::value::RawValue;
use std::collections::BTreeMap;

/// Where its parts lie in the zip.
pub(super) const DATA: &str = "Proton Pass/data.json";
/// The same, encrypted.
pub(super) const SEALED: &str = "Proton Pass/data.pgp";
const FILES: &str = "Proton Pass/files/";

/// An export that is being read.
pub(super) struct Export {
    text: FileText,
    archive: Option<Archive>,
    items: Vec<(Range<usize>, String)>,
    next: usize,
}

#[derive(Deserialize)]
struct File<'a> {
    #[serde(default)]
    encrypted: bool,
    #[serde(borrow)]
    vaults: BTreeMap<String, Vault<'a>>,
}

#[derive(Deserialize)]
struct Vault<'a> {
    #[serde(default)]
    name: String,
    #[serde(borrow, default)]
    items: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    #[serde(default)]
    item_id: String,
    data: Data,
    /// 1 in use, 2 in the bin.
    #[serde(default)]
    state: u8,
    #[serde(default)]
    create_time: Option<u64>,
    #[serde(default)]
    modify_time: Option<u64>,
    #[serde(default)]
    pinned: bool,
    #[serde(default)]
    files: Option<Vec<String>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Data {
    #[serde(default)]
    metadata: Metadata,
    #[serde(default)]
    extra_fields: Option<Vec<ExtraField>>,
    #[serde(rename = "type")]
    kind: String,
    #[serde(default)]
    content: Content,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Metadata {
    name: String,
    note: Secret,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExtraField {
    #[serde(default)]
    field_name: String,
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    data: ExtraData,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct ExtraData {
    content: Secret,
    totp_uri: Secret,
    timestamp: Option<Secret>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct ExtraSection {
    #[serde(default)]
    section_fields: Option<Vec<ExtraField>>,
}

/// What the kinds of items hold, in one list: each kind has its own part of it, and what has no name here stands in
/// `more`.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Content {
    item_email: String,
    item_username: String,
    username: String,
    password: Secret,
    urls: Option<Vec<String>>,
    totp_uri: Secret,
    passkeys: Option<Vec<serde::de::IgnoredAny>>,
    cardholder_name: String,
    number: Secret,
    verification_number: Secret,
    pin: Secret,
    expiration_date: String,
    private_key: Secret,
    public_key: Option<String>,
    ssid: String,
    social_security_number: Secret,
    passport_number: Secret,
    license_number: Secret,
    email: String,
    extra_personal_details: Option<Vec<ExtraField>>,
    extra_address_details: Option<Vec<ExtraField>>,
    extra_contact_details: Option<Vec<ExtraField>>,
    extra_work_details: Option<Vec<ExtraField>>,
    extra_sections: Option<Vec<ExtraSection>>,
    sections: Option<Vec<ExtraSection>>,
    #[serde(flatten)]
    more: BTreeMap<String, serde_json::Value>,
}

impl Export {
    /// Finds vaults and items.
    pub(super) fn open(text: FileText, archive: Option<Archive>, draft: &mut Draft) -> Result<Self, ImportError> {
        let file: File<'_> = json::read(&text)?;
        if file.encrypted {
            return Err(ImportError::Encrypted);
        }
        if file.vaults.is_empty() {
            return Err(ImportError::Empty);
        }
        let mut items = Vec::new();
        for vault in file.vaults.into_values() {
            draft.group_of([vault.name.as_str()]);
            let places = json::places(&text, &vault.items.unwrap_or_default())?;
            items.extend(places.into_iter().map(|place| (place, vault.name.clone())));
        }
        if items.len() > super::ROW_LIMIT {
            return Err(ImportError::TooManyRows { limit: super::ROW_LIMIT });
        }
        Ok(Self { text, archive, items, next: 0 })
    }

    /// Reads up to `rows` items.
    pub(super) fn read(&mut self, rows: usize, draft: &mut Draft) -> Result<Progress, ImportError> {
        for _ in 0..rows {
            let Some((place, vault)) = self.items.get(self.next).cloned() else { break };
            self.next += 1;
            draft.plan.rows += 1;
            match serde_json::from_str::<Item>(self.text.expose().get(place).unwrap_or_default()) {
                Err(_) => draft.reject(self.next, "", Reason::Malformed),
                Ok(item) => {
                    let name = item.data.metadata.name.clone();
                    let taken = match understand(item, vault, self.archive.as_mut())? {
                        Ok(entry) => entry.take(self.next, draft),
                        Err(reason) => Err(reason),
                    };
                    if let Err(reason) = taken {
                        draft.reject(self.next, &name, reason);
                    }
                }
            }
        }
        Ok(Progress { rows: draft.plan.rows, thousandths: thousandths(self.next, self.items.len()) })
    }
}

fn understand(item: Item, vault: String, archive: Option<&mut Archive>) -> Result<Result<Entry, Reason>, ImportError> {
    if item.state == 2 {
        return Ok(Err(Reason::Deleted));
    }
    let Data { metadata, extra_fields, kind, content } = item.data;
    let mut entry = Entry {
        source: "protonpass",
        id: item.item_id,
        path: vec![vault],
        name: metadata.name,
        created: item.create_time.and_then(since_1970),
        changed: item.modify_time.and_then(since_1970),
        ..Entry::default()
    };
    if item.pinned {
        entry.push_tag(FAVOURITE);
    }
    if kind == "note" {
        entry.secret_type = SecretType::Note;
        entry.value = metadata.note.0;
    } else {
        metadata.note.0.expose().clone_into(&mut entry.notes);
    }
    match kind.as_str() {
        "note" => {}
        // An alias forwards mail, and only Proton can do that.
        "alias" => return Ok(Err(Reason::Alias)),
        "login" | "creditCard" | "identity" | "sshKey" | "wifi" | "custom" => take_content(&kind, content, &mut entry),
        _ => return Ok(Err(Reason::UnknownKind)),
    }
    take_extra(extra_fields, &mut entry);
    attach(item.files.unwrap_or_default(), archive, &mut entry)?;
    Ok(Ok(entry))
}

fn take_content(kind: &str, content: Content, entry: &mut Entry) {
    content.urls.into_iter().flatten().for_each(|url| entry.push_url(&url));
    let users =
        [&content.item_username, &content.username, &content.item_email, &content.cardholder_name, &content.ssid];
    entry.user_name = users.into_iter().map(|user| line(user)).find(|user| !user.is_empty()).unwrap_or_default();
    if !content.item_email.is_empty() && line(&content.item_email) != entry.user_name {
        entry.fields.push_text("E-mail", &content.item_email);
    }
    entry.otp_seed = content.totp_uri.0;
    if content.passkeys.is_some_and(|keys| !keys.is_empty()) {
        entry.left_out.push(Part::Passkey);
    }
    match kind {
        "login" => type_of(&entry.url).clone_into(&mut entry.resource_type),
        "creditCard" => {
            entry.resource_type = "Card".to_owned();
            entry.secret_type = SecretType::Note;
        }
        "identity" => {
            entry.resource_type = "Identity".to_owned();
            entry.secret_type = SecretType::Note;
            entry.user_name = line(&content.email);
        }
        "sshKey" => entry.secret_type = SecretType::SshKey,
        _ => {}
    }
    let mut secrets = [content.password, content.private_key, content.number].into_iter().filter(|s| !s.0.is_empty());
    entry.value = secrets.next().unwrap_or_default().0;
    for further in secrets {
        entry.fields.push_hidden("", further.0);
    }
    // `2028-02`, and `022028` in older exports.
    let date = content.expiration_date;
    entry.expiry = match (date.split_once('-'), date.split_at_checked(2)) {
        (Some((year, month)), _) => last_day(year, month),
        (None, Some((month, year))) => last_day(year, month),
        _ => None,
    };
    if entry.expiry.is_none() {
        entry.fields.push_text("Expiry", &date);
    }
    entry.fields.push_hiddens([
        ("Code", content.verification_number.0),
        ("PIN", content.pin.0),
        ("Social security number", content.social_security_number.0),
        ("Passport number", content.passport_number.0),
        ("Licence number", content.license_number.0),
    ]);
    entry.fields.push_texts([("Public key", content.public_key)]);
    for (label, value) in content.more {
        if let serde_json::Value::String(text) = value {
            entry.fields.push_text(&words(&label), &text);
        }
    }
    let details = [
        content.extra_personal_details,
        content.extra_address_details,
        content.extra_contact_details,
        content.extra_work_details,
    ];
    details.into_iter().for_each(|fields| take_extra(fields, entry));
    let sections = content.extra_sections.into_iter().chain(content.sections).flatten();
    sections.for_each(|section| take_extra(section.section_fields, entry));
}

fn take_extra(fields: Option<Vec<ExtraField>>, entry: &mut Entry) {
    for ExtraField { field_name, kind, data } in fields.into_iter().flatten() {
        match kind.as_str() {
            "totp" => entry.push_otp(&field_name, data.totp_uri.0),
            "hidden" => entry.fields.push_hidden(&field_name, data.content.0),
            "timestamp" => {
                let text = data.timestamp.unwrap_or(data.content).0;
                match day(text.expose()) {
                    Some(day) => entry.fields.push_day(&field_name, day),
                    None => entry.fields.push_text(&field_name, text.expose()),
                }
            }
            _ => entry.fields.push_text(&field_name, data.content.0.expose()),
        }
    }
}

fn attach(names: Vec<String>, mut archive: Option<&mut Archive>, entry: &mut Entry) -> Result<(), ImportError> {
    for name in names {
        let bytes = match &mut archive {
            Some(archive) => archive.bytes(&format!("{FILES}{name}"))?,
            None => None,
        };
        match bytes {
            Some(bytes) => {
                entry.attachments.push(PlannedFile::beside(own_name(&name), bytes));
            }
            None => entry.left_out.push(Part::File),
        }
    }
    Ok(())
}

/// The export writes `passport.78e91fe938d5208c.pdf` for `passport.pdf`, so that no two files have the same name.
fn own_name(name: &str) -> String {
    let name = line(name.rsplit('/').next().unwrap_or(name));
    let mut parts: Vec<&str> = name.split('.').collect();
    let is_stamp = |part: &str| part.len() == 16 && part.bytes().all(|byte| byte.is_ascii_hexdigit());
    if let Some(at) = parts.iter().rposition(|part| is_stamp(part)).filter(|at| *at > 0) {
        parts.remove(at);
    }
    parts.join(".")
}

/// `phoneNumber` as a label.
fn words(name: &str) -> String {
    let mut words = String::new();
    for (at, letter) in name.char_indices() {
        if letter.is_uppercase() && at > 0 {
            words.push(' ');
            words.extend(letter.to_lowercase());
        } else if at == 0 {
            words.extend(letter.to_uppercase());
        } else {
            words.push(letter);
        }
    }
    words
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn files_get_their_own_names_back() {
        assert_eq!(own_name("passport.78e91fe938d5208c.pdf"), "passport.pdf");
        assert_eq!(own_name("receipts.78e91fe938d5208c"), "receipts");
        assert_eq!(own_name("plain.pdf"), "plain.pdf");
        assert_eq!(words("secondPhoneNumber"), "Second phone number");
    }
}
