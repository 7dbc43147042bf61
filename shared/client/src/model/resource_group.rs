//! What a resource group (a folder of resources) is called.

use super::invalid::{Field, Invalid, check_line, check_name, check_text};
use super::limits;
use super::payload::Payload;
use minicbor::{CborLen, Decode, Encode};
use serde::{Deserialize, Serialize};

/// The payload of a resource group's record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, CborLen, Serialize, Deserialize)]
#[cbor(array)]
pub struct ResourceGroupDetails {
    /// Its name.
    #[n(0)]
    pub name: String,
    /// Notes.
    #[n(1)]
    pub notes: String,
    /// The id that it had where it was imported from.
    #[n(2)]
    pub source_id: Option<String>,
}

impl Payload for ResourceGroupDetails {
    const LIMIT: usize = limits::CATALOG_PAYLOAD;

    fn validate(&self) -> Result<(), Invalid> {
        check_name(Field::Name, &self.name, limits::NAME)?;
        check_text(Field::Notes, &self.notes, limits::NOTES)?;
        check_line(Field::SourceId, self.source_id.as_deref().unwrap_or_default(), limits::SOURCE_ID)
    }
}
