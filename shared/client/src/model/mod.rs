//! The plaintext inside sealed records: one type per record kind, its bytes, and its limits.
//! Nothing here seals, opens or sends; see `payload` for the encoding and `limits` for every length in one table.

mod account;
mod custom_field;
mod facts;
mod file;
mod file_payload;
mod invalid;
pub mod limits;
mod member_group;
mod password_policy;
mod payload;
mod profile;
mod public_part;
mod resource;
mod resource_group;
mod resource_kind;
mod secret;
mod team;
mod time;
mod vault;

pub use account::{AccountDetails, ImportTag, SecretType};
pub use custom_field::{CustomField, CustomValue};
pub use facts::{CharacterClasses, Facts, ReuseTag, Score};
pub use file::{FileRef, RemovedFile};
pub use file_payload::{ChunkHashes, FilePayload};
pub use invalid::{Field, Invalid, Problem};
pub use member_group::MemberGroupDetails;
pub use password_policy::{Breach, BuiltIn, PasswordPolicy, PasswordRules, PolicyId, PolicyRef, Reuse, rules_in_force};
pub use payload::{Payload, Unreadable, Unwritable};
pub use profile::{ProfileDetails, ProfileField};
pub use public_part::{CertificatePublic, PublicPart, SshPublic};
pub use resource::ResourceDetails;
pub use resource_group::ResourceGroupDetails;
pub use resource_kind::ResourceKind;
pub use secret::{HiddenField, SecretPayload, SecretText};
pub use team::TeamDetails;
pub use time::Day;
pub use vault::VaultDetails;

#[cfg(test)]
mod vectors;
