//! Which connector a resource has, and what it dials: by the resource's type and its addresses.

use http::Uri;
use sealward_client::model::{ResourceDetails, ResourceKind};

/// How a target is spoken to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Linux, over SSH.
    Ssh,
    /// PostgreSQL.
    PostgreSql,
}

impl Kind {
    const fn port(self) -> u16 {
        match self {
            Self::Ssh => 22,
            Self::PostgreSql => 5432,
        }
    }

    fn of_scheme(scheme: &str) -> Option<Self> {
        match scheme {
            "ssh" => Some(Self::Ssh),
            "postgres" | "postgresql" => Some(Self::PostgreSql),
            _ => None,
        }
    }
}

/// What is dialled.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// How it is spoken to.
    pub kind: Kind,
    /// Host name or address, in lower case.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The database, where it is one.
    pub database: String,
}

impl Target {
    /// Host and port, for people.
    #[must_use]
    pub fn place(&self) -> String {
        let Self { host, port, .. } = self;
        if host.contains(':') { format!("[{host}]:{port}") } else { format!("{host}:{port}") }
    }
}

/// Why nothing can be dialled.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoConnector {
    /// There is none for this type.
    #[error("there is no connector for resources of type `{0}`: there are those for Linux (SSH) and PostgreSQL")]
    Type(String),
    /// The resource does not say where it is.
    #[error("the resource has no address: its DNS name (with a port, if it is not the usual one) says where it is")]
    NoAddress,
    /// The address cannot be one.
    #[error("the resource's address is none: a host name or address, with a port if it is not the usual one")]
    Address,
}

/// The target that a resource is.
///
/// # Errors
/// [`NoConnector`].
pub fn choose(resource: &ResourceDetails) -> Result<Target, NoConnector> {
    let url: Option<Uri> = resource.url.trim().parse().ok();
    let url = url.as_ref().and_then(|url| Some((Kind::of_scheme(url.scheme_str()?)?, url)));
    let of_url = url.as_ref().map(|(kind, _)| *kind);
    let kind = kind_of(resource, of_url).ok_or_else(|| NoConnector::Type(resource.resource_type.clone()))?;
    // A URL of another scheme is no address of this.
    let url = url.filter(|(of_url, _)| *of_url == kind).map(|(_, url)| url);
    let (host, port) = match resource.dns_name.trim() {
        "" => (url.and_then(Uri::host).ok_or(NoConnector::NoAddress)?, None),
        named => split(named).ok_or(NoConnector::Address)?,
    };
    let host = host.trim_start_matches('[').trim_end_matches(']').to_lowercase();
    let is_host = |letter: char| letter.is_alphanumeric() || ".-_:".contains(letter);
    if host.is_empty() || host.starts_with('-') || !host.chars().all(is_host) {
        return Err(NoConnector::Address);
    }
    let port = port.or_else(|| url.and_then(Uri::port_u16)).unwrap_or(kind.port());
    if port == 0 {
        return Err(NoConnector::Address);
    }
    let database = url.map(|url| url.path().trim_matches('/')).filter(|path| !path.is_empty()).unwrap_or("postgres");
    Ok(Target { kind, host, port, database: database.to_owned() })
}

/// The type has the say; where it names a server or a database and not which, the scheme of the URL has.
fn kind_of(resource: &ResourceDetails, of_url: Option<Kind>) -> Option<Kind> {
    let named = resource.resource_type.to_lowercase();
    let mut words = named.split(|letter: char| !letter.is_ascii_alphanumeric());
    if words.any(|word| matches!(word, "postgres" | "postgresql" | "pgsql")) {
        return Some(Kind::PostgreSql);
    }
    match (resource.kind(), of_url) {
        (Some(ResourceKind::Linux), _) | (None | Some(ResourceKind::Server), Some(Kind::Ssh)) => Some(Kind::Ssh),
        (None, Some(Kind::PostgreSql)) => Some(Kind::PostgreSql),
        // Other databases are named by the same word.
        (Some(ResourceKind::Database), Some(Kind::PostgreSql)) if is_plain(&named) => Some(Kind::PostgreSql),
        _ => None,
    }
}

fn is_plain(named: &str) -> bool {
    matches!(named.trim(), "database" | "db" | "sql" | "数据库" | "資料庫")
}

/// A host, and a port where one is said.
fn split(named: &str) -> Option<(&str, Option<u16>)> {
    if let Some(rest) = named.strip_prefix('[') {
        let (host, rest) = rest.split_once(']')?;
        return match rest.strip_prefix(':') {
            Some(port) => Some((host, Some(port.parse().ok()?))),
            None if rest.is_empty() => Some((host, None)),
            None => None,
        };
    }
    match named.split_once(':') {
        // An address of IPv6 has more than one colon.
        Some((_, port)) if port.contains(':') => Some((named, None)),
        Some((host, port)) => Some((host, Some(port.parse().ok()?))),
        None => Some((named, None)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(resource_type: &str, dns_name: &str, url: &str) -> Result<(Kind, String, String), NoConnector> {
        let details = ResourceDetails {
            resource_type: resource_type.into(),
            dns_name: dns_name.into(),
            url: url.into(),
            ..Default::default()
        };
        choose(&details).map(|target| (target.kind, target.place(), target.database))
    }

    #[test]
    fn type_and_addresses_say_what_is_dialled() {
        use Kind::{PostgreSql, Ssh};
        for (resource_type, dns_name, url, kind, place, database) in [
            ("Linux", "Web-01.example", "", Ssh, "web-01.example:22", "postgres"),
            ("Unix", "10.0.0.7:2222", "https://console.example:8443", Ssh, "10.0.0.7:2222", "postgres"),
            ("Debian server", "", "ssh://ops@web-01:2200", Ssh, "web-01:2200", "postgres"),
            ("Linux", "fe80::1", "", Ssh, "[fe80::1]:22", "postgres"),
            ("Linux", "[fe80::1]:2222", "", Ssh, "[fe80::1]:2222", "postgres"),
            ("Linux", "web-02", "ssh://web-01:2200", Ssh, "web-02:2200", "postgres"),
            ("Server", "", "ssh://[::1]", Ssh, "[::1]:22", "postgres"),
            ("PostgreSQL", "db-01", "", PostgreSql, "db-01:5432", "postgres"),
            ("Postgres 17 on Linux", "db-01:6432", "", PostgreSql, "db-01:6432", "postgres"),
            ("Database", "", "postgresql://db-01:5433/shop", PostgreSql, "db-01:5433", "shop"),
            ("", "db-01", "postgres://db-02/", PostgreSql, "db-01:5432", "postgres"),
        ] {
            let chosen = of(resource_type, dns_name, url);
            assert_eq!(chosen, Ok((kind, place.to_owned(), database.to_owned())), "{resource_type} {dns_name} {url}");
        }
    }

    #[test]
    fn other_types_have_none() {
        for (resource_type, url) in [
            ("Windows", ""),
            ("Windows", "ssh://web-01"),
            ("MySQL", "postgresql://db-01"),
            ("Database", ""),
            ("Server", ""),
            ("Cisco IOS", "ssh://switch"),
            ("", ""),
        ] {
            assert_eq!(of(resource_type, "host", url), Err(NoConnector::Type(resource_type.into())), "{resource_type}");
        }
    }

    #[test]
    fn what_is_no_address_is_not_dialled() {
        assert_eq!(of("Linux", "", "https://web-01"), Err(NoConnector::NoAddress));
        for address in
            ["web 01", "a@b", "host:", "host:0", "host:70000", "[::1", "[::1]x", "-oProxyCommand", "a/b", ":22"]
        {
            assert_eq!(of("Linux", address, ""), Err(NoConnector::Address), "{address}");
        }
    }
}
