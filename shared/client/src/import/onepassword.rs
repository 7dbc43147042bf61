//! 1Password's unencrypted export, 1pux: a zip with `export.data` (JSON) and `files/`. A vault becomes a group; what was
//! archived is no longer in use and tagged.

use super::archive::Archive;
use super::draft::{Draft, line};
use super::entry::{Entry, FAVOURITE, type_of};
use super::json::{self, Secret};
use super::plan::{PastPassword, PlannedFile};
use super::refusal::{ImportError, Part, Reason};
use super::time::{last_day, since_1970};
use super::{FileText, Progress, thousandths};
use crate::model::{Day, SecretText, SecretType};
use core::ops::Range;
use serde::Deserialize;
use serde_json::value::RawValue;

/// An export that is being read.
pub(super) struct Export {
    text: FileText,
    archive: Option<Archive>,
    /// Where each item stands in the text, and the vault that it is in.
    items: Vec<(Range<usize>, Vec<String>)>,
    next: usize,
}

#[derive(Deserialize)]
struct File<'a> {
    #[serde(borrow)]
    accounts: Vec<Account<'a>>,
}

#[derive(Deserialize)]
struct Account<'a> {
    #[serde(default)]
    attrs: Attributes,
    #[serde(borrow, default)]
    vaults: Option<Vec<Vault<'a>>>,
}

#[derive(Deserialize)]
struct Vault<'a> {
    #[serde(default)]
    attrs: Attributes,
    #[serde(borrow, default)]
    items: Option<Vec<&'a RawValue>>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Attributes {
    name: String,
    account_name: String,
}

/// Older exports have a box around each item.
#[derive(Deserialize)]
struct Boxed {
    item: Item,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Item {
    #[serde(default)]
    uuid: String,
    #[serde(default)]
    fav_index: i64,
    #[serde(default)]
    created_at: Option<u64>,
    #[serde(default)]
    updated_at: Option<u64>,
    #[serde(default)]
    state: String,
    #[serde(default)]
    trashed: bool,
    category_uuid: String,
    #[serde(default)]
    details: Details,
    #[serde(default)]
    overview: Overview,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Overview {
    title: String,
    url: Option<String>,
    urls: Option<Vec<Url>>,
    tags: Option<Vec<String>>,
}

#[derive(Deserialize)]
struct Url {
    #[serde(default)]
    url: String,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Details {
    login_fields: Option<Vec<Option<LoginField>>>,
    notes_plain: Secret,
    sections: Option<Vec<Option<Section>>>,
    password_history: Option<Vec<Option<Past>>>,
    document_attributes: Option<Document>,
    password: Secret,
    passkey: Option<serde::de::IgnoredAny>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct LoginField {
    #[serde(default)]
    value: Flexible,
    #[serde(default)]
    id: String,
    #[serde(default)]
    name: String,
    #[serde(default)]
    field_type: String,
    #[serde(default)]
    designation: Option<String>,
}

#[derive(Deserialize)]
struct Section {
    #[serde(default)]
    fields: Option<Vec<Field>>,
}

#[derive(Deserialize)]
struct Field {
    #[serde(default)]
    title: String,
    #[serde(default)]
    id: String,
    #[serde(default)]
    value: Value,
}

#[derive(Deserialize)]
struct Past {
    #[serde(default)]
    value: Secret,
    #[serde(default)]
    time: Option<u64>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Document {
    #[serde(default)]
    file_name: String,
    #[serde(default)]
    document_id: String,
}

/// The value of a field: one of these, by its type.
#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
struct Value {
    totp: Option<Secret>,
    concealed: Option<Secret>,
    string: Option<Secret>,
    credit_card_number: Option<Secret>,
    ssh_key: Option<SshKey>,
    date: Option<i64>,
    month_year: Option<u64>,
    email: Option<Flexible>,
    address: Option<Address>,
    file: Option<Document>,
    url: Option<Secret>,
    phone: Option<Secret>,
    menu: Option<Secret>,
    gender: Option<Secret>,
    credit_card_type: Option<Secret>,
    reference: Option<Secret>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SshKey {
    #[serde(default)]
    private_key: Secret,
    #[serde(default)]
    metadata: Option<SshMetadata>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct SshMetadata {
    #[serde(default)]
    public_key: Option<String>,
    #[serde(default)]
    fingerprint: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Address {
    street: Option<String>,
    city: Option<String>,
    state: Option<String>,
    zip: Option<String>,
    country: Option<String>,
}

/// A text, or an object that holds an address.
#[derive(Deserialize)]
#[serde(untagged)]
enum Flexible {
    Text(Secret),
    Object {
        #[serde(default)]
        email_address: Option<String>,
        #[serde(default)]
        string: Option<String>,
    },
}

impl Default for Flexible {
    fn default() -> Self {
        Self::Text(Secret::default())
    }
}

impl Flexible {
    fn into_text(self) -> SecretText {
        match self {
            Self::Text(text) => text.0,
            Self::Object { email_address, string } => SecretText::new(email_address.or(string).unwrap_or_default()),
        }
    }
}

impl Export {
    /// Finds vaults and items.
    pub(super) fn open(text: FileText, archive: Option<Archive>, draft: &mut Draft) -> Result<Self, ImportError> {
        let file: File<'_> = json::read(&text)?;
        let several = file.accounts.len() > 1;
        let mut items = Vec::new();
        let mut vaults = 0;
        for account in file.accounts {
            for vault in account.vaults.unwrap_or_default() {
                vaults += 1;
                let mut path = vec![vault.attrs.name];
                if several {
                    let of_account = [&account.attrs.account_name, &account.attrs.name].into_iter();
                    path.splice(0..0, of_account.filter(|name| !name.is_empty()).take(1).cloned());
                }
                draft.group_of(path.iter().map(String::as_str));
                let places = json::places(&text, &vault.items.unwrap_or_default())?;
                items.extend(places.into_iter().map(|place| (place, path.clone())));
            }
        }
        if vaults == 0 {
            return Err(ImportError::Empty);
        }
        if items.len() > super::ROW_LIMIT {
            return Err(ImportError::TooManyRows { limit: super::ROW_LIMIT });
        }
        Ok(Self { text, archive, items, next: 0 })
    }

    /// Reads up to `rows` items.
    pub(super) fn read(&mut self, rows: usize, draft: &mut Draft) -> Result<Progress, ImportError> {
        for _ in 0..rows {
            let Some((place, path)) = self.items.get(self.next).cloned() else { break };
            self.next += 1;
            draft.plan.rows += 1;
            let json = self.text.expose().get(place).unwrap_or_default();
            let read = serde_json::from_str::<Item>(json)
                .or_else(|error| serde_json::from_str::<Boxed>(json).map(|boxed| boxed.item).map_err(|_| error));
            match read {
                Err(_) => draft.reject(self.next, "", Reason::Malformed),
                Ok(item) => {
                    let name = item.overview.title.clone();
                    let taken = match understand(item, path, self.archive.as_mut())? {
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

fn understand(
    item: Item,
    path: Vec<String>,
    mut archive: Option<&mut Archive>,
) -> Result<Result<Entry, Reason>, ImportError> {
    if item.trashed || item.state == "trashed" {
        return Ok(Err(Reason::Deleted));
    }
    let (resource_type, secret_type) = category(&item.category_uuid);
    let Details { login_fields, notes_plain, sections, password_history, document_attributes, password, passkey } =
        item.details;
    let mut entry = Entry {
        source: "1password",
        id: item.uuid,
        path,
        name: item.overview.title,
        resource_type: resource_type.to_owned(),
        secret_type,
        is_archived: item.state == "archived",
        created: item.created_at.and_then(since_1970),
        changed: item.updated_at.and_then(since_1970),
        value: password.0,
        ..Entry::default()
    };
    if item.fav_index > 0 {
        entry.push_tag(FAVOURITE);
    }
    item.overview.tags.into_iter().flatten().for_each(|tag| entry.push_tag(&tag));
    let urls = item.overview.urls.into_iter().flatten().map(|url| url.url);
    for url in item.overview.url.into_iter().chain(urls).filter(|url| !url.is_empty()) {
        entry.push_url(&url);
    }
    for field in login_fields.into_iter().flatten().flatten() {
        take_login_field(field, &mut entry);
    }
    for field in sections.into_iter().flatten().flatten().flat_map(|section| section.fields.unwrap_or_default()) {
        if let Some(document) = take_field(field, &mut entry) {
            attach(document, archive.as_deref_mut(), &mut entry)?;
        }
    }
    if item.category_uuid == SECURE_NOTE && entry.value.is_empty() {
        entry.value = notes_plain.0;
    } else {
        notes_plain.0.expose().clone_into(&mut entry.notes);
    }
    if let Some(document) = document_attributes {
        attach(document, archive, &mut entry)?;
    }
    if entry.resource_type.is_empty() {
        type_of(&entry.url).clone_into(&mut entry.resource_type);
    }
    let past = |past: Past| PastPassword { value: past.value.0, until: past.time.and_then(since_1970) };
    entry.history = password_history.into_iter().flatten().flatten().map(past).collect();
    if passkey.is_some() {
        entry.left_out.push(Part::Passkey);
    }
    Ok(Ok(entry))
}

const SECURE_NOTE: &str = "003";

/// What the categories become.
fn category(id: &str) -> (&'static str, SecretType) {
    match id {
        "002" => ("Card", SecretType::Note),
        SECURE_NOTE => ("", SecretType::Note),
        "004" => ("Identity", SecretType::Note),
        "006" => ("Document", SecretType::Note),
        "100" => ("Software licence", SecretType::Note),
        "101" => ("Bank account", SecretType::Note),
        "102" => ("Database", SecretType::Password),
        "103" => ("Driving licence", SecretType::Note),
        "104" => ("Outdoor licence", SecretType::Note),
        "105" => ("Membership", SecretType::Note),
        "106" => ("Passport", SecretType::Note),
        "107" => ("Rewards", SecretType::Note),
        "108" => ("Social security number", SecretType::Note),
        "109" => ("Router", SecretType::Password),
        "110" => ("Server", SecretType::Password),
        "111" => ("E-mail", SecretType::Password),
        "112" => ("API", SecretType::ApiKey),
        "113" => ("Medical record", SecretType::Note),
        "114" => ("", SecretType::SshKey),
        "115" => ("Crypto wallet", SecretType::Note),
        _ => ("", SecretType::Password),
    }
}

fn take_login_field(field: LoginField, entry: &mut Entry) {
    let text = field.value.into_text();
    let label = if field.name.is_empty() { &field.id } else { &field.name };
    match (field.designation.as_deref(), field.field_type.as_str()) {
        (Some("username"), _) if entry.user_name.is_empty() => entry.user_name = line(text.expose()),
        (Some("password"), _) if entry.value.is_empty() => entry.value = text,
        // Check boxes and buttons of the page that the login was saved on.
        (_, "B" | "C" | "I" | "S" | "R") => {}
        (_, "P") | (Some("password"), _) => entry.fields.push_hidden(label, text),
        _ => entry.fields.push_text(label, text.expose()),
    }
}

/// Takes a field of a section; gives back the file that it names, if it names one.
fn take_field(field: Field, entry: &mut Entry) -> Option<Document> {
    let Field { title, id, value } = field;
    let label = if title.is_empty() { &id } else { &title };
    let Value { totp, concealed, string, credit_card_number, ssh_key, date, month_year, email, address, .. } = value;
    if let Some(seed) = totp {
        entry.push_otp(label, seed.0);
    } else if let Some(text) = concealed.or(credit_card_number) {
        // The secret itself has a fixed id in each category.
        let is_secret =
            matches!(id.as_str(), "password" | "credential" | "ccnum" | "wireless_password" | "pop_password");
        if is_secret && entry.value.is_empty() {
            entry.value = text.0;
        } else {
            entry.fields.push_hidden(label, text.0);
        }
    } else if let Some(key) = ssh_key {
        if entry.value.is_empty() {
            entry.value = key.private_key.0;
        } else {
            entry.fields.push_hidden(label, key.private_key.0);
        }
        if let Some(metadata) = key.metadata {
            entry.fields.push_texts([("Public key", metadata.public_key), ("Fingerprint", metadata.fingerprint)]);
        }
    } else if let Some(seconds) = date {
        let day = i32::try_from(seconds.div_euclid(86_400)).map(Day);
        match day {
            Ok(day) if matches!(id.as_str(), "expires" | "expiry_date" | "expiry") => entry.expiry = Some(day),
            Ok(day) => entry.fields.push_day(label, day),
            Err(_) => {}
        }
    } else if let Some(month) = month_year {
        let (year, month) = (month / 100, month % 100);
        match last_day(&year.to_string(), &month.to_string()) {
            Some(day) if matches!(id.as_str(), "expiry" | "expiry_date" | "expires") => entry.expiry = Some(day),
            _ => entry.fields.push_text(label, &format!("{year:04}-{month:02}")),
        }
    } else if let Some(email) = email {
        take_text(&id, label, &email.into_text(), entry);
    } else if let Some(Address { street, city, state, zip, country }) = address {
        let parts = [street, city, state, zip, country].into_iter().flatten().filter(|part| !part.is_empty());
        entry.fields.push_text(label, &parts.collect::<Vec<_>>().join(", "));
    } else if value.file.is_some() {
        return value.file;
    } else {
        let texts = [string, value.url, value.phone, value.menu, value.gender, value.credit_card_type, value.reference];
        if let Some(text) = texts.into_iter().flatten().next() {
            take_text(&id, label, &text.0, entry);
        }
    }
    None
}

/// User names and addresses have fixed ids, too.
fn take_text(id: &str, label: &str, text: &SecretText, entry: &mut Entry) {
    let text = text.expose();
    match id {
        "username" | "cardholder" | "owner" | "pop_username" if entry.user_name.is_empty() => {
            entry.user_name = line(text);
        }
        "hostname" | "server" | "pop_server" if entry.dns_name.is_empty() => entry.dns_name = line(text),
        "url" | "website" | "admin_console_url" if !text.is_empty() => entry.push_url(text),
        _ => entry.fields.push_text(label, text),
    }
}

fn attach(document: Document, archive: Option<&mut Archive>, entry: &mut Entry) -> Result<(), ImportError> {
    let path = format!("files/{}__{}", document.document_id, document.file_name);
    let bytes = match archive {
        Some(archive) => archive.bytes(&path)?,
        None => None,
    };
    match bytes {
        Some(bytes) => {
            let name = line(&document.file_name);
            entry.attachments.push(PlannedFile::beside(name, bytes));
        }
        None => entry.left_out.push(Part::File),
    }
    Ok(())
}
