//! What a migration came to: what was made, what was there, and what was left out.

use serde::{Deserialize, Serialize};

/// What a migration came to.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct MigrationView {
    /// The product: `pmp` or `jumpserver`.
    pub product: String,
    /// The address of its server.
    pub from: String,
    /// Resources that were made, or would be.
    pub resources: usize,
    /// Accounts that were made, or would be.
    pub accounts: usize,
    /// Secrets among them; in a dry run nobody knows.
    pub secrets: usize,
    /// Earlier secrets.
    pub versions: usize,
    /// Files.
    pub files: usize,
    /// Accounts that were there already.
    pub known: usize,
    /// The accounts that were made, or would be.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub made: Vec<MovedView>,
    /// What was there already, is another now at the source, and was left alone.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub changed: Vec<MovedView>,
    /// What was there already and was made like the source again.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub updated: Vec<MovedView>,
    /// What was left out, and why.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub left: Vec<LeftView>,
    /// What the product's API does not give: `password_history`, `resource_groups`, `further_files`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub not_given: Vec<String>,
    /// What ended it early: the word that a failure has. The same again goes on from there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ended: Option<LeftView>,
    /// Whether nothing was written because that was asked for.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub dry_run: bool,
}

/// Something of another product that is, or was, brought in.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct MovedView {
    /// `resource/account`, or a resource's name.
    pub item: String,
    /// Its id there, with the product before it.
    pub source_id: String,
}

/// Something that was left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeftView {
    /// `resource/account`, or a resource's name.
    pub item: String,
    /// Its id there, with the product before it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub source_id: String,
    /// The part that was left out, where the rest was taken: `history` or `file`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub part: Option<String>,
    /// One word for programs; it stays as it is.
    pub code: String,
    /// Why, in English.
    pub message: String,
    /// Why, in Chinese.
    pub message_zh: String,
}
