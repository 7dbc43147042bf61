//! Addresses of servers: an origin, and nothing after it.

use ::http::Uri;
use std::net::IpAddr;

/// Why a text is no address of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressFault {
    /// It is no address that begins with `https://` or `http://`.
    #[error("not an address like https://vault.example")]
    Malformed,
    /// Something stands after the host.
    #[error("an address with more than scheme, host and port")]
    MoreThanOrigin,
    /// HTTP without TLS to another machine.
    #[error("http to another machine")]
    Unprotected,
}

/// Whether HTTP without TLS is taken for other machines than this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PlainHttp {
    /// For this machine alone.
    LoopbackOnly,
    /// For every machine: something else protects the way there.
    Everywhere,
}

/// The address of a server, as its origin is written (RFC 6454): lower case, no default port.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct ServerAddress(String);

impl ServerAddress {
    /// Reads an address; a slash at its end is forgiven.
    ///
    /// # Errors
    /// [`AddressFault`], by what is wrong.
    pub fn read(text: &str, plain: PlainHttp) -> Result<Self, AddressFault> {
        let uri: Uri = text.trim().parse().map_err(|_| AddressFault::Malformed)?;
        let scheme = uri.scheme_str().ok_or(AddressFault::Malformed)?.to_ascii_lowercase();
        let authority = uri.authority().ok_or(AddressFault::Malformed)?;
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() || authority.as_str().contains('@') {
            return Err(AddressFault::MoreThanOrigin);
        }
        let host = authority.host().to_ascii_lowercase();
        let default_port = match scheme.as_str() {
            "https" => 443,
            "http" if plain == PlainHttp::Everywhere || is_loopback(&host) => 80,
            "http" => return Err(AddressFault::Unprotected),
            _ => return Err(AddressFault::Malformed),
        };
        let port = authority.port_u16().filter(|port| *port != default_port);
        Ok(Self(port.map_or_else(|| format!("{scheme}://{host}"), |port| format!("{scheme}://{host}:{port}"))))
    }

    /// The origin.
    #[must_use]
    pub fn origin(&self) -> &str {
        &self.0
    }

    /// Whether it is reached over TLS.
    #[must_use]
    pub fn is_protected(&self) -> bool {
        self.0.starts_with("https://")
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || host.ends_with(".localhost") || address.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn origin(text: &str) -> Result<String, AddressFault> {
        ServerAddress::read(text, PlainHttp::LoopbackOnly).map(|address| address.origin().to_owned())
    }

    #[test]
    fn an_address_is_an_origin() {
        for (text, expected) in [
            ("https://vault.example", "https://vault.example"),
            ("https://Vault.Example:443/", "https://vault.example"),
            ("https://vault.example:8443", "https://vault.example:8443"),
            ("http://127.0.0.1:8080", "http://127.0.0.1:8080"),
            ("http://[::1]:8080/", "http://[::1]:8080"),
            ("http://localhost:80", "http://localhost"),
        ] {
            assert_eq!(origin(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn what_is_none_is_refused() {
        for (text, fault) in [
            ("vault.example", AddressFault::Malformed),
            ("ftp://vault.example", AddressFault::Malformed),
            ("https://vault.example/team", AddressFault::MoreThanOrigin),
            ("https://me:word@vault.example", AddressFault::MoreThanOrigin),
            ("https://vault.example/?a=b", AddressFault::MoreThanOrigin),
            ("http://vault.example", AddressFault::Unprotected),
            ("http://127.0.0.1.vault.example", AddressFault::Unprotected),
        ] {
            assert_eq!(origin(text), Err(fault), "{text}");
        }
        assert!(ServerAddress::read("http://vault.example", PlainHttp::Everywhere).is_ok());
    }
}
