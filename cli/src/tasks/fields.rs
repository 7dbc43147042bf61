//! Plain fields of items, by the names that people and scripts give them.

use super::NewItem;
use crate::{engine::Open, failure::Failure, views::Kind};
use sealward_client::model::{
    AccountDetails, CustomField, CustomValue, Day, ResourceDetails, ResourceGroupDetails, SecretType,
};

/// The fields that an account has; the others are its resource's.
pub(super) const OF_ACCOUNT: [&str; 6] = ["user_name", "notes", "secret_type", "privileged", "active", "expiry"];

/// What is known of a new resource group.
pub(super) fn group_details(new: &NewItem, name: &str) -> Result<ResourceGroupDetails, Failure> {
    let mut details = ResourceGroupDetails { name: name.to_owned(), ..ResourceGroupDetails::default() };
    for (field, value) in &new.fields {
        match field.as_str() {
            "notes" => details.notes.clone_from(value),
            _ => return Err(unknown(field)),
        }
    }
    Ok(details)
}

/// What is known of a new resource, which may be made for an account.
pub(super) fn resource_details(session: &Open, new: &NewItem, name: &str) -> Result<ResourceDetails, Failure> {
    let now = session.surroundings().now();
    let mut details =
        ResourceDetails { name: name.to_owned(), created: now, changed: now, ..ResourceDetails::default() };
    let is_account = new.kind.unwrap_or(Kind::Account) == Kind::Account;
    for (field, value) in new.fields.iter().filter(|(field, _)| !(is_account && OF_ACCOUNT.contains(&field.as_str()))) {
        set_of_resource(&mut details, field, value)?;
    }
    if !is_account {
        details.tags.clone_from(&new.tags);
        details.custom_fields = custom_fields(new);
    }
    Ok(details)
}

/// What is known of a new account.
pub(super) fn account_details(session: &Open, new: &NewItem, name: &str) -> Result<AccountDetails, Failure> {
    let now = session.surroundings().now();
    let mut details = AccountDetails { name: name.to_owned(), created: now, changed: now, ..AccountDetails::default() };
    for (field, value) in new.fields.iter().filter(|(field, _)| OF_ACCOUNT.contains(&field.as_str())) {
        set_of_account(&mut details, field, value)?;
    }
    details.tags.clone_from(&new.tags);
    details.custom_fields = custom_fields(new);
    let hidden = new.secret.hidden.keys();
    details.custom_fields.extend(hidden.map(|label| CustomField { label: label.clone(), value: CustomValue::Hidden }));
    Ok(details)
}

fn custom_fields(new: &NewItem) -> Vec<CustomField> {
    let fields = new.custom_fields.iter();
    fields.map(|(label, text)| CustomField { label: label.clone(), value: CustomValue::Text(text.clone()) }).collect()
}

/// Sets a plain field of a resource.
pub(super) fn set_of_resource(details: &mut ResourceDetails, field: &str, value: &str) -> Result<(), Failure> {
    let text = match field {
        "name" => &mut details.name,
        "resource_type" => &mut details.resource_type,
        "url" => &mut details.url,
        "dns_name" => &mut details.dns_name,
        "description" => &mut details.description,
        "notes" => &mut details.notes,
        "department" => &mut details.department,
        "location" => &mut details.location,
        "owner" => &mut details.owner,
        _ => return Err(unknown(field)),
    };
    value.clone_into(text);
    Ok(())
}

/// Sets a plain field of an account.
pub(super) fn set_of_account(details: &mut AccountDetails, field: &str, value: &str) -> Result<(), Failure> {
    let unfit = || Failure::Usage(format!("{field}: not {value}"));
    match field {
        "name" => value.clone_into(&mut details.name),
        "user_name" => value.clone_into(&mut details.user_name),
        "notes" => value.clone_into(&mut details.notes),
        "secret_type" => {
            let named = serde_json::from_value::<SecretType>(value.into());
            details.secret_type = named.map_err(|_| unfit())?;
        }
        "privileged" => details.privileged = value.parse().map_err(|_| unfit())?,
        "active" => details.active = value.parse().map_err(|_| unfit())?,
        "expiry" if value.is_empty() => details.expiry = None,
        "expiry" => details.expiry = Some(Day::parse(value).ok_or_else(unfit)?),
        _ => return Err(unknown(field)),
    }
    Ok(())
}

/// A field that there is not.
pub(super) fn unknown(field: &str) -> Failure {
    Failure::Usage(format!("{field}: there is no such field"))
}
