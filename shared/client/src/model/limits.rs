//! Every length that a payload may have, in one table. Texts are counted in characters, payloads in bytes.

/// Names of vaults, resource groups, resources, accounts, teams and people.
pub const NAME: usize = 200;
/// Descriptions.
pub const DESCRIPTION: usize = 2_000;
/// Notes in the catalog.
pub const NOTES: usize = 10_000;
/// URLs.
pub const URL: usize = 2_048;
/// DNS names and addresses.
pub const DNS_NAME: usize = 255;
/// User names.
pub const USER_NAME: usize = 255;
/// The free text of a resource's type.
pub const RESOURCE_TYPE: usize = 60;
/// Departments.
pub const DEPARTMENT: usize = 100;
/// Locations.
pub const LOCATION: usize = 200;
/// Owners.
pub const OWNER: usize = 200;
/// E-mail addresses and telephone numbers in profiles.
pub const CONTACT: usize = 255;
/// Telephone numbers beside the first.
pub const PHONES: usize = 10;
/// Further fields of a profile.
pub const PROFILE_FIELDS: usize = 20;
/// One tag.
pub const TAG: usize = 50;
/// Tags on one object.
pub const TAGS: usize = 20;
/// Labels of custom fields.
pub const CUSTOM_LABEL: usize = 100;
/// Text values of custom fields.
pub const CUSTOM_TEXT: usize = 2_000;
/// Custom fields on one object, hidden ones included.
pub const CUSTOM_FIELDS: usize = 20;
/// Hidden values of custom fields.
pub const HIDDEN_TEXT: usize = 10_000;
/// The id that an imported object had where it came from.
pub const SOURCE_ID: usize = 200;
/// Bytes of a one-time-code seed (an `otpauth` URL or base32 text).
pub const OTP_SEED: usize = 2_048;
/// Names of files.
pub const FILE_NAME: usize = 255;
/// Media types of files (RFC 6838: 127 characters on each side of the slash).
pub const MEDIA_TYPE: usize = 255;
/// Bytes of one file.
pub const FILE: u64 = 100 * 1024 * 1024;
/// Files beside an account's secret.
pub const FILES: usize = 20;
/// A vault's own password policies.
pub const POLICIES: usize = 50;
/// Names of password policies.
pub const POLICY_NAME: usize = 100;
/// The longest password that a policy may speak of.
pub const POLICY_LENGTH: u16 = 1_000;
/// The line of a public SSH key: RSA with 16,384 bits takes about 2,800 characters.
pub const PUBLIC_KEY: usize = 8_000;
/// Fingerprints, serial numbers and names of algorithms.
pub const FINGERPRINT: usize = 200;
/// Distinguished and alternative names of a certificate.
pub const DISTINGUISHED_NAME: usize = 1_000;
/// Alternative names of a certificate.
pub const CERTIFICATE_NAMES: usize = 100;
/// Reasons that are given for an export: sealed, they stay under the limit of every statement.
pub const REASON: usize = 500;
/// The longest time that deleted things are kept, in days; 0 stands for ever.
pub const TRASH_DAYS: u32 = 3_650;
/// Bytes of a catalog payload, encoded.
pub const CATALOG_PAYLOAD: usize = 64 * 1024 - 1;
/// Bytes of a secret.
pub const SECRET: usize = 64 * 1024;
/// Bytes of a secret payload, encoded: the secret, its hidden fields and its seed.
pub const SECRET_PAYLOAD: usize = 256 * 1024;
/// Bytes of a file's payload, encoded: 100 hashes and its names.
pub const FILE_PAYLOAD: usize = 8 * 1024;
/// Bytes of a facts payload, encoded.
pub const FACTS_PAYLOAD: usize = 128;
