//! What a member group is called.

use super::invalid::{Field, Invalid, check_name, check_text};
use super::limits;
use super::payload::Payload;
use minicbor::{CborLen, Decode, Encode};
use serde::{Deserialize, Serialize};

/// The payload of a member group's record, sealed under the directory key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, CborLen, Serialize, Deserialize)]
#[cbor(array)]
pub struct MemberGroupDetails {
    /// Its name.
    #[n(0)]
    pub name: String,
    /// What it is for.
    #[n(1)]
    pub description: String,
}

impl Payload for MemberGroupDetails {
    const LIMIT: usize = limits::CATALOG_PAYLOAD;

    fn validate(&self) -> Result<(), Invalid> {
        check_name(Field::Name, &self.name, limits::NAME)?;
        check_text(Field::Description, &self.description, limits::DESCRIPTION)
    }
}
