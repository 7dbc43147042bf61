//! What was brought in before, compared with the source, and made like it again where that is asked for. What was added
//! here stays: further fields, tags, files.

use super::listed::{Fetched, ListedAccount};
use crate::{
    engine::Open,
    failure::Failure,
    fault::Fault,
    gateway::shared::{
        find::{self, Account},
        named::Named,
        read,
    },
    strength,
};
use sealward_client::{
    error::Error,
    import::{PulledAccount, PulledResource, PulledValue, Pulling},
    model::{
        AccountDetails, CustomField, CustomValue, HiddenField, ResourceDetails, SecretPayload, SecretText, limits,
    },
    operations::{Item, NewSecret},
    vault::Details,
};
use sealward_contract::{
    ids::{ObjectId, Timestamp, VaultId},
    record::RecordKind,
};

/// How something stands beside its source.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Compared {
    /// It is the same, as far as can be told.
    Same,
    /// It is another one there, and was left alone.
    Changed,
    /// It was another one there, and is the same now.
    Updated,
}

/// Whether nothing else could be written either.
pub fn ends_all(fault: &Fault) -> bool {
    matches!(
        fault,
        Fault::Failure(
            Failure::Unreachable
                | Failure::Busy(_)
                | Failure::Credential(_)
                | Failure::Locked
                | Failure::Closed
                | Failure::Refused(Error::NotAllowed)
        )
    )
}

/// Compares a resource, and makes it like the source where it may.
pub async fn resource(
    session: &Open,
    vault: VaultId,
    id: ObjectId,
    pulled: &PulledResource,
    may_update: bool,
) -> Result<Compared, Fault> {
    let present = find::resource(session, Named::Id(id))?;
    let Some(there) = planned_resource(pulled) else { return Ok(Compared::Same) };
    let mut next = merge_resource(&present.details, &there);
    if next == present.details {
        return Ok(Compared::Same);
    }
    if !may_update {
        return Ok(Compared::Changed);
    }
    next.changed = next.changed.max(session.surroundings().now());
    let item = Item::within(vault, RecordKind::Resource, id);
    session.update_entry(item, present.version, Details::Resource(Box::new(next)), None).await?;
    Ok(Compared::Updated)
}

/// Compares an account, and makes it like the source where what is secret of it was fetched.
pub async fn account(
    session: &Open,
    vault: VaultId,
    id: ObjectId,
    listed: &ListedAccount,
    fetched: Option<Fetched>,
) -> Result<Compared, Fault> {
    let present = find::account(session, Named::Id(id))?;
    let Some(there) = planned_account(listed) else { return Ok(Compared::Same) };
    let mut next = merge_account(&present.details, &there);
    let Some(fetched) = fetched else {
        return Ok(if next == present.details { Compared::Same } else { Compared::Changed });
    };
    let secret = new_secret(session, &present, &mut next, fetched).await?;
    if secret.is_none() && next == present.details {
        return Ok(Compared::Same);
    }
    next.changed = next.changed.max(session.surroundings().now());
    session.update_account(vault, id, present.version, next, secret).await?;
    Ok(Compared::Updated)
}

/// The secret to be written, where it is another one than the present. What else is sealed with that stays.
async fn new_secret(
    session: &Open,
    present: &Account,
    next: &mut AccountDetails,
    fetched: Fetched,
) -> Result<Option<NewSecret>, Fault> {
    // A file in place of a text is another thing: it stays as it is.
    if fetched.secret.is_empty() || next.secret_file.is_some() {
        return Ok(None);
    }
    let mut payload = match read::newest(session, present, Some("compared with where it comes from")).await {
        Ok(payload) => payload,
        Err(Failure::NotFound) => SecretPayload::default(),
        Err(failure) => return Err(failure.into()),
    };
    let is_same = |(label, text): &(String, SecretText)| payload.hidden(label) == Some(text);
    if payload.value == fetched.secret && fetched.hidden.iter().all(is_same) {
        return Ok(None);
    }
    payload.value = fetched.secret;
    for (label, value) in fetched.hidden {
        if !next.custom_fields.iter().any(|field| field.label == label) {
            next.custom_fields.push(CustomField { label: label.clone(), value: CustomValue::Hidden });
        }
        payload.hidden.retain(|field| field.label != label);
        payload.hidden.push(HiddenField { label, value });
    }
    let score = strength::score(next.secret_type, payload.value.expose());
    Ok(Some(NewSecret { payload, score }))
}

/// What would be brought in; nothing where it could not be. Times that are not known stay 0.
fn planned_resource(pulled: &PulledResource) -> Option<ResourceDetails> {
    let mut pulling = Pulling::new(Timestamp(0));
    pulling.resource(pulled.clone(), Vec::new()).ok()?;
    pulling.finish().resources.pop().map(|resource| resource.details)
}

fn planned_account(listed: &ListedAccount) -> Option<AccountDetails> {
    let mut pulling = Pulling::new(Timestamp(0));
    let around = PulledResource {
        source_id: "around".to_owned(),
        details: ResourceDetails { name: "around".to_owned(), ..ResourceDetails::default() },
        ..PulledResource::default()
    };
    let at = pulling.resource(around, Vec::new()).ok()?;
    let fields = listed.fields.iter().map(|(label, text)| (label.clone(), PulledValue::Text(text.clone())));
    let pulled = PulledAccount {
        source_id: listed.source_id.clone(),
        details: listed.details.clone(),
        fields: fields.collect(),
        ..PulledAccount::default()
    };
    pulling.account(at, pulled).ok()?;
    pulling.finish().accounts.pop().map(|account| account.details)
}

fn merge_resource(present: &ResourceDetails, there: &ResourceDetails) -> ResourceDetails {
    let mut next =
        ResourceDetails { name: there.name.clone(), changed: present.changed.max(there.changed), ..present.clone() };
    // What the source says nothing of is none of its business.
    for (field, there) in [
        (&mut next.resource_type, &there.resource_type),
        (&mut next.url, &there.url),
        (&mut next.dns_name, &there.dns_name),
        (&mut next.description, &there.description),
        (&mut next.notes, &there.notes),
        (&mut next.department, &there.department),
        (&mut next.location, &there.location),
        (&mut next.owner, &there.owner),
    ] {
        if !there.is_empty() {
            field.clone_from(there);
        }
    }
    merge_fields(&mut next.custom_fields, &there.custom_fields);
    merge_tags(&mut next.tags, &there.tags);
    next
}

fn merge_account(present: &AccountDetails, there: &AccountDetails) -> AccountDetails {
    let mut next = AccountDetails {
        name: there.name.clone(),
        user_name: there.user_name.clone(),
        secret_type: there.secret_type,
        privileged: there.privileged,
        active: there.active,
        changed: present.changed.max(there.changed),
        ..present.clone()
    };
    if !there.notes.is_empty() {
        next.notes.clone_from(&there.notes);
    }
    merge_fields(&mut next.custom_fields, &there.custom_fields);
    merge_tags(&mut next.tags, &there.tags);
    next
}

/// Texts alone: a file in a field is listed as its name, and what is hidden is compared where it is opened.
fn merge_fields(fields: &mut Vec<CustomField>, there: &[CustomField]) {
    for field in there.iter().filter(|field| matches!(field.value, CustomValue::Text(_))) {
        let has_room = fields.len() < limits::CUSTOM_FIELDS;
        match fields.iter_mut().find(|known| known.label == field.label) {
            Some(known) if matches!(known.value, CustomValue::Text(_)) => known.value.clone_from(&field.value),
            Some(_) => {}
            None if has_room => fields.push(field.clone()),
            None => {}
        }
    }
}

fn merge_tags(tags: &mut Vec<String>, there: &[String]) {
    for tag in there {
        if !tags.contains(tag) && tags.len() < limits::TAGS {
            tags.push(tag.clone());
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn field(label: &str, text: &str) -> CustomField {
        CustomField { label: label.to_owned(), value: CustomValue::Text(text.to_owned()) }
    }

    #[test]
    fn what_was_added_here_stays() {
        let present = AccountDetails {
            name: "root".into(),
            user_name: "root".into(),
            notes: "here".into(),
            custom_fields: vec![field("Rack", "7"), field("Own", "x")],
            tags: vec!["own".into()],
            changed: Timestamp(5),
            ..AccountDetails::default()
        };
        let there = AccountDetails { notes: String::new(), custom_fields: vec![field("Rack", "7")], ..present.clone() };
        assert_eq!(merge_account(&present, &there), present);
        let there = AccountDetails {
            privileged: true,
            custom_fields: vec![field("Rack", "8"), field("New", "y")],
            tags: vec!["prod".into()],
            changed: Timestamp(9),
            ..there
        };
        let next = merge_account(&present, &there);
        assert_eq!(next.custom_fields, [field("Rack", "8"), field("Own", "x"), field("New", "y")]);
        assert_eq!((next.tags, next.changed, next.privileged), (vec!["own".into(), "prod".into()], Timestamp(9), true));
        assert_eq!(next.notes, "here");
    }
}
