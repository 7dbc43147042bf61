//! Items as the export writes them. Unknown fields are passed over: exports differ by version.

use crate::import::json::Secret;
use serde::{Deserialize, de};

/// A folder or a collection.
#[derive(Deserialize)]
pub(super) struct Container {
    #[serde(default)]
    pub(super) id: Option<String>,
    #[serde(default)]
    pub(super) name: String,
}

/// An item of any kind.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Item {
    #[serde(default)]
    pub(super) id: Option<String>,
    #[serde(default)]
    pub(super) folder_id: Option<String>,
    #[serde(default)]
    pub(super) collection_ids: Option<Vec<String>>,
    #[serde(rename = "type")]
    pub(super) kind: u8,
    #[serde(default)]
    pub(super) name: String,
    #[serde(default)]
    pub(super) notes: Secret,
    #[serde(default)]
    pub(super) favorite: bool,
    #[serde(default)]
    pub(super) fields: Option<Vec<Field>>,
    #[serde(default)]
    pub(super) login: Option<Login>,
    #[serde(default)]
    pub(super) card: Option<Card>,
    #[serde(default)]
    pub(super) identity: Option<Identity>,
    #[serde(default)]
    pub(super) ssh_key: Option<SshKey>,
    #[serde(default)]
    pub(super) password_history: Option<Vec<PastPassword>>,
    #[serde(default)]
    pub(super) creation_date: Option<String>,
    #[serde(default)]
    pub(super) revision_date: Option<String>,
    #[serde(default)]
    pub(super) deleted_date: Option<String>,
    #[serde(default)]
    pub(super) archived_date: Option<String>,
}

/// A custom field: 0 text, 1 hidden, 2 boolean, 3 linked to another field.
#[derive(Deserialize)]
pub(super) struct Field {
    #[serde(default)]
    pub(super) name: Option<String>,
    #[serde(default)]
    pub(super) value: Secret,
    #[serde(rename = "type", default)]
    pub(super) kind: u8,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct Login {
    #[serde(default)]
    pub(super) uris: Option<Vec<Uri>>,
    #[serde(default)]
    pub(super) username: Option<String>,
    #[serde(default)]
    pub(super) password: Secret,
    #[serde(default)]
    pub(super) totp: Secret,
    #[serde(default)]
    pub(super) fido2_credentials: Option<Vec<de::IgnoredAny>>,
}

#[derive(Deserialize)]
pub(super) struct Uri {
    #[serde(default)]
    pub(super) uri: Option<String>,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct Card {
    #[serde(default)]
    pub(super) cardholder_name: Option<String>,
    #[serde(default)]
    pub(super) brand: Option<String>,
    #[serde(default)]
    pub(super) number: Secret,
    #[serde(default)]
    pub(super) exp_month: Option<String>,
    #[serde(default)]
    pub(super) exp_year: Option<String>,
    #[serde(default)]
    pub(super) code: Secret,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase", default)]
pub(super) struct Identity {
    pub(super) title: Option<String>,
    pub(super) first_name: Option<String>,
    pub(super) middle_name: Option<String>,
    pub(super) last_name: Option<String>,
    pub(super) address1: Option<String>,
    pub(super) address2: Option<String>,
    pub(super) address3: Option<String>,
    pub(super) city: Option<String>,
    pub(super) state: Option<String>,
    pub(super) postal_code: Option<String>,
    pub(super) country: Option<String>,
    pub(super) company: Option<String>,
    pub(super) email: Option<String>,
    pub(super) phone: Option<String>,
    pub(super) username: Option<String>,
    pub(super) ssn: Secret,
    pub(super) passport_number: Secret,
    pub(super) license_number: Secret,
}

#[derive(Deserialize, Default)]
#[serde(rename_all = "camelCase")]
pub(super) struct SshKey {
    #[serde(default)]
    pub(super) private_key: Secret,
    #[serde(default)]
    pub(super) public_key: Option<String>,
    #[serde(default)]
    pub(super) key_fingerprint: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct PastPassword {
    #[serde(default)]
    pub(super) password: Secret,
    #[serde(default)]
    pub(super) last_used_date: Option<String>,
}
