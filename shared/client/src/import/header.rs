//! The columns of a sheet, recognised by their English and Chinese names in any order.

use serde::{Deserialize, Serialize};
use unicode_normalization::UnicodeNormalization;

/// A column that means something here. All others become custom fields.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    /// The resource's name.
    ResourceName,
    /// The account's user name.
    UserAccount,
    /// The secret.
    Password,
    /// The resource's description.
    Description,
    /// The resource's URL.
    ResourceUrl,
    /// The account's notes.
    Notes,
    /// The resource's department.
    Department,
    /// The resource's type.
    ResourceType,
    /// The resource's DNS name or address.
    DnsName,
    /// The resource's location.
    Location,
    /// Who answers for the resource.
    Owner,
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
}

/// Whether the values of a column without a meaning here are secrets by its name: then they become hidden fields.
pub(super) fn sounds_secret(name: &str) -> bool {
    let plain = plain(name);
    SECRET_WORDS.iter().any(|word| if word.len() > 3 { plain.contains(word) } else { plain == *word })
}

fn plain(name: &str) -> String {
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
        assert!(sounds_secret("SSH passphrase") && sounds_secret("支付密码") && sounds_secret("PIN"));
        assert!(!sounds_secret("Shipping"));
    }
}
