//! Where a service may sign in from: addresses, networks and host names, in one spelling each.

use crate::limits;
use ipnet::IpNet;
use minicbor::{Decode, Encode};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::{fmt, net::IpAddr};

/// An address, a network (CIDR, RFC 4632) or a host name (RFC 1123) in its one spelling: networks by their first address,
/// IPv4 never inside IPv6, names in lower case without a last dot.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Encode, Decode, Serialize, JsonSchema)]
#[cbor(transparent)]
#[serde(transparent)]
pub struct Host(#[n(0)] String);

/// The text is neither an address, nor a network, nor a host name.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("neither an address, nor a network, nor a host name")]
pub struct NotAHost;

/// What a [`Host`] says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum HostKind<'h> {
    /// These addresses; a single one is a network of its own.
    Network(IpNet),
    /// Whatever addresses the name has when it is asked for.
    Name(&'h str),
}

impl Host {
    /// Folds what somebody typed.
    ///
    /// # Errors
    /// [`NotAHost`].
    pub fn parse(text: &str) -> Result<Self, NotAHost> {
        let text = text.trim();
        if let Some(network) = network(text) {
            let single = network.prefix_len() == network.max_prefix_len();
            return Ok(Self(if single { network.addr().to_string() } else { network.to_string() }));
        }
        let name = text.strip_suffix('.').unwrap_or(text).to_ascii_lowercase();
        if is_name(&name) { Ok(Self(name)) } else { Err(NotAHost) }
    }

    /// What it says.
    #[must_use]
    pub fn kind(&self) -> HostKind<'_> {
        network(&self.0).map_or(HostKind::Name(&self.0), HostKind::Network)
    }

    /// Whether an address is in it; a host name has to be resolved first, and answers no.
    #[must_use]
    pub fn contains(&self, address: IpAddr) -> bool {
        match self.kind() {
            HostKind::Network(network) => network.contains(&address.to_canonical()),
            HostKind::Name(_) => false,
        }
    }

    /// Its spelling.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether this value is in its one spelling; what is decoded from bytes need not be.
    #[must_use]
    pub fn is_folded(&self) -> bool {
        Self::parse(&self.0).is_ok_and(|folded| folded == *self)
    }
}

fn network(text: &str) -> Option<IpNet> {
    if let Ok(address) = text.parse::<IpAddr>() {
        return Some(IpNet::from(address.to_canonical()));
    }
    let network: IpNet = text.parse().ok()?;
    // An IPv4 network that is written inside IPv6 would never match: addresses are compared as IPv4.
    let mapped = matches!(network, IpNet::V6(v6) if v6.addr().to_ipv4_mapped().is_some());
    (!mapped).then(|| network.trunc())
}

fn is_name(name: &str) -> bool {
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && label.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    // A last label of digits would be an address with a typing error.
    let is_numeric = name.rsplit('.').next().is_some_and(|last| last.bytes().all(|byte| byte.is_ascii_digit()));
    name.len() <= limits::HOST_CHARS && name.split('.').all(is_label) && !is_numeric
}

impl fmt::Display for Host {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

impl<'de> Deserialize<'de> for Host {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = String::deserialize(deserializer)?;
        Self::parse(&text).map_err(serde::de::Error::custom)
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn each_has_one_spelling() {
        for (typed, folded) in [
            ("192.0.2.1", "192.0.2.1"),
            (" 192.0.2.1/32 ", "192.0.2.1"),
            ("::ffff:192.0.2.1", "192.0.2.1"),
            ("192.0.2.77/24", "192.0.2.0/24"),
            ("2001:DB8::0:1", "2001:db8::1"),
            ("2001:db8:1:2:3::/48", "2001:db8:1::/48"),
            ("Build-7.Example.", "build-7.example"),
            ("localhost", "localhost"),
            ("1and1.example", "1and1.example"),
        ] {
            let parsed = Host::parse(typed).unwrap();
            assert_eq!(parsed.as_str(), folded, "{typed}");
            assert!(parsed.is_folded());
        }
        assert!(!Host("192.0.2.77/24".to_owned()).is_folded());
        assert!(!Host("Example".to_owned()).is_folded());
    }

    #[test]
    fn what_is_none_is_refused() {
        let long = format!("{}.example", "a".repeat(64));
        let longer = ["abcdefgh"; 29].join(".");
        for typed in [
            "",
            " ",
            ".",
            "a..b",
            "-a.example",
            "a-.example",
            "a b",
            "*.example",
            "https://a.example",
            "a.example/24",
            "192.0.2.256",
            "192.0.2.1/33",
            "192.0.2",
            "::ffff:192.0.2.0/120",
            "2001:db8::/129",
            "käse.example",
            "a_b",
            "192.0.2.1:443",
            &long,
            &longer,
        ] {
            assert_eq!(Host::parse(typed), Err(NotAHost), "{typed}");
        }
    }

    #[test]
    fn addresses_are_in_their_networks() {
        let contains = |host: &str, address: &str| Host::parse(host).unwrap().contains(address.parse().unwrap());
        assert!(contains("192.0.2.0/24", "192.0.2.255"));
        assert!(contains("192.0.2.0/24", "::ffff:192.0.2.1"));
        assert!(!contains("192.0.2.0/24", "192.0.3.0"));
        assert!(contains("192.0.2.1", "192.0.2.1"));
        assert!(!contains("192.0.2.1", "192.0.2.2"));
        assert!(contains("2001:db8::/32", "2001:db8:ffff::1"));
        assert!(!contains("0.0.0.0/0", "2001:db8::1"));
        assert!(!contains("localhost", "127.0.0.1"), "a name has to be resolved");
    }
}
