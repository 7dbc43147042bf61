//! What commands answer, in the form that `--json` writes. Fields are added and never change their meaning.

mod migration;

pub use migration::{LeftView, MigrationView, MovedView};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use zeroize::Zeroizing;

/// A text that is secret: written out where it was asked for, wiped when dropped, and shown by nothing else.
#[derive(Default)]
pub struct Hidden(pub Zeroizing<String>);

impl Serialize for Hidden {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Hidden {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        String::deserialize(deserializer).map(Zeroizing::new).map(Self)
    }
}

impl Hidden {
    /// Takes a copy.
    #[must_use]
    pub fn of(text: &str) -> Self {
        Self(Zeroizing::new(text.to_owned()))
    }
}

impl std::fmt::Debug for Hidden {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("Hidden(…)")
    }
}

/// What an item is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, clap::ValueEnum)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A vault.
    Vault,
    /// A folder of resources.
    ResourceGroup,
    /// A machine, a site, a program.
    Resource,
    /// An account on a resource.
    Account,
}

/// A custom field; the value of a hidden one is part of the secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldView {
    /// Its label.
    pub label: String,
    /// `text`, `date`, `hidden` or `file`.
    pub kind: String,
    /// The text, the day, or the file's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<String>,
}

/// A file.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// Bytes.
    pub length: u64,
}

/// A vault, resource group, resource or account, without any secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ItemView {
    /// What it is.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// Its number in the team; a vault has none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    /// Its version.
    pub version: u32,
    /// The id of its vault.
    pub vault: String,
    /// `vault/resource/account`, as `get` takes it.
    pub path: String,
    /// Its name.
    pub name: String,
    /// Names of the resource groups around it, from the vault down.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub groups: Vec<String>,
    /// The other plain fields that it has, by name, in order; empty ones are left out.
    #[serde(flatten)]
    pub fields: serde_json::Map<String, serde_json::Value>,
    /// Tags.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tags: Vec<String>,
    /// Custom fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub custom_fields: Vec<FieldView>,
    /// Files.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub files: Vec<FileView>,
}

/// An account with its secret.
#[derive(Debug, Serialize, Deserialize)]
pub struct SecretView {
    /// The account.
    #[serde(flatten)]
    pub item: ItemView,
    /// The secret; missing where there is none.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub secret: Option<Hidden>,
    /// The hidden custom fields.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub hidden: Vec<HiddenView>,
    /// The one-time code of this moment.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<Hidden>,
    /// Whether this is the version that was checked out, and there is a newer one.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub superseded: bool,
}

/// A hidden custom field.
#[derive(Debug, Serialize, Deserialize)]
pub struct HiddenView {
    /// Its label.
    pub label: String,
    /// Its value.
    pub value: Hidden,
}

/// Something that was made or changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ChangedView {
    /// Its id.
    pub id: String,
    /// Its number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    /// Its path.
    pub path: String,
    /// Its version now; missing for what was not written.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub version: Option<u32>,
}

/// What a change of one or many things came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReportView {
    /// What was made or changed, or would be.
    pub changed: Vec<ChangedView>,
    /// What was there already.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub same: usize,
    /// Whether nothing was written because that was asked for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}

fn is_zero(count: &usize) -> bool {
    *count == 0
}

/// A version of a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VersionView {
    /// Which.
    pub version: u32,
    /// The login name of whoever wrote it.
    pub author: String,
    /// When, by the author's clock (RFC 3339).
    pub time: String,
}

/// Where this program stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct StatusView {
    /// `signed_out`, `locked`, `open` or `service`.
    pub state: String,
    /// The server.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// The team's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team: Option<String>,
    /// The team's name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub team_name: Option<String>,
    /// The login name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub login_name: Option<String>,
    /// The newest statement and the newest event that were verified, for two people to compare.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub places: Option<(u64, u64)>,
    /// Whether nothing is written until somebody has compared those.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub held: bool,
}

/// A member.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct MemberView {
    /// Its id.
    pub id: String,
    /// Its number.
    pub number: u32,
    /// Its login name.
    pub login_name: String,
    /// What it calls itself.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub full_name: String,
    /// `person` or `service`.
    pub kind: String,
    /// `active`, `suspended`, `removed` or another state of the chain.
    pub state: String,
    /// The role in the team.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<String>,
    /// The roles in vaults.
    pub vaults: Vec<GrantView>,
}

/// A role in a vault.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GrantView {
    /// The vault's id.
    pub vault: String,
    /// The role.
    pub role: String,
}

/// A service and its token, which is shown this once.
#[derive(Debug, Serialize, Deserialize)]
pub struct ServiceView {
    /// Its id.
    pub id: String,
    /// Its name.
    pub name: String,
    /// The id of the vault that it uses where none is named.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub default_vault: Option<String>,
    /// The token.
    pub token: Hidden,
}

/// Somebody who was made a member.
#[derive(Debug, Serialize, Deserialize)]
pub struct NewMemberView {
    /// The login name.
    pub login_name: String,
    /// The emergency kit's file.
    pub kit: Hidden,
    /// The first password, where it was made here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub password: Option<Hidden>,
}

/// A request for a secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestView {
    /// Its id.
    pub id: String,
    /// The account's path, where it is known here.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// The account's id.
    pub account: String,
    /// The login name of whoever asks.
    pub requester: String,
    /// `requested`, `approved`, `checked_out`, `checked_in`, `rejected`, `cancelled`, `void` or `revoked`.
    pub status: String,
    /// When it was asked for (RFC 3339).
    pub asked: String,
    /// From when on it is asked for.
    pub from: String,
    /// Until when it stands as it does.
    pub until: String,
    /// For how many seconds.
    pub seconds: u32,
    /// How many approvals it needs, and how many count.
    pub needed: u8,
    /// How many count.
    pub approvals: usize,
    /// Why.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// For which ticket.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub ticket: Option<String>,
}

/// An event of the audit.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct EventView {
    /// Its place in the chain.
    pub sequence: u64,
    /// When (RFC 3339).
    pub time: String,
    /// The login name of whoever did it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub member: Option<String>,
    /// What was done.
    pub act: serde_json::Value,
    /// Whether it rests on a statement that was checked.
    pub verified: bool,
}

/// What a check of the audit came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct VerifiedView {
    /// How many events were checked.
    pub events: u64,
    /// Whether the chain was checked as a whole.
    pub whole: bool,
    /// The first event that is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub broken: Option<u64>,
    /// Vaults of which nothing is shown because they do not verify.
    pub refused: Vec<String>,
}

/// What a comparison of a server's web app came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WebView {
    /// The server.
    pub server: String,
    /// How many files were compared.
    pub files: usize,
    /// The paths of what is served otherwise, or not at all.
    pub others: Vec<String>,
}

/// What an import or an export came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransferView {
    /// The file, where one was written.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<String>,
    /// Resources.
    pub resources: usize,
    /// Accounts.
    pub accounts: usize,
    /// Accounts that were there already.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub known: usize,
    /// Rows that were not written, or what was kept back.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub left: usize,
    /// Which rows of the file were left out, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left_out: Vec<RowView>,
    /// Whether nothing was written because that was asked for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}

/// A row of a file that was left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RowView {
    /// The sheet's row (the header is row 1), or the item's place in the export, from 1.
    pub row: usize,
    /// The name of what stands there, where it has one.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub name: String,
    /// One word for programs; it stays as it is.
    pub code: String,
    /// Why, in English.
    pub message: String,
    /// Why, in Chinese.
    pub message_zh: String,
}
