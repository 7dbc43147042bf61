//! What a vault is called, and what holds for everything in it.

use super::invalid::{Field, Invalid, Problem, check_name, check_text};
use super::limits;
use super::password_policy::{PasswordPolicy, PolicyRef, check_policies};
use super::payload::Payload;
use minicbor::{CborLen, Decode, Encode};
use serde::{Deserialize, Serialize};

/// The payload of a vault's record.
#[derive(Clone, Debug, Default, PartialEq, Eq, Encode, Decode, CborLen, Serialize, Deserialize)]
#[cbor(array)]
pub struct VaultDetails {
    /// Its name.
    #[n(0)]
    pub name: String,
    /// What it is for.
    #[n(1)]
    pub description: String,
    /// The password policy of everything in it that has none of its own.
    #[n(2)]
    pub policy: Option<PolicyRef>,
    /// Its own password policies.
    #[n(3)]
    pub policies: Option<Vec<PasswordPolicy>>,
    /// For how many days deleted things are kept: [`VaultDetails::TRASH_DAYS`] where nothing is said, 0 for ever.
    #[n(4)]
    pub trash_days: Option<u32>,
}

impl VaultDetails {
    /// For how many days deleted things are kept where nothing is said.
    pub const TRASH_DAYS: u32 = 30;
}

impl Payload for VaultDetails {
    const SCHEMA: u8 = 2;
    const LIMIT: usize = limits::CATALOG_PAYLOAD;

    fn schema(&self) -> u8 {
        if self.policy.is_some() || self.policies.is_some() || self.trash_days.is_some() { 2 } else { 1 }
    }

    fn validate(&self) -> Result<(), Invalid> {
        check_name(Field::Name, &self.name, limits::NAME)?;
        check_text(Field::Description, &self.description, limits::DESCRIPTION)?;
        check_policies(self.policies.as_ref())?;
        let days = limits::TRASH_DAYS;
        if self.trash_days.is_some_and(|kept| kept > days) {
            return Err(Invalid::new(Field::TrashDays, Problem::TooMany { limit: days as usize }));
        }
        Ok(())
    }
}
