//! What a member tells the team about themselves. Nothing is ever decided by it.

use super::invalid::{Field, Invalid, check_line, check_name};
use super::limits;
use super::payload::Payload;
use minicbor::{CborLen, Decode, Encode};
use serde::{Deserialize, Serialize};

/// The payload of a member's profile, sealed under the directory key.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, CborLen, Serialize, Deserialize)]
#[cbor(array)]
pub struct ProfileDetails {
    /// The person's name.
    #[n(0)]
    pub full_name: String,
    /// An e-mail address, for people to read.
    #[n(1)]
    pub email: String,
    /// A telephone number, for people to read.
    #[n(2)]
    pub telephone: String,
    /// The person's department.
    #[n(3)]
    pub department: String,
}

impl Payload for ProfileDetails {
    const LIMIT: usize = limits::CATALOG_PAYLOAD;

    fn validate(&self) -> Result<(), Invalid> {
        check_name(Field::Name, &self.full_name, limits::NAME)?;
        check_line(Field::Email, &self.email, limits::CONTACT)?;
        check_line(Field::Telephone, &self.telephone, limits::CONTACT)?;
        check_line(Field::Department, &self.department, limits::DEPARTMENT)
    }
}
