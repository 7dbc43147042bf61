//! From which address a request comes. X-Forwarded-For is believed from trusted proxies only, from the right: each
//! trusted hop vouches for the one before it.

use std::net::IpAddr;

use http::HeaderMap;
use ipnet::IpNet;

/// The client's address, given the peer's.
#[must_use]
pub fn client_address(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> IpAddr {
    let trusts = |address: IpAddr| trusted.iter().any(|network| network.contains(&address));
    let mut client = peer.to_canonical();
    let values: Vec<&str> = headers.get_all("x-forwarded-for").iter().filter_map(|value| value.to_str().ok()).collect();
    let mut hops = values.iter().flat_map(|value| value.split(',')).rev();
    while trusts(client) {
        match hops.next().map(|hop| hop.trim().parse::<IpAddr>()) {
            Some(Ok(hop)) => client = hop.to_canonical(),
            Some(Err(_)) | None => break,
        }
    }
    client
}

/// Whether a peer says for whom it speaks and is not believed.
#[must_use]
pub fn is_unheard(peer: IpAddr, headers: &HeaderMap, trusted: &[IpNet]) -> bool {
    let peer = peer.to_canonical();
    headers.contains_key("x-forwarded-for") && !trusted.iter().any(|network| network.contains(&peer))
}

/// The part of an address that one customer cannot change at will: an IPv4 address, or a /64 of IPv6.
#[must_use]
pub fn address_group(address: IpAddr) -> [u8; 9] {
    let mut group = [0; 9];
    match address.to_canonical() {
        IpAddr::V4(v4) => {
            group[0] = 4;
            group[1..5].copy_from_slice(&v4.octets());
        }
        IpAddr::V6(v6) => {
            group[0] = 6;
            group[1..9].copy_from_slice(v6.octets().split_at(8).0);
        }
    }
    group
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(peer: &str, forwarded: &[&str], trusted: &[&str]) -> String {
        let mut headers = HeaderMap::new();
        for value in forwarded {
            headers.append("x-forwarded-for", value.parse().unwrap());
        }
        let trusted: Vec<IpNet> = trusted.iter().map(|network| network.parse().unwrap()).collect();
        client_address(peer.parse().unwrap(), &headers, &trusted).to_string()
    }

    #[test]
    fn only_trusted_proxies_are_believed() {
        assert_eq!(seen("192.0.2.1", &["198.51.100.7"], &[]), "192.0.2.1");
        assert_eq!(seen("10.0.0.1", &["198.51.100.7"], &["10.0.0.0/8"]), "198.51.100.7");
        // What the client wrote itself stands to the left of what the proxy added.
        assert_eq!(seen("10.0.0.1", &["203.0.113.9, 198.51.100.7"], &["10.0.0.0/8"]), "198.51.100.7");
        assert_eq!(seen("10.0.0.1", &["203.0.113.9", "198.51.100.7, 10.0.0.2"], &["10.0.0.0/8"]), "198.51.100.7");
        assert_eq!(seen("10.0.0.1", &["nonsense"], &["10.0.0.0/8"]), "10.0.0.1");
        assert_eq!(seen("::ffff:192.0.2.1", &[], &[]), "192.0.2.1");
    }

    #[test]
    fn a_proxy_that_nobody_listed_is_noticed() {
        let trusted = ["10.0.0.0/8".parse().unwrap()];
        let mut headers = HeaderMap::new();
        assert!(!is_unheard("192.0.2.1".parse().unwrap(), &headers, &trusted));
        headers.append("x-forwarded-for", "198.51.100.7".parse().unwrap());
        assert!(is_unheard("192.0.2.1".parse().unwrap(), &headers, &trusted));
        assert!(!is_unheard("::ffff:10.0.0.1".parse().unwrap(), &headers, &trusted));
    }

    #[test]
    fn a_customer_of_ipv6_is_a_64() {
        let group = |text: &str| address_group(text.parse().unwrap());
        assert_eq!(group("2001:db8:1:2::1"), group("2001:db8:1:2:ffff::9"));
        assert_ne!(group("2001:db8:1:2::1"), group("2001:db8:1:3::1"));
        assert_ne!(group("192.0.2.1"), group("192.0.2.2"));
    }
}
