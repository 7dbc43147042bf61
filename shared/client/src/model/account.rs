//! What is known about an account without its secret.

use super::custom_field::{CustomField, HiddenFields, check_custom_fields, has_file};
use super::file::{FileRef, RemovedFile, check_file, check_files, check_removed};
use super::invalid::{Field, Invalid, check_line, check_name, check_tags, check_text};
use super::limits;
use super::password_policy::PolicyRef;
use super::payload::Payload;
use super::public_part::{PublicPart, check_public};
use super::time::{Day, cbor_len_of_time};
use minicbor::{CborLen, Decode, Encode};
use sealward_contract::ids::Timestamp;
use serde::{Deserialize, Serialize};

/// What kind of secret an account has.
#[derive(
    Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, CborLen, Serialize, Deserialize,
)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum SecretType {
    /// A password.
    #[default]
    #[n(0)]
    Password,
    /// A private SSH key.
    #[n(1)]
    SshKey,
    /// An access key with its id as the user name.
    #[n(2)]
    AccessKey,
    /// A token.
    #[n(3)]
    Token,
    /// An API key.
    #[n(4)]
    ApiKey,
    /// A certificate with its private key.
    #[n(5)]
    Certificate,
    /// A text that is secret as a whole.
    #[n(6)]
    Note,
}

impl SecretType {
    /// Every type, in the order in which they are offered.
    pub const ALL: [Self; 7] =
        [Self::Password, Self::SshKey, Self::AccessKey, Self::Token, Self::ApiKey, Self::Certificate, Self::Note];
}

/// A keyed tag over the non-secret columns of an imported row, by which the same row is known again.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, CborLen, Serialize, Deserialize)]
#[cbor(transparent)]
#[serde(transparent)]
pub struct ImportTag(
    #[n(0)]
    #[cbor(with = "minicbor::bytes")]
    pub [u8; 16],
);

/// The payload of an account's record. An empty text means that nothing is known.
#[derive(Clone, Debug, PartialEq, Eq, Encode, Decode, CborLen, Serialize, Deserialize)]
#[cbor(array)]
pub struct AccountDetails {
    /// Its name.
    #[n(0)]
    pub name: String,
    /// The user name.
    #[n(1)]
    pub user_name: String,
    /// What kind of secret it has.
    #[n(2)]
    pub secret_type: SecretType,
    /// Whether it has more rights than an ordinary account.
    #[n(3)]
    pub privileged: bool,
    /// Whether it is in use.
    #[n(4)]
    pub active: bool,
    /// The last day on which it is valid.
    #[n(5)]
    pub expiry: Option<Day>,
    /// Notes, for everyone who sees the catalog.
    #[n(6)]
    pub notes: String,
    /// Custom fields; of hidden ones only the label.
    #[n(7)]
    pub custom_fields: Vec<CustomField>,
    /// Tags, in the person's order.
    #[n(8)]
    pub tags: Vec<String>,
    /// When it was made.
    #[n(9)]
    #[cbor(cbor_len = "cbor_len_of_time")]
    pub created: Timestamp,
    /// When these details were last changed; the secret's own day of change stands in its facts.
    #[n(10)]
    #[cbor(cbor_len = "cbor_len_of_time")]
    pub changed: Timestamp,
    /// The id that it had where it was imported from.
    #[n(11)]
    pub source_id: Option<String>,
    /// The keyed tag over the columns that it was imported from.
    #[n(12)]
    pub import_tag: Option<ImportTag>,
    /// Files beside its secret; `None` when there are none.
    #[n(13)]
    pub files: Option<Vec<FileRef>>,
    /// The file that is its secret.
    #[n(14)]
    pub secret_file: Option<FileRef>,
    /// Its own password policy.
    #[n(15)]
    pub policy: Option<PolicyRef>,
    /// What may be known of its key or certificate.
    #[n(16)]
    pub public: Option<PublicPart>,
    /// `Some(true)` when its secret has a seed of one-time codes.
    #[n(17)]
    pub has_otp: Option<bool>,
    /// Files that were taken away; `None` when there are none.
    #[n(18)]
    pub removed: Option<Vec<RemovedFile>>,
}

impl Default for AccountDetails {
    /// An empty account that is in use.
    fn default() -> Self {
        Self {
            name: String::new(),
            user_name: String::new(),
            secret_type: SecretType::default(),
            privileged: false,
            active: true,
            expiry: None,
            notes: String::new(),
            custom_fields: Vec::new(),
            tags: Vec::new(),
            created: Timestamp::default(),
            changed: Timestamp::default(),
            source_id: None,
            import_tag: None,
            files: None,
            secret_file: None,
            policy: None,
            public: None,
            has_otp: None,
            removed: None,
        }
    }
}

impl Payload for AccountDetails {
    const SCHEMA: u8 = 3;
    const LIMIT: usize = limits::CATALOG_PAYLOAD;

    fn schema(&self) -> u8 {
        if self.removed.is_some() {
            return 3;
        }
        let newer = self.files.is_some()
            || self.secret_file.is_some()
            || self.policy.is_some()
            || self.public.is_some()
            || self.has_otp.is_some()
            || has_file(&self.custom_fields);
        if newer { 2 } else { 1 }
    }

    fn validate(&self) -> Result<(), Invalid> {
        check_name(Field::Name, &self.name, limits::NAME)?;
        check_line(Field::UserName, &self.user_name, limits::USER_NAME)?;
        check_text(Field::Notes, &self.notes, limits::NOTES)?;
        check_custom_fields(&self.custom_fields, HiddenFields::Possible)?;
        check_tags(&self.tags)?;
        check_line(Field::SourceId, self.source_id.as_deref().unwrap_or_default(), limits::SOURCE_ID)?;
        check_files(self.files.as_ref())?;
        check_removed(self.removed.as_ref())?;
        self.secret_file.as_ref().map_or(Ok(()), check_file)?;
        self.public.as_ref().map_or(Ok(()), check_public)
    }
}
