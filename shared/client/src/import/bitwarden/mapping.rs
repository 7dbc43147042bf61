//! From an item to a resource with one account. What Bitwarden hides becomes secret here, the rest catalog; a secure
//! note is secret as a whole.

use super::Containers;
use super::item::{Card, Identity as Person, Item, Login, PastPassword, SshKey};
use crate::import::draft::{Draft, Fields, line};
use crate::import::plan::{Identity, PastPassword as Past, PlannedAccount, PlannedResource};
use crate::import::refusal::{LeftOut, Part, Reason};
use crate::model::{AccountDetails, Day, ResourceDetails, SecretPayload, SecretText, SecretType, limits};
use sealward_contract::ids::Timestamp;

/// What the kinds of items differ in.
#[derive(Default)]
struct Content {
    resource_type: &'static str,
    url: String,
    user_name: String,
    notes: String,
    secret_type: SecretType,
    value: SecretText,
    otp_seed: Option<SecretText>,
    expiry: Option<Day>,
}

/// Takes an item into the draft, or says why not.
pub(super) fn take(mut item: Item, row: usize, containers: &Containers, draft: &mut Draft) -> Result<(), Reason> {
    if item.deleted_date.is_some() {
        return Err(Reason::Deleted);
    }
    let passkey =
        item.login.as_ref().and_then(|login| login.fido2_credentials.as_ref()).is_some_and(|keys| !keys.is_empty());
    let mut fields = Fields::default();
    let notes = core::mem::take(&mut item.notes).0;
    let content = match item.kind {
        1 => read_login(item.login.take().unwrap_or_default(), &notes, &mut fields),
        2 => Content { secret_type: SecretType::Note, value: notes, ..Content::default() },
        3 => read_card(item.card.take().unwrap_or_default(), &notes, &mut fields),
        4 => read_person(item.identity.take().unwrap_or_default(), &notes, &mut fields),
        5 => read_ssh_key(item.ssh_key.take().unwrap_or_default(), &notes, &mut fields),
        _ => return Err(Reason::UnknownKind),
    };
    for field in item.fields.take().into_iter().flatten() {
        let label = field.name.unwrap_or_default();
        match field.kind {
            1 => fields.push_hidden(&label, field.value.0),
            // A linked field only repeats another one.
            3 => {}
            _ => fields.push_text(&label, field.value.0.expose()),
        }
    }
    let name =
        [line(&item.name), host(&content.url), content.user_name.clone()].into_iter().find(|name| !name.is_empty());
    let name = name.ok_or(Reason::NoName)?;
    let (path, tags) = place(&item, containers);
    let group = path.and_then(|path| draft.group(path));
    let source_id = item.id.take().filter(|id| !id.is_empty()).map(|id| format!("bitwarden:{id}"));
    let created = item.creation_date.as_deref().and_then(time).unwrap_or(draft.now);
    let changed = item.revision_date.as_deref().and_then(time).unwrap_or(created);
    // Old exports have no ids: the same item is then known by what it is called.
    let identity = match &source_id {
        Some(id) => Identity::SourceId(id.clone()),
        None => {
            let columns = ["bitwarden", path.unwrap_or_default(), &name, &content.url, &content.user_name];
            let mut columns: Vec<String> = columns.map(str::to_owned).into();
            if let Some(number) = draft.repetition(&Identity::Columns(columns.clone())) {
                columns.push(number.to_string());
            }
            Identity::Columns(columns)
        }
    };
    let details = ResourceDetails {
        name: name.clone(),
        resource_type: content.resource_type.to_owned(),
        url: content.url,
        created,
        changed,
        source_id: source_id.clone(),
        ..ResourceDetails::default()
    };
    let resource = PlannedResource { group, details, identity: identity.clone() };
    let history = item.password_history.take().unwrap_or_default().into_iter().map(past).collect();
    draft.take(Err(resource), |resource| PlannedAccount {
        resource,
        details: AccountDetails {
            name: if content.user_name.is_empty() { name.clone() } else { content.user_name.clone() },
            user_name: content.user_name,
            secret_type: content.secret_type,
            expiry: content.expiry,
            notes: content.notes,
            custom_fields: fields.plain,
            tags,
            created,
            changed,
            source_id,
            ..AccountDetails::default()
        },
        secret: SecretPayload { value: content.value, hidden: fields.hidden, otp_seed: content.otp_seed },
        history,
        identity,
        row,
    })?;
    if passkey {
        draft.plan.left_out.push(LeftOut { row, name, part: Part::Passkey });
    }
    Ok(())
}

fn read_login(login: Login, notes: &SecretText, fields: &mut Fields) -> Content {
    let mut uris = login.uris.unwrap_or_default().into_iter().filter_map(|uri| uri.uri).map(|uri| line(&uri));
    let url = uris.next().unwrap_or_default();
    for uri in uris.filter(|uri| !uri.is_empty()) {
        fields.push_text("URL", &uri);
    }
    Content {
        resource_type: if url.starts_with("http") { "Website" } else { "" },
        url,
        user_name: line(&login.username.unwrap_or_default()),
        notes: notes.expose().to_owned(),
        secret_type: SecretType::Password,
        value: login.password.0,
        otp_seed: Some(login.totp.0).filter(|seed| !seed.is_empty()),
        expiry: None,
    }
}

fn read_card(card: Card, notes: &SecretText, fields: &mut Fields) -> Content {
    push_texts(fields, [("Brand", card.brand)]);
    let (month, year) = (card.exp_month.unwrap_or_default(), card.exp_year.unwrap_or_default());
    let expiry = last_day(&year, &month);
    if expiry.is_none() && !(month.is_empty() && year.is_empty()) {
        fields.push_text("Expiry", &format!("{month}/{year}"));
    }
    push_hidden(fields, [("Code", card.code.0)]);
    Content {
        resource_type: "Card",
        user_name: line(&card.cardholder_name.unwrap_or_default()),
        notes: notes.expose().to_owned(),
        secret_type: SecretType::Note,
        value: card.number.0,
        expiry,
        ..Content::default()
    }
}

fn read_person(person: Person, notes: &SecretText, fields: &mut Fields) -> Content {
    let user_name = person.username.clone().or_else(|| person.email.clone()).unwrap_or_default();
    push_texts(
        fields,
        [
            ("Title", person.title),
            ("First name", person.first_name),
            ("Middle name", person.middle_name),
            ("Last name", person.last_name),
            ("Company", person.company),
            ("E-mail", person.email),
            ("Telephone", person.phone),
            ("Address 1", person.address1),
            ("Address 2", person.address2),
            ("Address 3", person.address3),
            ("City", person.city),
            ("State", person.state),
            ("Postal code", person.postal_code),
            ("Country", person.country),
        ],
    );
    push_hidden(
        fields,
        [
            ("Social security number", person.ssn.0),
            ("Passport number", person.passport_number.0),
            ("Licence number", person.license_number.0),
        ],
    );
    Content {
        resource_type: "Identity",
        user_name: line(&user_name),
        notes: notes.expose().to_owned(),
        secret_type: SecretType::Note,
        ..Content::default()
    }
}

fn read_ssh_key(key: SshKey, notes: &SecretText, fields: &mut Fields) -> Content {
    push_texts(fields, [("Public key", key.public_key), ("Fingerprint", key.key_fingerprint)]);
    Content {
        notes: notes.expose().to_owned(),
        secret_type: SecretType::SshKey,
        value: key.private_key.0,
        ..Content::default()
    }
}

fn push_texts<const N: usize>(fields: &mut Fields, texts: [(&str, Option<String>); N]) {
    for (label, value) in texts {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            fields.push_text(label, &value);
        }
    }
}

fn push_hidden<const N: usize>(fields: &mut Fields, texts: [(&str, SecretText); N]) {
    for (label, value) in texts {
        if !value.is_empty() {
            fields.push_hidden(label, value);
        }
    }
}

fn past(past: PastPassword) -> Past {
    Past { value: past.password.0, until: past.last_used_date.as_deref().and_then(time) }
}

/// The path of the group that an item goes to, and its tags: a favourite's, and the further collections that it is in.
fn place<'a>(item: &Item, containers: &'a Containers) -> (Option<&'a str>, Vec<String>) {
    let ids = item.folder_id.iter().chain(item.collection_ids.iter().flatten());
    let mut paths = ids.filter_map(|id| containers.get(id)).map(String::as_str);
    let path = paths.next();
    let mut tags: Vec<String> = Vec::new();
    for tag in item.favorite.then_some("favourite").into_iter().chain(paths) {
        let tag: String = line(tag).chars().take(limits::TAG).collect();
        if !tag.is_empty() && !tags.contains(&tag) && tags.len() < limits::TAGS {
            tags.push(tag);
        }
    }
    (path, tags)
}

fn host(url: &str) -> String {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    rest.split(['/', '?', '#']).next().unwrap_or_default().to_owned()
}

/// Reads `2023-01-02T03:04:05.678Z`, to the second.
fn time(text: &str) -> Option<Timestamp> {
    let (date, time) = text.split_once('T')?;
    let day = u64::try_from(Day::parse(date)?.0).ok()?;
    let mut parts = time.trim_end_matches('Z').splitn(3, ':').map(|part| part.split('.').next()?.parse::<u64>().ok());
    let (hours, minutes, seconds) = (parts.next()??, parts.next()??, parts.next()??);
    let valid = hours < 24 && minutes < 60 && seconds <= 60;
    valid.then(|| Timestamp((day * 86_400 + hours * 3_600 + minutes * 60 + seconds) * 1_000))
}

fn last_day(year: &str, month: &str) -> Option<Day> {
    let (mut year, month) = (year.trim().parse::<i32>().ok()?, month.trim().parse::<u32>().ok()?);
    if year < 100 {
        year += 2000;
    }
    (28..=31).rev().find_map(|day| Day::from_calendar(year, month, day))
}
