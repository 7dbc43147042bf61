//! Changing an item: its plain fields, tags, custom fields, and its secret.

use super::{
    Answer, NewSecret, Running,
    create::{check_seed, judged},
    fields::{set_of_account, set_of_resource, unknown},
    find, item,
};
use crate::{
    engine::Open,
    failure::Failure,
    views::{ChangedView, ReportView},
};
use sealward_client::{
    error::Error,
    model::{AccountDetails, CustomField, CustomValue, HiddenField, Payload, SecretPayload, SecretText, SecretType},
    operations::{Item, PasswordUse},
    session::VerifiedEntry,
    vault::Details,
};
use sealward_contract::ids::Version;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A change.
#[derive(Serialize, Deserialize)]
pub struct Edit {
    /// The item: its number, id or path.
    pub what: String,
    /// Only if it is at this version.
    pub if_version: Option<u32>,
    /// Plain fields by name.
    pub set: BTreeMap<String, String>,
    /// Tags in place of those that it has.
    pub tags: Option<Vec<String>>,
    /// Custom fields of plain text by label; an empty text removes one.
    pub custom_fields: BTreeMap<String, String>,
    /// The secret; what is not named of it stays.
    pub secret: NewSecret,
    /// Whether it is written.
    pub running: Running,
}

pub(super) async fn edit(session: &Open, edit: Edit) -> Result<Answer, Failure> {
    check_seed(&edit.secret)?;
    let found =
        if edit.secret.is_empty() { find::item(session, &edit.what)? } else { find::account(session, &edit.what)? };
    let before = session.verified(found.vault, found.key)?;
    if edit.if_version.is_some_and(|version| version != before.version.0) {
        return Err(Failure::Conflict { current: Some(before.version) });
    }
    let after = changed(session, &edit, before.details.clone())?;
    after.to_bytes().map_err(Error::from)?;
    let base = before.version;
    if edit.running == Running::Dry {
        let view = item::changed(session, found)?;
        return Ok(report(ChangedView { version: None, ..view }, true));
    }
    let written = write(session, &edit, found, before, after).await;
    match written {
        Ok(()) => Ok(report(item::changed(session, found)?, false)),
        Err(Failure::Conflict { .. }) => Err(conflict(session, found, base).await),
        Err(failure) => Err(failure),
    }
}

fn report(changed: ChangedView, dry_run: bool) -> Answer {
    Answer::Report(ReportView { changed: vec![changed], same: 0, dry_run })
}

/// What stands in the way, with the version that it has now.
async fn conflict(session: &Open, found: Item, base: Version) -> Failure {
    // Where the newest cannot be had, it is told without.
    drop(session.sync_one(found.vault).await);
    let now = session.verified(found.vault, found.key).ok().map(|entry| entry.version);
    Failure::Conflict { current: now.filter(|now| *now != base) }
}

fn changed(session: &Open, edit: &Edit, details: Details) -> Result<Details, Failure> {
    let now = session.surroundings().now();
    let mut details = details;
    match &mut details {
        Details::Vault(vault) => {
            for (field, value) in &edit.set {
                match field.as_str() {
                    "name" => vault.name.clone_from(value),
                    "description" => vault.description.clone_from(value),
                    _ => return Err(unknown(field)),
                }
            }
        }
        Details::ResourceGroup(group) => {
            for (field, value) in &edit.set {
                match field.as_str() {
                    "name" => group.name.clone_from(value),
                    "notes" => group.notes.clone_from(value),
                    _ => return Err(unknown(field)),
                }
            }
        }
        Details::Resource(resource) => {
            edit.set.iter().try_for_each(|(field, value)| set_of_resource(resource, field, value))?;
            resource.tags = edit.tags.clone().unwrap_or_else(|| resource.tags.clone());
            set_custom(&mut resource.custom_fields, &edit.custom_fields)?;
            resource.changed = now;
            return Ok(details);
        }
        Details::Account(account) => {
            edit.set.iter().try_for_each(|(field, value)| set_of_account(account, field, value))?;
            account.tags = edit.tags.clone().unwrap_or_else(|| account.tags.clone());
            set_custom(&mut account.custom_fields, &edit.custom_fields)?;
            for label in edit.secret.hidden.keys() {
                match account.custom_fields.iter().find(|field| field.label == *label) {
                    Some(CustomField { value: CustomValue::Hidden, .. }) => {}
                    Some(_) => return Err(Failure::Usage(format!("{label}: not a hidden field"))),
                    None => {
                        account.custom_fields.push(CustomField { label: label.clone(), value: CustomValue::Hidden })
                    }
                }
            }
            account.changed = now;
            return Ok(details);
        }
    }
    if edit.tags.is_some() || !edit.custom_fields.is_empty() {
        return Err(Failure::Usage(format!("{}: it has neither tags nor custom fields", edit.what)));
    }
    Ok(details)
}

fn set_custom(fields: &mut Vec<CustomField>, set: &BTreeMap<String, String>) -> Result<(), Failure> {
    for (label, text) in set {
        let place = fields.iter().position(|field| field.label == *label);
        match place.and_then(|place| fields.get_mut(place)) {
            Some(field) if !matches!(field.value, CustomValue::Text(_)) => {
                return Err(Failure::Usage(format!("{label}: not a field of plain text")));
            }
            Some(field) => field.value = CustomValue::Text(text.clone()),
            None if text.is_empty() => {}
            None => fields.push(CustomField { label: label.clone(), value: CustomValue::Text(text.clone()) }),
        }
        if text.is_empty() {
            fields.retain(|field| field.label != *label);
        }
    }
    Ok(())
}

async fn write(session: &Open, edit: &Edit, found: Item, before: VerifiedEntry, after: Details) -> Result<(), Failure> {
    let (Item { vault, key }, base) = (found, before.version);
    match after {
        Details::Account(account) => {
            let resource = Some(before.parent);
            let secret =
                if edit.secret.is_empty() { None } else { Some(next_secret(session, edit, found, &account).await?) };
            let judge = |payload| judged(session, vault, resource, &account, payload, PasswordUse::default());
            let secret = secret.map(judge).transpose()?;
            session.update_account(vault, key.id, base, *account, secret).await?;
        }
        after => drop(session.update_entry(found, base, after, None).await?),
    }
    Ok(())
}

/// The secret as it will be: what is not named stays, and is released for that where there is something that stays.
async fn next_secret(
    session: &Open,
    edit: &Edit,
    found: Item,
    details: &AccountDetails,
) -> Result<SecretPayload, Failure> {
    let text = edit.secret.text(session)?;
    let has_hidden = details.custom_fields.iter().any(|field| field.value == CustomValue::Hidden);
    let may_have_seed = details.has_otp.unwrap_or(details.import_tag.is_some());
    let stays = has_hidden || may_have_seed || text.is_none() || details.secret_type == SecretType::Note;
    let mut payload = if stays && session.has_secret(&found.vault, &found.key.id) {
        match session.release_as_may(found.vault, found.key.id).await? {
            (payload, false) => payload,
            // What was written since it was checked out would be lost.
            (_, true) => return Err(Failure::Conflict { current: None }),
        }
    } else {
        SecretPayload::default()
    };
    if let Some(text) = text {
        payload.value = text;
    }
    for (label, value) in &edit.secret.hidden {
        let value = SecretText::from(value.0.as_str());
        match payload.hidden.iter_mut().find(|field| field.label == *label) {
            Some(field) => field.value = value,
            None => payload.hidden.push(HiddenField { label: label.clone(), value }),
        }
    }
    if let Some(seed) = &edit.secret.otp_seed {
        payload.otp_seed = Some(sealward_client::otp::Seed::tidy(&seed.0));
    }
    payload.validate().map_err(|invalid| Error::Unwritable(invalid.into()))?;
    Ok(payload)
}
