//! What a team is called.

use super::invalid::{Field, Invalid, check_name};
use super::limits;
use super::payload::Payload;
use minicbor::{CborLen, Decode, Encode};
use serde::{Deserialize, Serialize};

/// The payload of a team's record, sealed under the directory key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, CborLen, Serialize, Deserialize)]
#[cbor(array)]
pub struct TeamDetails {
    /// Its name.
    #[n(0)]
    pub name: String,
}

impl Payload for TeamDetails {
    const LIMIT: usize = limits::CATALOG_PAYLOAD;

    fn validate(&self) -> Result<(), Invalid> {
        check_name(Field::Name, &self.name, limits::NAME)
    }
}
