//! What was not found, by the words that were given for it, and what to do then.

use crate::{failure::Failure, fault::Fault};

/// What was not found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Missing {
    /// An item: its number, id or path, or a reference to it.
    Item(String),
    /// A deleted item.
    Deleted(String),
    /// A field of an item.
    Field {
        /// The item.
        item: String,
        /// The field.
        field: String,
    },
    /// One-time codes of an account.
    Code(String),
    /// A version of an account's secret.
    Version {
        /// The account.
        item: String,
        /// The version.
        version: u32,
    },
    /// A file of an item.
    File {
        /// The item.
        item: String,
        /// The file.
        file: String,
    },
    /// A member.
    Member(String),
    /// A request of one's own that can be checked out.
    Asked(String),
    /// A secret that is checked out.
    CheckedOut(String),
    /// A request of one's own that can be taken back.
    Open(String),
    /// Somebody's request that can be answered.
    Waiting(String),
}

impl Missing {
    /// A failure, which says what was not found where that is what it is about.
    pub(crate) fn unless(failure: Failure, missing: impl FnOnce() -> Self) -> Fault {
        match failure {
            Failure::NotFound => Fault::Missing(missing()),
            failure => Fault::Failure(failure),
        }
    }

    /// The same of an item.
    pub(crate) fn item(failure: Failure, what: &str) -> Fault {
        Self::unless(failure, || Self::Item(what.to_owned()))
    }

    /// What it is about, as it was given.
    #[must_use]
    pub fn subject(&self) -> &str {
        match self {
            Self::Item(what)
            | Self::Deleted(what)
            | Self::Code(what)
            | Self::Member(what)
            | Self::Asked(what)
            | Self::CheckedOut(what)
            | Self::Open(what)
            | Self::Waiting(what)
            | Self::Version { item: what, .. } => what,
            Self::Field { field, .. } => field,
            Self::File { file, .. } => file,
        }
    }

    /// The sentence in English and in Chinese.
    pub(crate) fn sentences(&self) -> (String, String) {
        match self {
            Self::Item(what) => (
                format!(
                    "{what}: there is no such thing here, or it is not for you. `sealward list` shows what there is."
                ),
                format!("{what}：这里没有它，或者您无权查看。可用 `sealward list` 查看现有内容。"),
            ),
            Self::Deleted(what) => (
                format!(
                    "{what}: nothing that was deleted is called so. `sealward restore` lists what can be restored."
                ),
                format!("{what}：已删除的内容中没有它。可用 `sealward restore` 查看可恢复的内容。"),
            ),
            Self::Field { item, field } => (
                format!("{item} has no field {field}. `sealward get {item} --no-secret` shows what it has."),
                format!("{item} 没有字段 {field}。可用 `sealward get {item} --no-secret` 查看其字段。"),
            ),
            Self::Code(item) => (
                format!("{item} has no one-time codes. `sealward edit {item} --otp-file` gives it a seed."),
                format!("{item} 没有一次性验证码。可用 `sealward edit {item} --otp-file` 为其添加种子。"),
            ),
            Self::Version { item, version } => (
                format!(
                    "The secret of {item} has no version {version}. `sealward history {item}` lists those that there are."
                ),
                format!("{item} 的机密没有版本 {version}。可用 `sealward history {item}` 查看现有版本。"),
            ),
            Self::File { item, file } => (
                format!("{item} has no file {file}. `sealward get {item} --no-secret --json` lists its files."),
                format!("{item} 没有文件 {file}。可用 `sealward get {item} --no-secret --json` 查看其文件。"),
            ),
            Self::Member(what) => (
                format!("{what}: no member has this login name, number or id. `sealward member list` shows them."),
                format!("{what}：没有成员使用此登录名、编号或 ID。可用 `sealward member list` 查看成员。"),
            ),
            Self::Asked(what) => (
                format!(
                    "{what}: you have no request for it that could be checked out. `sealward request` asks for it."
                ),
                format!("{what}：您没有可借出的申请。请先用 `sealward request` 提出申请。"),
            ),
            Self::CheckedOut(what) => (
                format!("{what}: you have not checked it out, or its time is over. There is nothing to check in."),
                format!("{what}：您尚未借出，或借出已到期，无需归还。"),
            ),
            Self::Open(what) => (
                format!("{what}: no request of yours for it can be taken back. `sealward requests --all` lists yours."),
                format!("{what}：您没有可撤回的相关申请。可用 `sealward requests --all` 查看您的申请。"),
            ),
            Self::Waiting(what) => (
                format!(
                    "{what}: no request for it can be answered so. `sealward requests --others` lists those that wait."
                ),
                format!("{what}：没有可如此处理的相关申请。可用 `sealward requests --others` 查看待处理的申请。"),
            ),
        }
    }
}

impl From<Missing> for Fault {
    fn from(missing: Missing) -> Self {
        Self::Missing(missing)
    }
}
