//! What is known about a resource: a server, a website, a database, or whatever accounts are on.

use super::account::ImportTag;
use super::custom_field::{CustomField, HiddenFields, check_custom_fields, has_file};
use super::file::{RemovedFile, check_removed};
use super::invalid::{Field, Invalid, check_line, check_name, check_tags, check_text};
use super::limits;
use super::password_policy::PolicyRef;
use super::payload::Payload;
use super::resource_kind::ResourceKind;
use super::time::cbor_len_of_time;
use minicbor::{CborLen, Decode, Encode};
use sealward_contract::ids::Timestamp;
use serde::{Deserialize, Serialize};

/// The payload of a resource's record. An empty text means that nothing is known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, CborLen, Serialize, Deserialize)]
#[cbor(array)]
pub struct ResourceDetails {
    /// Its name.
    #[n(0)]
    pub name: String,
    /// Its type, in the person's own words.
    #[n(1)]
    pub resource_type: String,
    /// Where it is opened.
    #[n(2)]
    pub url: String,
    /// Its DNS name or address.
    #[n(3)]
    pub dns_name: String,
    /// One or two sentences.
    #[n(4)]
    pub description: String,
    /// Anything longer.
    #[n(5)]
    pub notes: String,
    /// The department that it belongs to.
    #[n(6)]
    pub department: String,
    /// Where it stands.
    #[n(7)]
    pub location: String,
    /// Tags, in the person's order.
    #[n(8)]
    pub tags: Vec<String>,
    /// Who answers for it.
    #[n(9)]
    pub owner: String,
    /// Custom fields, none of them hidden: a resource has no secret.
    #[n(10)]
    pub custom_fields: Vec<CustomField>,
    /// When it was made.
    #[n(11)]
    #[cbor(cbor_len = "cbor_len_of_time")]
    pub created: Timestamp,
    /// When these details were last changed.
    #[n(12)]
    #[cbor(cbor_len = "cbor_len_of_time")]
    pub changed: Timestamp,
    /// The id that it had where it was imported from.
    #[n(13)]
    pub source_id: Option<String>,
    /// The keyed tag over the columns that it was imported from.
    #[n(14)]
    pub import_tag: Option<ImportTag>,
    /// The password policy of its accounts that have none of their own.
    #[n(15)]
    pub policy: Option<PolicyRef>,
    /// Files that were taken away; `None` when there are none.
    #[n(16)]
    pub removed: Option<Vec<RemovedFile>>,
}

impl ResourceDetails {
    /// The known kind that its type names, if it names one.
    pub fn kind(&self) -> Option<ResourceKind> {
        ResourceKind::recognise(&self.resource_type)
    }
}

impl Payload for ResourceDetails {
    const SCHEMA: u8 = 3;
    const LIMIT: usize = limits::CATALOG_PAYLOAD;

    fn schema(&self) -> u8 {
        match () {
            () if self.removed.is_some() => 3,
            () if self.policy.is_some() || has_file(&self.custom_fields) => 2,
            () => 1,
        }
    }

    fn validate(&self) -> Result<(), Invalid> {
        check_name(Field::Name, &self.name, limits::NAME)?;
        check_line(Field::ResourceType, &self.resource_type, limits::RESOURCE_TYPE)?;
        check_line(Field::Url, &self.url, limits::URL)?;
        check_line(Field::DnsName, &self.dns_name, limits::DNS_NAME)?;
        check_text(Field::Description, &self.description, limits::DESCRIPTION)?;
        check_text(Field::Notes, &self.notes, limits::NOTES)?;
        check_line(Field::Department, &self.department, limits::DEPARTMENT)?;
        check_line(Field::Location, &self.location, limits::LOCATION)?;
        check_tags(&self.tags)?;
        check_line(Field::Owner, &self.owner, limits::OWNER)?;
        check_custom_fields(&self.custom_fields, HiddenFields::Impossible)?;
        check_removed(self.removed.as_ref())?;
        check_line(Field::SourceId, self.source_id.as_deref().unwrap_or_default(), limits::SOURCE_ID)
    }
}
