//! What is said in this dialect, by the product's own names: written by the gateway, and read where the product itself is
//! asked. What is read may lack fields, and all scalars may be texts.

pub use super::input::{INPUT, Secret, TOKEN, Text};

use super::resources::FieldGiven;
use crate::gateway::shared::time::{read, written};
use sealward_contract::ids::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, de::Error as _};
use std::collections::BTreeMap;

/// What stands before every path.
pub const BASE: &str = "/restapi/json/v1";
/// What an account's password shows of itself in lists.
pub const HIDDEN: &str = "****";
/// Somebody else has it.
pub const IN_USE: &str = "[ In use ]";
/// The caller asked for it.
pub const WAITING: &str = "WAITING FOR APPROVAL / CHECKOUT";
/// The caller has it.
pub const CHECKED_OUT: &str = "***** [checkIn]";
/// The status of an answer to what was done.
pub const SUCCESS: &str = "Success";
/// The status of any other answer.
pub const FAILED: &str = "Failed";
/// What the answer to a bad token is called.
pub const AUTHENTICATION: &str = "Authentication";
/// Field of a resource for what has none of its own.
pub const DOMAIN: &str = "DOMAINNAME";

const MOMENT: &str = "%b %-d, %Y %I:%M %p";

/// A time as the product writes it; it says no zone, and this is UTC.
#[must_use]
pub fn moment(time: Timestamp) -> String {
    written(time, MOMENT)
}

/// Reads what [`moment`] wrote.
#[must_use]
pub fn read_moment(text: &str) -> Option<Timestamp> {
    read(text, MOMENT)
}

/// `true` or `false`, as texts.
#[must_use]
pub fn word(yes: bool) -> Text {
    Text(yes.to_string())
}

/// What every answer stands in.
#[derive(Serialize, Deserialize)]
pub struct Envelope<D> {
    /// What was done.
    pub operation: Operation<D>,
}

/// What was done.
#[derive(Serialize, Deserialize)]
pub struct Operation<D> {
    /// What it is called.
    #[serde(default)]
    pub name: Text,
    /// What it came to.
    pub result: Outcome,
    /// How many rows there are, of a list.
    #[serde(rename = "totalRows", default, skip_serializing_if = "Option::is_none", deserialize_with = "count")]
    pub total: Option<usize>,
    /// What was asked for.
    #[serde(rename = "Details", default = "none", skip_serializing_if = "Option::is_none")]
    pub details: Option<D>,
}

fn none<D>() -> Option<D> {
    None
}

fn count<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<usize>, D::Error> {
    Text::deserialize(deserializer).map(|Text(text)| text.parse().ok())
}

/// What a call came to.
#[derive(Serialize, Deserialize)]
pub struct Outcome {
    /// [`SUCCESS`] or [`FAILED`].
    pub status: Text,
    /// A sentence.
    #[serde(default)]
    pub message: Text,
}

/// A resource as the list shows it.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ResourceRow {
    #[serde(rename = "RESOURCE DESCRIPTION")]
    pub description: Text,
    #[serde(rename = "RESOURCE TYPE")]
    pub kind: Text,
    #[serde(rename = "RESOURCE ID")]
    pub id: Text,
    #[serde(rename = "RESOURCE NAME")]
    pub name: Text,
    #[serde(rename = "NOOFACCOUNTS")]
    pub accounts: Text,
}

/// A resource with the list of its accounts.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub struct ResourceShown {
    #[serde(rename = "RESOURCE ID")]
    pub id: Text,
    #[serde(rename = "RESOURCE NAME")]
    pub name: Text,
    #[serde(rename = "RESOURCE DESCRIPTION")]
    pub description: Text,
    #[serde(rename = "RESOURCE TYPE")]
    pub kind: Text,
    #[serde(rename = "RESOURCE OWNER")]
    pub owner: Text,
    #[serde(rename = "RESOURCE URL")]
    pub url: Text,
    #[serde(rename = "RESOURCE PASSWORD POLICY")]
    pub policy: Text,
    #[serde(rename = "DNS NAME")]
    pub dns_name: Text,
    #[serde(rename = "DOMAIN NAME")]
    pub domain: Text,
    #[serde(rename = "DEPARTMENT")]
    pub department: Text,
    #[serde(rename = "LOCATION")]
    pub location: Text,
    #[serde(rename = "ALLOWOPENURLINBROWSER")]
    pub opens_url: Text,
    #[serde(
        rename = "CUSTOM FIELDS",
        alias = "RESOURCECUSTOMFIELD",
        alias = "CUSTOM FIELD",
        deserialize_with = "fields"
    )]
    pub fields: BTreeMap<String, Text>,
    #[serde(rename = "ACCOUNT LIST")]
    pub accounts: Vec<AccountRow>,
}

/// An account as the list of its resource shows it.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountRow {
    #[serde(rename = "ACCOUNT ID")]
    pub id: Text,
    #[serde(rename = "ACCOUNT NAME")]
    pub name: Text,
    #[serde(rename = "PASSWDID")]
    pub password: Text,
    #[serde(rename = "PASSWORD STATUS")]
    pub status: Text,
    #[serde(rename = "ACCOUNT PASSWORD POLICY")]
    pub policy: Text,
    #[serde(rename = "ISFAVPASS")]
    pub favourite: Text,
    #[serde(rename = "ISREASONREQUIRED")]
    pub reason: Text,
    #[serde(rename = "PASSWORDREQUEST_REASON_MANDATORY")]
    pub request_reason: Text,
    #[serde(rename = "IS_TICKETID_REQD")]
    pub ticket: Text,
    #[serde(rename = "IS_TICKETID_REQD_ACW")]
    pub ticket_of_request: Text,
    #[serde(rename = "IS_TICKETID_REQD_MANDATORY")]
    pub ticket_must: Text,
    #[serde(rename = "AUTOLOGONLIST", skip_deserializing)]
    pub log_ons: [String; 0],
    #[serde(rename = "AUTOLOGONSTATUS")]
    pub log_on: Text,
    #[serde(rename = "ISREMOTEAPPONLY")]
    pub remote_only: Text,
}

/// What is known of an account without its password.
#[derive(Default, Serialize, Deserialize)]
#[serde(default)]
pub struct AccountShown {
    #[serde(rename = "ACCOUNT ID")]
    pub id: Text,
    #[serde(rename = "ACCOUNT NAME")]
    pub name: Text,
    #[serde(rename = "DESCRIPTION")]
    pub description: Text,
    #[serde(rename = "PASSWDID")]
    pub password: Text,
    #[serde(rename = "PASSWORD STATUS")]
    pub status: Text,
    #[serde(rename = "PASSWORD POLICY")]
    pub policy: Text,
    #[serde(rename = "EXPIRY STATUS")]
    pub expiry: Text,
    #[serde(rename = "COMPLIANT STATUS")]
    pub compliant: Text,
    #[serde(rename = "COMPLIANT REASON")]
    pub compliant_reason: Text,
    #[serde(rename = "LAST MODIFIED TIME")]
    pub modified: Text,
    #[serde(rename = "LAST ACCESSED TIME")]
    pub accessed: Text,
    #[serde(
        rename = "CUSTOM FIELDS",
        alias = "ACCOUNTCUSTOMFIELD",
        alias = "CUSTOM FIELD",
        deserialize_with = "fields"
    )]
    pub fields: BTreeMap<String, Text>,
}

/// A password.
#[derive(Serialize, Deserialize)]
pub struct Password<S> {
    #[serde(rename = "PASSWORD")]
    pub password: S,
}

/// Why a password is wanted.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE", default)]
pub struct WhyGiven {
    #[serde(skip_serializing_if = "Text::is_empty")]
    pub reason: Text,
    #[serde(skip_serializing_if = "Text::is_empty")]
    pub ticketid: Text,
}

/// Which file is wanted, and why.
#[derive(Clone, Default, Serialize, Deserialize)]
#[serde(rename_all = "UPPERCASE", default)]
pub struct FileGiven {
    #[serde(flatten)]
    pub why: WhyGiven,
    #[serde(skip_serializing_if = "Text::is_empty")]
    pub iscustomfield: Text,
    #[serde(skip_serializing_if = "Text::is_empty")]
    pub customfieldtype: Text,
    #[serde(skip_serializing_if = "Text::is_empty")]
    pub customfieldlabel: Text,
}

/// INPUT_DATA as it is sent.
#[derive(Serialize)]
pub struct Asking<D> {
    /// Around the details.
    pub operation: AskedFor<D>,
}

/// What is asked for.
#[derive(Serialize)]
pub struct AskedFor<D> {
    /// The details.
    #[serde(rename = "Details")]
    pub details: D,
}

/// Custom fields: by their labels, or as they are given when something is made.
fn fields<'de, D: Deserializer<'de>>(deserializer: D) -> Result<BTreeMap<String, Text>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Fields {
        Labelled(BTreeMap<String, Text>),
        Listed(Vec<FieldGiven>),
        Empty(Text),
    }
    Ok(match Fields::deserialize(deserializer)? {
        Fields::Labelled(fields) => fields,
        Fields::Listed(fields) => fields.into_iter().map(|field| (field.label.0, field.value)).collect(),
        // Where there are none, or the product says so in words.
        Fields::Empty(Text(words)) if matches!(words.trim(), "" | "-" | "N/A") => BTreeMap::new(),
        Fields::Empty(_) => return Err(D::Error::custom("custom fields")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_read_may_lack_fields_and_write_numbers() {
        let text = r#"{"operation":{"name":"GET RESOURCES","result":{"status":"Success"},"totalRows":"2",
            "Details":[{"RESOURCE ID":303,"RESOURCE NAME":"db"},{"RESOURCE ID":"304","NEW":{}}]}}"#;
        let read: Envelope<Vec<ResourceRow>> = serde_json::from_str(text).unwrap();
        assert_eq!((read.operation.total, read.operation.result.status.0.as_str()), (Some(2), SUCCESS));
        let rows = read.operation.details.unwrap();
        let rows: Vec<_> = rows.iter().map(|row| (row.id.0.as_str(), row.name.0.as_str())).collect();
        assert_eq!(rows, [("303", "db"), ("304", "")]);
        let text = r#"{"operation":{"result":{"status":"Failed","message":"No"}}}"#;
        let read: Envelope<Vec<ResourceRow>> = serde_json::from_str(text).unwrap();
        assert!(read.operation.details.is_none());
    }

    #[test]
    fn custom_fields_come_in_several_forms() {
        for text in
            [r#"{"CUSTOM FIELDS":{"Rack":7}}"#, r#"{"RESOURCECUSTOMFIELD":[{"CUSTOMLABEL":"Rack","CUSTOMVALUE":"7"}]}"#]
        {
            let read: ResourceShown = serde_json::from_str(text).unwrap();
            assert_eq!(read.fields, BTreeMap::from([("Rack".to_owned(), Text("7".to_owned()))]), "{text}");
        }
        for text in [r#"{"CUSTOM FIELDS":"N/A"}"#, r#"{"CUSTOM FIELDS":null}"#, "{}"] {
            let read: ResourceShown = serde_json::from_str(text).unwrap();
            assert!(read.fields.is_empty(), "{text}");
        }
    }

    #[test]
    fn times_are_read_as_they_are_written() {
        for (text, time) in [
            ("Dec 1, 2021 09:00 PM", Some(Timestamp(1_638_392_400_000))),
            ("Jan 15, 2027 08:00 AM", Some(Timestamp(1_800_000_000_000))),
            ("N/A", None),
            ("", None),
        ] {
            assert_eq!(read_moment(text), time, "{text}");
        }
    }
}
