//! The columns that each program writes into its CSV, and how a file is recognised by them.

use super::ImportFormat;
use super::header::{Column, plain, sounds_secret};
use Column::*;

/// What the rows of a file are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Rows {
    /// Sign-ins.
    Logins,
    /// Texts that are secret as a whole.
    Notes,
    /// Cards, papers and people, whose type stands here.
    Papers(&'static str),
}

/// The columns of one program.
pub(super) struct Layout {
    pub(super) format: ImportFormat,
    pub(super) rows: Rows,
    /// A file has this layout when of each of these one stands in its header.
    marks: &'static [&'static [&'static str]],
    /// All columns that it may have, when nothing but the whole header tells it from another.
    whole: Option<&'static [&'static str]>,
    columns: &'static [(&'static str, Column)],
}

impl Layout {
    const fn new(
        format: ImportFormat,
        marks: &'static [&'static [&'static str]],
        columns: &'static [(&'static str, Column)],
    ) -> Self {
        Self { format, rows: Rows::Logins, marks, whole: None, columns }
    }

    const fn of(self, rows: Rows) -> Self {
        Self { rows, ..self }
    }

    const fn whole(self, whole: &'static [&'static str]) -> Self {
        Self { whole: Some(whole), ..self }
    }

    /// The layout that a header has.
    pub(super) fn recognise(labels: &[String]) -> Option<&'static Self> {
        let plain: Vec<String> = labels.iter().map(|label| plain(label)).collect();
        LAYOUTS.iter().find(|layout| layout.fits(&plain))
    }

    /// The layout of a format that a header has.
    pub(super) fn of_format(format: ImportFormat, labels: &[String]) -> Option<&'static Self> {
        let plain: Vec<String> = labels.iter().map(|label| plain(label)).collect();
        let mut layouts = LAYOUTS.iter().filter(|layout| layout.format == format);
        let known = |layout: &&Self| layout.columns.iter().any(|(name, _)| plain.iter().any(|label| label == name));
        layouts.clone().find(|layout| layout.fits(&plain)).or_else(|| layouts.find(known))
    }

    fn fits(&self, header: &[String]) -> bool {
        let has = |name: &&str| header.iter().any(|label| label == name);
        self.marks.iter().all(|any| any.iter().any(has))
            && self.whole.is_none_or(|whole| header.iter().all(|label| whole.contains(&label.as_str())))
    }

    /// What a column means here. Those that are not known become custom fields.
    pub(super) fn column(&self, label: &str) -> Column {
        let plain = plain(label);
        let known = self.columns.iter().find(|(name, _)| *name == plain).map(|(_, column)| *column);
        known.unwrap_or(if sounds_secret(label) { Hidden } else { Custom })
    }
}

/// Every known layout. Where one's header is a part of another's, the larger one comes first.
static LAYOUTS: &[Layout] = &[
    Layout::new(
        ImportFormat::BitwardenCsv,
        &[&["loginuri"], &["loginusername"], &["loginpassword"]],
        &[
            ("folder", GroupPath),
            ("collections", GroupPath),
            ("favorite", Favourite),
            ("type", Kind),
            ("name", ResourceName),
            ("notes", Notes),
            ("fields", Fields),
            ("reprompt", Ignored),
            ("archiveddate", Archived),
            ("loginuri", ResourceUrl),
            ("loginusername", UserAccount),
            ("loginpassword", Password),
            ("logintotp", OneTimeCode),
        ],
    ),
    Layout::new(
        ImportFormat::LastPass,
        &[&["extra"], &["grouping"]],
        &[
            ("url", ResourceUrl),
            ("username", UserAccount),
            ("password", Password),
            ("totp", OneTimeCode),
            ("extra", Notes),
            ("name", ResourceName),
            ("grouping", GroupPath),
            ("fav", Favourite),
        ],
    ),
    Layout::new(
        ImportFormat::Firefox,
        &[&["httprealm"], &["formactionorigin"]],
        &[
            ("url", ResourceUrl),
            ("username", UserAccount),
            ("password", Password),
            ("httprealm", Custom),
            ("formactionorigin", Ignored),
            ("guid", SourceId),
            ("timecreated", Created),
            ("timelastused", Ignored),
            ("timepasswordchanged", Changed),
        ],
    ),
    Layout::new(
        ImportFormat::ProtonPassCsv,
        &[&["createtime"], &["modifytime"], &["totp"]],
        &[
            ("type", Kind),
            ("name", ResourceName),
            ("url", ResourceUrl),
            ("email", OtherUser),
            ("username", UserAccount),
            ("password", Password),
            ("note", Notes),
            ("totp", OneTimeCode),
            ("createtime", Created),
            ("modifytime", Changed),
            ("vault", GroupPath),
        ],
    ),
    Layout::new(
        ImportFormat::KeePassXcCsv,
        &[&["group"], &["title"], &["username"], &["lastmodified", "icon"]],
        &[
            ("group", GroupPath),
            ("title", ResourceName),
            ("username", UserAccount),
            ("password", Password),
            ("url", ResourceUrl),
            ("notes", Notes),
            ("totp", OneTimeCode),
            ("icon", Ignored),
            ("lastmodified", Changed),
            ("created", Created),
        ],
    ),
    Layout::new(
        ImportFormat::Passbolt,
        &[&["group"], &["title"], &["username"], &["password"]],
        &[
            ("title", ResourceName),
            ("username", UserAccount),
            ("url", ResourceUrl),
            ("password", Password),
            ("notes", Notes),
            ("group", GroupPath),
            ("totp", OneTimeCode),
        ],
    ),
    Layout::new(
        ImportFormat::Passbolt,
        &[&["name"], &["uri"], &["secretclear", "password", "secret"], &["folderparentpath", "description"]],
        &[
            ("id", SourceId),
            ("name", ResourceName),
            ("username", UserAccount),
            ("uri", ResourceUrl),
            ("secretclear", Password),
            ("secret", Password),
            ("password", Password),
            ("description", Notes),
            ("folderparentpath", GroupPath),
            ("totp", OneTimeCode),
            ("created", Created),
            ("modified", Changed),
            ("expired", Expiry),
        ],
    ),
    Layout::new(
        ImportFormat::OnePasswordCsv,
        &[&["title"], &["username"], &["otpauth"], &["archived", "favorite", "tags"]],
        &[
            ("title", ResourceName),
            ("url", ResourceUrl),
            ("username", UserAccount),
            ("password", Password),
            ("otpauth", OneTimeCode),
            ("favorite", Favourite),
            ("archived", Archived),
            ("tags", Tags),
            ("notes", Notes),
        ],
    ),
    Layout::new(
        ImportFormat::Safari,
        &[&["title"], &["url"], &["username"], &["password"], &["notes", "otpauth"]],
        &[
            ("title", ResourceName),
            ("url", ResourceUrl),
            ("username", UserAccount),
            ("password", Password),
            ("notes", Notes),
            ("otpauth", OneTimeCode),
        ],
    )
    .whole(&["title", "url", "username", "password", "notes", "otpauth"]),
    Layout::new(
        ImportFormat::Dashlane,
        &[&["username"], &["title"], &["password"], &["username2", "otpurl", "otpsecret"]],
        &[
            ("username", UserAccount),
            ("username2", OtherUser),
            ("username3", OtherUser),
            ("title", ResourceName),
            ("password", Password),
            ("note", Notes),
            ("url", ResourceUrl),
            ("category", GroupPath),
            ("otpurl", OneTimeCode),
            ("otpsecret", OneTimeCode),
        ],
    ),
    Layout::new(
        ImportFormat::Dashlane,
        &[&["ccnumber"]],
        &[
            ("type", Custom),
            ("accountname", ResourceName),
            ("name", ResourceName),
            ("accountholder", UserAccount),
            ("ccnumber", Password),
            ("code", Hidden),
            ("routingnumber", Hidden),
            ("accountnumber", Hidden),
            ("note", Notes),
        ],
    )
    .of(Rows::Papers("Card")),
    Layout::new(
        ImportFormat::Dashlane,
        &[&["placeofissue"], &["number"]],
        &[("type", ResourceName), ("number", Password), ("name", UserAccount), ("expirationdate", Expiry)],
    )
    .of(Rows::Papers("Identity")),
    Layout::new(
        ImportFormat::Dashlane,
        &[&["emailtype"], &["itemname"], &["addressrecipient"]],
        &[("type", Custom), ("itemname", ResourceName), ("login", UserAccount), ("url", ResourceUrl)],
    )
    .of(Rows::Papers("Identity")),
    Layout::new(
        ImportFormat::Dashlane,
        &[&["ssid"], &["passphrase", "password"]],
        &[
            ("name", ResourceName),
            ("ssid", UserAccount),
            ("passphrase", Password),
            ("password", Password),
            ("note", Notes),
            ("notes", Notes),
        ],
    ),
    Layout::new(
        ImportFormat::Dashlane,
        &[&["title"], &["note"]],
        &[("title", ResourceName), ("note", Notes), ("category", GroupPath)],
    )
    .of(Rows::Notes)
    .whole(&["title", "note", "category"]),
    Layout::new(
        ImportFormat::Chrome,
        &[&["name"], &["url"], &["username"], &["password"]],
        &[
            ("name", ResourceName),
            ("url", ResourceUrl),
            ("username", UserAccount),
            ("password", Password),
            ("note", Notes),
        ],
    )
    .whole(&["name", "url", "username", "password", "note"]),
    Layout::new(
        ImportFormat::JumpServer,
        &[&["asset", "资产", "資產"], &["secrettype", "密文类型", "凭据类型", "密码类型", "密文類型"]],
        &[
            ("id", SourceId),
            ("name", AccountName),
            ("名称", AccountName),
            ("名稱", AccountName),
            ("username", UserAccount),
            ("用户名", UserAccount),
            ("使用者名稱", UserAccount),
            ("secrettype", SecretType),
            ("密文类型", SecretType),
            ("密文類型", SecretType),
            ("凭据类型", SecretType),
            ("密码类型", SecretType),
            ("secret", Password),
            ("password", Password),
            ("密文", Password),
            ("密码", Password),
            ("密碼", Password),
            ("凭据", Password),
            ("passphrase", Hidden),
            ("密钥密码", Hidden),
            ("asset", ResourceName),
            ("资产", ResourceName),
            ("資產", ResourceName),
            ("address", DnsName),
            ("地址", DnsName),
            ("资产地址", DnsName),
            ("node", GroupPath),
            ("节点", GroupPath),
            ("privileged", Privileged),
            ("特权账号", Privileged),
            ("特权", Privileged),
            ("特權帳號", Privileged),
            ("isactive", Active),
            ("active", Active),
            ("激活", Active),
            ("激活中", Active),
            ("启用", Active),
            ("comment", Notes),
            ("备注", Notes),
            ("備註", Notes),
            ("labels", Tags),
            ("标签", Tags),
            ("標籤", Tags),
            ("datecreated", Created),
            ("创建日期", Created),
            ("创建时间", Created),
            ("dateupdated", Changed),
            ("更新日期", Changed),
            ("更新时间", Changed),
            ("source", Ignored),
            ("来源", Ignored),
            ("hassecret", Ignored),
            ("托管密码", Ignored),
            ("version", Ignored),
            ("版本", Ignored),
            ("pushnow", Ignored),
            ("立即推送", Ignored),
            ("template", Ignored),
            ("模板", Ignored),
            ("connectivity", Ignored),
            ("可连接性", Ignored),
            ("连接性", Ignored),
            ("dateverified", Ignored),
            ("校验日期", Ignored),
            ("specinfo", Ignored),
            ("特殊信息", Ignored),
            ("params", Ignored),
            ("参数", Ignored),
            ("oninvalid", Ignored),
            ("secretreset", Ignored),
        ],
    ),
];
