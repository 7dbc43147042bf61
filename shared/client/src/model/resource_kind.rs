//! The types of resource that have an icon, recognised in the words that people write, English and Chinese.

use serde::{Deserialize, Serialize};

/// A type of resource that the page has an icon and a name for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ResourceKind {
    /// A server of any system.
    Server,
    /// A Windows machine.
    Windows,
    /// A Linux or other Unix machine.
    Linux,
    /// A database.
    Database,
    /// A switch, router, firewall or the like.
    NetworkDevice,
    /// A website.
    Website,
    /// An application.
    Application,
    /// A cloud account.
    Cloud,
    /// A file store.
    FileStore,
}

/// Words in a type, lower case, by kind. Earlier rows win: "Linux server" is Linux, "cloud database" a database.
const WORDS: &[(ResourceKind, &[&str], &[&str])] = &[
    (
        ResourceKind::Database,
        &[
            "database",
            "db",
            "sql",
            "mysql",
            "mariadb",
            "postgres",
            "postgresql",
            "oracle",
            "mssql",
            "mongodb",
            "redis",
            "sqlite",
            "db2",
            "sybase",
            "clickhouse",
            "elasticsearch",
        ],
        &["数据库", "資料庫"],
    ),
    (
        ResourceKind::NetworkDevice,
        &[
            "network", "switch", "router", "firewall", "gateway", "cisco", "juniper", "fortinet", "mikrotik", "vpn",
            "wifi", "h3c", "f5",
        ],
        &["网络设备", "網路設備", "交换机", "交換機", "路由", "防火墙", "防火牆", "网关", "网络"],
    ),
    (
        ResourceKind::FileStore,
        &["file", "files", "storage", "nas", "san", "ftp", "sftp", "smb", "nfs", "s3", "share", "fileserver"],
        &["文件存储", "文件", "檔案", "存储", "儲存", "网盘"],
    ),
    (
        ResourceKind::Cloud,
        &["cloud", "aws", "azure", "gcp", "aliyun", "alibaba", "kubernetes", "k8s", "openstack", "saas"],
        &["云", "雲"],
    ),
    (ResourceKind::Windows, &["windows", "win", "windowsdomain", "rdp"], &["视窗"]),
    (
        ResourceKind::Linux,
        &[
            "linux", "unix", "ubuntu", "debian", "centos", "redhat", "rhel", "suse", "fedora", "aix", "solaris", "bsd",
            "freebsd", "hp-ux", "ssh",
        ],
        &["麒麟", "统信"],
    ),
    (
        ResourceKind::Website,
        &["website", "web", "site", "url", "portal", "http", "https"],
        &["网站", "網站", "网页", "门户"],
    ),
    (
        ResourceKind::Application,
        &["application", "app", "software", "program", "service"],
        &["应用", "應用", "软件", "系统"],
    ),
    (
        ResourceKind::Server,
        &["server", "host", "machine", "vm", "esxi", "vmware", "computer", "node"],
        &["服务器", "伺服器", "主机", "主機", "虚拟机"],
    ),
];

impl ResourceKind {
    /// Every kind, in the order in which they are offered.
    pub const ALL: [Self; 9] = [
        Self::Server,
        Self::Windows,
        Self::Linux,
        Self::Database,
        Self::NetworkDevice,
        Self::Website,
        Self::Application,
        Self::Cloud,
        Self::FileStore,
    ];

    /// The kind that a free text names. Latin words count whole, Chinese ones wherever they stand.
    pub fn recognise(text: &str) -> Option<Self> {
        let text = text.trim().to_lowercase();
        WORDS.iter().find(|(_, words, parts)| names_any(&text, words, parts)).map(|(kind, ..)| *kind)
    }

    /// The text that a form puts in the type field for this kind, in English.
    pub const fn english(self) -> &'static str {
        match self {
            Self::Server => "Server",
            Self::Windows => "Windows",
            Self::Linux => "Linux",
            Self::Database => "Database",
            Self::NetworkDevice => "Network device",
            Self::Website => "Website",
            Self::Application => "Application",
            Self::Cloud => "Cloud",
            Self::FileStore => "File store",
        }
    }

    /// The text that a form puts in the type field for this kind, in Chinese.
    pub const fn chinese(self) -> &'static str {
        match self {
            Self::Server => "服务器",
            Self::Windows => "Windows",
            Self::Linux => "Linux",
            Self::Database => "数据库",
            Self::NetworkDevice => "网络设备",
            Self::Website => "网站",
            Self::Application => "应用",
            Self::Cloud => "云",
            Self::FileStore => "文件存储",
        }
    }
}

fn names_any(text: &str, words: &[&str], parts: &[&str]) -> bool {
    parts.iter().any(|part| text.contains(part))
        || text
            .split(|c: char| !(c.is_ascii_alphanumeric() || c == '-'))
            .any(|word| words.contains(&word) || word.strip_suffix('s').is_some_and(|one| words.contains(&one)))
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn every_kind_recognises_its_own_names() {
        for kind in ResourceKind::ALL {
            assert_eq!(ResourceKind::recognise(kind.english()), Some(kind), "{}", kind.english());
            assert_eq!(ResourceKind::recognise(kind.chinese()), Some(kind), "{}", kind.chinese());
        }
    }

    #[test]
    fn people_write_types_in_many_ways() {
        use ResourceKind::*;
        for (text, kind) in [
            ("Linux Server", Some(Linux)),
            ("windows server 2022", Some(Windows)),
            ("MS SQL server", Some(Database)),
            ("Cisco IOS", Some(NetworkDevice)),
            ("华为交换机", Some(NetworkDevice)),
            ("阿里云", Some(Cloud)),
            ("云数据库", Some(Database)),
            ("Web applications", Some(Website)),
            ("physical servers", Some(Server)),
            ("virtual machine", Some(Server)),
            ("", None),
            ("printer", None),
            ("winter", None),
        ] {
            assert_eq!(ResourceKind::recognise(text), kind, "{text}");
        }
    }
}
