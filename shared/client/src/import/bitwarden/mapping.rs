//! From an item to an entry. What Bitwarden hides becomes secret here, the rest catalog; a secure note is secret as a
//! whole.

use super::Containers;
use super::item::{Card, Identity as Person, Item, Login, PastPassword, SshKey};
use crate::import::draft::{Draft, line};
use crate::import::entry::{Entry, FAVOURITE, type_of};
use crate::import::plan::PastPassword as Past;
use crate::import::refusal::{Part, Reason};
use crate::import::time::{last_day, time};
use crate::model::SecretType;

/// Takes an item into the draft, or says why not.
pub(super) fn take(mut item: Item, row: usize, containers: &Containers, draft: &mut Draft) -> Result<(), Reason> {
    if item.deleted_date.is_some() {
        return Err(Reason::Deleted);
    }
    let mut entry = Entry {
        source: "bitwarden",
        id: item.id.take().unwrap_or_default(),
        name: core::mem::take(&mut item.name),
        is_archived: item.archived_date.is_some(),
        created: item.creation_date.as_deref().and_then(time),
        changed: item.revision_date.as_deref().and_then(time),
        history: item.password_history.take().unwrap_or_default().into_iter().map(past).collect(),
        ..Entry::default()
    };
    let notes = core::mem::take(&mut item.notes).0;
    if item.kind == 2 {
        entry.secret_type = SecretType::Note;
        entry.value = notes;
    } else {
        notes.expose().clone_into(&mut entry.notes);
    }
    match item.kind {
        1 => read_login(item.login.take().unwrap_or_default(), &mut entry),
        2 => {}
        3 => read_card(item.card.take().unwrap_or_default(), &mut entry),
        4 => read_person(item.identity.take().unwrap_or_default(), &mut entry),
        5 => read_ssh_key(item.ssh_key.take().unwrap_or_default(), &mut entry),
        _ => return Err(Reason::UnknownKind),
    }
    for field in item.fields.take().into_iter().flatten() {
        let label = field.name.unwrap_or_default();
        match field.kind {
            1 => entry.fields.push_hidden(&label, field.value.0),
            // A linked field only repeats another one.
            3 => {}
            _ => entry.fields.push_text(&label, field.value.0.expose()),
        }
    }
    place(&item, containers, &mut entry);
    entry.take(row, draft)
}

fn read_login(login: Login, entry: &mut Entry) {
    for uri in login.uris.unwrap_or_default().into_iter().filter_map(|uri| uri.uri) {
        entry.push_url(&uri);
    }
    entry.resource_type = type_of(&entry.url).to_owned();
    entry.user_name = line(&login.username.unwrap_or_default());
    entry.value = login.password.0;
    entry.otp_seed = login.totp.0;
    if login.fido2_credentials.is_some_and(|keys| !keys.is_empty()) {
        entry.left_out.push(Part::Passkey);
    }
}

fn read_card(card: Card, entry: &mut Entry) {
    entry.resource_type = "Card".to_owned();
    entry.secret_type = SecretType::Note;
    entry.user_name = line(&card.cardholder_name.unwrap_or_default());
    entry.value = card.number.0;
    entry.fields.push_texts([("Brand", card.brand)]);
    let (month, year) = (card.exp_month.unwrap_or_default(), card.exp_year.unwrap_or_default());
    entry.expiry = last_day(&year, &month);
    if entry.expiry.is_none() && !(month.is_empty() && year.is_empty()) {
        entry.fields.push_text("Expiry", &format!("{month}/{year}"));
    }
    entry.fields.push_hiddens([("Code", card.code.0)]);
}

fn read_person(person: Person, entry: &mut Entry) {
    entry.resource_type = "Identity".to_owned();
    entry.secret_type = SecretType::Note;
    entry.user_name = line(&person.username.clone().or_else(|| person.email.clone()).unwrap_or_default());
    entry.fields.push_texts([
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
    ]);
    entry.fields.push_hiddens([
        ("Social security number", person.ssn.0),
        ("Passport number", person.passport_number.0),
        ("Licence number", person.license_number.0),
    ]);
}

fn read_ssh_key(key: SshKey, entry: &mut Entry) {
    entry.secret_type = SecretType::SshKey;
    entry.value = key.private_key.0;
    entry.fields.push_texts([("Public key", key.public_key), ("Fingerprint", key.key_fingerprint)]);
}

fn past(past: PastPassword) -> Past {
    Past { value: past.password.0, until: past.last_used_date.as_deref().and_then(time) }
}

/// The path of the group that an item goes to, and its tags: a favourite's, and the further collections that it is in.
fn place(item: &Item, containers: &Containers, entry: &mut Entry) {
    if item.favorite {
        entry.push_tag(FAVOURITE);
    }
    let ids = item.folder_id.iter().chain(item.collection_ids.iter().flatten());
    let mut paths = ids.filter_map(|id| containers.get(id));
    if let Some(path) = paths.next() {
        entry.path = path.split('/').map(str::to_owned).collect();
    }
    for path in paths {
        entry.push_tag(path);
    }
}
