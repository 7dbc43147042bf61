//! What a column of a sheet can mean, and the English and Chinese names by which it is recognised in any order.

use minicbor::{Decode, Encode};
use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// What a column means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode, Serialize, Deserialize)]
#[cbor(index_only)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// The resource's name.
    #[n(0)]
    ResourceName,
    /// The account's user name.
    #[n(1)]
    UserAccount,
    /// The secret.
    #[n(2)]
    Password,
    /// The resource's description.
    #[n(3)]
    Description,
    /// The resource's URL.
    #[n(4)]
    ResourceUrl,
    /// The account's notes.
    #[n(5)]
    Notes,
    /// The resource's department.
    #[n(6)]
    Department,
    /// The resource's type.
    #[n(7)]
    ResourceType,
    /// The resource's DNS name or address.
    #[n(8)]
    DnsName,
    /// The resource's location.
    #[n(9)]
    Location,
    /// Who answers for the resource.
    #[n(10)]
    Owner,
    /// The path of the group that the resource stands in.
    #[n(11)]
    GroupPath,
    /// Tags, by comma or semicolon.
    #[n(12)]
    Tags,
    /// The seed of one-time codes.
    #[n(13)]
    OneTimeCode,
    /// The account's name, where it is not the user name.
    #[n(14)]
    AccountName,
    /// A second user name: taken where the first is empty, else a custom field.
    #[n(15)]
    OtherUser,
    /// What kind of secret it is.
    #[n(16)]
    SecretType,
    /// Whether the account has more rights than an ordinary one.
    #[n(17)]
    Privileged,
    /// Whether the account is in use.
    #[n(18)]
    Active,
    /// Whether it was put away.
    #[n(19)]
    Archived,
    /// Whether it is a favourite.
    #[n(20)]
    Favourite,
    /// The last day on which the account is valid.
    #[n(21)]
    Expiry,
    /// When it was made.
    #[n(22)]
    Created,
    /// When it was changed.
    #[n(23)]
    Changed,
    /// Its id where it comes from.
    #[n(24)]
    SourceId,
    /// What kind of row it is.
    #[n(25)]
    Kind,
    /// Custom fields, each on a line of its own as `label: value`.
    #[n(26)]
    Fields,
    /// A custom field with the header as its label.
    #[n(27)]
    Custom,
    /// The same, hidden.
    #[n(28)]
    Hidden,
    /// Nothing.
    #[n(29)]
    Ignored,
}

/// Names as sheets have them: small letters, without blanks and signs.
const NAMES: &[(Column, &[&str])] = &[
    (
        Column::ResourceName,
        &["resourcename", "resource", "资源名称", "资源名", "资源", "設備名稱", "资源名稱", "資源名稱"],
    ),
    (
        Column::UserAccount,
        &[
            "useraccount",
            "username",
            "account",
            "accountname",
            "user",
            "loginname",
            "login",
            "用户账户",
            "用户帐户",
            "用户账号",
            "用户帐号",
            "账户",
            "帐户",
            "账号",
            "帐号",
            "账户名",
            "用户名",
            "用户",
            "登录名",
            "使用者帳戶",
            "帳號",
            "帳戶",
        ],
    ),
    (Column::Password, &["password", "密码", "口令", "密碼"]),
    (Column::Description, &["description", "描述", "说明", "資源描述", "资源描述", "說明"]),
    (Column::ResourceUrl, &["resourceurl", "url", "website", "资源url", "網址", "网址", "链接", "资源网址", "資源url"]),
    (Column::Notes, &["notes", "note", "remarks", "remark", "comments", "comment", "备注", "注释", "備註", "註釋"]),
    (Column::Department, &["department", "部门", "部門"]),
    (Column::ResourceType, &["resourcetype", "type", "资源类型", "类型", "資源類型", "類型"]),
    (
        Column::DnsName,
        &[
            "dnsname",
            "dnsnameipaddress",
            "dns",
            "hostname",
            "host",
            "ipaddress",
            "ip",
            "dns名称",
            "域名",
            "主机名",
            "ip地址",
            "主机",
        ],
    ),
    (Column::Location, &["location", "位置", "地点", "地點"]),
    (Column::Owner, &["owner", "resourceowner", "所有者", "负责人", "負責人"]),
];

/// Further names, for sheets of no known program.
const GUESSES: &[(Column, &[&str])] = &[
    (
        Column::ResourceName,
        &[
            "name",
            "title",
            "server",
            "system",
            "site",
            "asset",
            "assetname",
            "名称",
            "标题",
            "系统",
            "系统名称",
            "资产",
            "服务器",
            "名稱",
        ],
    ),
    (Column::UserAccount, &["email", "userid", "userlogin", "loginusername", "邮箱", "登录账号", "使用者"]),
    (Column::Password, &["pass", "passwd", "pwd", "secret", "loginpassword", "密文", "登录密码"]),
    (Column::ResourceUrl, &["uri", "link", "webaddress", "address", "loginuri", "地址", "网站", "登录地址"]),
    (Column::Notes, &["extra", "memo", "remarks", "备忘", "说明备注"]),
    (
        Column::GroupPath,
        &[
            "group",
            "grouppath",
            "folder",
            "folders",
            "path",
            "category",
            "grouping",
            "vault",
            "分组",
            "文件夹",
            "组",
            "目录",
            "群組",
        ],
    ),
    (Column::Tags, &["tags", "tag", "labels", "label", "标签", "標籤"]),
    (
        Column::OneTimeCode,
        &[
            "otp",
            "totp",
            "otpauth",
            "otpurl",
            "onetimecode",
            "2fa",
            "authenticator",
            "一次性密码",
            "动态口令",
            "验证码",
            "动态密码",
        ],
    ),
    (Column::Expiry, &["expiry", "expires", "expirydate", "expirationdate", "到期", "到期日", "过期时间", "有效期"]),
];

/// Words in the name of a column whose values are secrets.
const SECRET_WORDS: &[&str] = &[
    "password",
    "passphrase",
    "secret",
    "token",
    "privatekey",
    "apikey",
    "accesskey",
    "pin",
    "otp",
    "密码",
    "密碼",
    "口令",
    "密钥",
    "私钥",
    "令牌",
];

impl Column {
    /// The column that a name means.
    pub(super) fn recognise(name: &str) -> Option<Self> {
        let plain = plain(name);
        NAMES.iter().find(|(_, names)| names.contains(&plain.as_str())).map(|(column, _)| *column)
    }

    /// The column that a name may mean in a sheet of no known program.
    pub(super) fn guess(name: &str) -> Self {
        let plain = plain(name);
        let guess = NAMES.iter().chain(GUESSES).find(|(_, names)| names.contains(&plain.as_str()));
        match guess {
            Some((column, _)) => *column,
            None if sounds_secret(name) => Self::Hidden,
            None => Self::Custom,
        }
    }

    /// Whether its values are secrets.
    pub fn is_secret(self) -> bool {
        matches!(self, Self::Password | Self::Hidden | Self::OneTimeCode | Self::Fields)
    }

    /// Whether a row has at most one of it.
    pub(super) fn is_single(self) -> bool {
        !matches!(self, Self::Custom | Self::Hidden | Self::Ignored | Self::OtherUser)
    }
}

/// Whether the values of a column without a meaning here are secrets by its name: then they become hidden fields.
pub(super) fn sounds_secret(name: &str) -> bool {
    let plain = plain(name);
    SECRET_WORDS.iter().any(|word| if word.len() > 3 { plain.contains(word) } else { plain == *word })
}

/// A name without blanks, signs and capitals.
pub(super) fn plain(name: &str) -> String {
    name.nfkc().flat_map(char::to_lowercase).filter(|c| c.is_alphanumeric()).collect()
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn columns_are_known_by_many_names() {
        for (name, column) in [
            ("Resource Name", Column::ResourceName),
            (" user_account ", Column::UserAccount),
            ("ＰＡＳＳＷＯＲＤ", Column::Password),
            ("资源 URL", Column::ResourceUrl),
            ("用户帐户", Column::UserAccount),
            ("DNS Name/IP Address", Column::DnsName),
            ("部门", Column::Department),
        ] {
            assert_eq!(Column::recognise(name), Some(column), "{name}");
        }
        assert_eq!(Column::recognise("Rack"), None);
        assert_eq!((Column::guess("Title"), Column::guess("动态口令")), (Column::ResourceName, Column::OneTimeCode));
        assert_eq!((Column::guess("Rack"), Column::guess("API key")), (Column::Custom, Column::Hidden));
        assert!(sounds_secret("SSH passphrase") && sounds_secret("支付密码") && sounds_secret("PIN"));
        assert!(!sounds_secret("Shipping"));
    }
}
