//! Where a webhook leads: the address that somebody wrote, taken apart.

use std::net::IpAddr;

use http::{Uri, uri::Scheme};
use sealward_contract::limits;

/// An address that could be called.
pub(crate) struct Target {
    /// Whether the connection is encrypted.
    pub(super) secure: bool,
    /// The host name, or an address written out.
    pub(super) host: Host,
    /// The port.
    pub(super) port: u16,
    /// As the `Host` header has it.
    pub(super) authority: String,
    /// Path and query.
    pub(super) path: String,
}

/// The host of an address.
pub(super) enum Host {
    /// A name that has to be resolved.
    Name(String),
    /// An address.
    Address(IpAddr),
}

impl Target {
    /// Takes an address apart; `None` where it is none that could be called: it has another scheme, a user name, or a
    /// fragment, which no server is told.
    pub(crate) fn parse(text: &str) -> Option<Self> {
        if text.len() > limits::WEBHOOK_URL || text.contains('#') {
            return None;
        }
        let uri: Uri = text.parse().ok()?;
        let secure = match uri.scheme()? {
            scheme if *scheme == Scheme::HTTPS => true,
            scheme if *scheme == Scheme::HTTP => false,
            _ => return None,
        };
        let authority = uri.authority()?;
        if authority.as_str().contains('@') {
            return None;
        }
        let name = authority.host();
        let bare = name.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
        let host = match bare.unwrap_or(name).parse::<IpAddr>() {
            Ok(address) => Host::Address(address),
            Err(_) if bare.is_some() || name.is_empty() => return None,
            Err(_) => Host::Name(name.to_owned()),
        };
        let port = match authority.port() {
            Some(port) => Some(port.as_u16()).filter(|port| *port != 0)?,
            // A colon with nothing behind it, or with too much.
            None if authority.as_str() != name => return None,
            None if secure => 443,
            None => 80,
        };
        let path = uri.path_and_query().map_or("/", http::uri::PathAndQuery::as_str).to_owned();
        Some(Self { secure, host, port, authority: authority.as_str().to_owned(), path })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_could_be_called() {
        for (text, secure, port, path) in [
            ("https://hooks.example.org", true, 443, "/"),
            ("https://hooks.example.org:8443/in?key=1", true, 8443, "/in?key=1"),
            ("http://192.0.2.1/a", false, 80, "/a"),
            ("https://[2001:db8::1]:444/", true, 444, "/"),
        ] {
            let target = Target::parse(text).unwrap();
            assert_eq!((target.secure, target.port, target.path.as_str()), (secure, port, path), "{text}");
        }
    }

    #[test]
    fn what_could_not() {
        let long = format!("https://a.example/{}", "a".repeat(1_100));
        for text in [
            "",
            "hooks.example.org",
            "/in",
            "ftp://hooks.example.org/",
            "file:///etc/passwd",
            "https://ada@hooks.example.org/",
            "https://hooks.example.org:0/",
            "https://hooks.example.org:/",
            "https://hooks.example.org:99999/",
            "https://hooks.example.org/#part",
            "https://[::1/",
            "https://hooks.example.org/\r\nHost: other",
            long.as_str(),
        ] {
            assert!(Target::parse(text).is_none(), "{text}");
        }
    }
}
