//! Which addresses webhooks may call. A server stands where others cannot reach, so whoever writes an address could have it
//! call what is behind it: only what everybody can reach is called, and what the operator names besides. The address that
//! was judged is the one that is connected to, so a name cannot change its mind in between.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use ipnet::{IpNet, Ipv4Net, Ipv6Net};
use sealward_contract::operations::webhooks::DeliveryResult;

use super::target::{Host, Target};
use crate::surroundings::Resolve;

/// What is not everybody's, of IPv4: the IANA special-purpose registry (RFC 6890), multicast (RFC 5771) and class E.
const SPECIAL_V4: [(Ipv4Addr, u8); 16] = [
    (Ipv4Addr::new(0, 0, 0, 0), 8),
    (Ipv4Addr::new(10, 0, 0, 0), 8),
    (Ipv4Addr::new(100, 64, 0, 0), 10),
    (Ipv4Addr::new(127, 0, 0, 0), 8),
    (Ipv4Addr::new(169, 254, 0, 0), 16),
    (Ipv4Addr::new(172, 16, 0, 0), 12),
    (Ipv4Addr::new(192, 0, 0, 0), 24),
    (Ipv4Addr::new(192, 0, 2, 0), 24),
    (Ipv4Addr::new(192, 31, 196, 0), 24),
    (Ipv4Addr::new(192, 52, 193, 0), 24),
    (Ipv4Addr::new(192, 88, 99, 0), 24),
    (Ipv4Addr::new(192, 168, 0, 0), 16),
    (Ipv4Addr::new(198, 18, 0, 0), 15),
    (Ipv4Addr::new(198, 51, 100, 0), 24),
    (Ipv4Addr::new(203, 0, 113, 0), 24),
    (Ipv4Addr::new(224, 0, 0, 0), 3),
];

/// The unicast addresses of IPv6 that are handed out (RFC 4291).
const GLOBAL_V6: (Ipv6Addr, u8) = (Ipv6Addr::new(0x2000, 0, 0, 0, 0, 0, 0, 0), 3);

/// What of them is not everybody's: protocols and Teredo (RFC 2928, 4380), documentation (RFC 3849, 9637), and 6to4
/// (RFC 3056), which leads to an address of IPv4.
const SPECIAL_V6: [(Ipv6Addr, u8); 4] = [
    (Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, 0, 0), 23),
    (Ipv6Addr::new(0x2001, 0xdb8, 0, 0, 0, 0, 0, 0), 32),
    (Ipv6Addr::new(0x2002, 0, 0, 0, 0, 0, 0, 0), 16),
    (Ipv6Addr::new(0x3fff, 0, 0, 0, 0, 0, 0, 0), 20),
];

/// Finds an address of a target that may be called.
pub(super) async fn find(
    names: &dyn Resolve,
    networks: &[IpNet],
    target: &Target,
) -> Result<SocketAddr, DeliveryResult> {
    let found = match &target.host {
        Host::Address(address) => vec![*address],
        Host::Name(name) => names.resolve(name).await,
    };
    if found.is_empty() {
        return Err(DeliveryResult::Unknown);
    }
    let mut called = found.into_iter().filter(|address| may_call(*address, networks, target.secure));
    called.next().map(|address| SocketAddr::new(address.to_canonical(), target.port)).ok_or(DeliveryResult::Refused)
}

/// Whether an address may be called: over the open network only encrypted.
fn may_call(address: IpAddr, networks: &[IpNet], secure: bool) -> bool {
    let address = address.to_canonical();
    networks.iter().any(|network| network.contains(&address)) || (secure && is_public(address))
}

fn is_public(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => !SPECIAL_V4.into_iter().any(|network| in_v4(network, address)),
        IpAddr::V6(address) => {
            in_v6(GLOBAL_V6, address) && !SPECIAL_V6.into_iter().any(|network| in_v6(network, address))
        }
    }
}

fn in_v4((first, length): (Ipv4Addr, u8), address: Ipv4Addr) -> bool {
    Ipv4Net::new(first, length).is_ok_and(|network| network.contains(&address))
}

fn in_v6((first, length): (Ipv6Addr, u8), address: Ipv6Addr) -> bool {
    Ipv6Net::new(first, length).is_ok_and(|network| network.contains(&address))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_everybody_reaches_is_called() {
        for open in ["1.1.1.1", "93.184.215.14", "2606:4700::1111", "172.32.0.1", "100.128.0.1"] {
            assert!(may_call(open.parse().unwrap(), &[], true), "{open}");
            assert!(!may_call(open.parse().unwrap(), &[], false), "{open}");
        }
        for closed in [
            "0.0.0.0",
            "10.1.2.3",
            "100.64.0.1",
            "127.0.0.1",
            "169.254.169.254",
            "172.16.0.1",
            "172.31.255.255",
            "192.168.1.1",
            "198.18.0.1",
            "224.0.0.1",
            "255.255.255.255",
            "::",
            "::1",
            "fe80::1",
            "fc00::1",
            "fd00:ec2::254",
            "ff02::1",
            "::ffff:127.0.0.1",
            "::ffff:10.0.0.1",
            "::127.0.0.1",
            "64:ff9b::7f00:1",
            "2002:7f00:1::",
            "2001:0:1::1",
            "2001:db8::1",
        ] {
            assert!(!may_call(closed.parse().unwrap(), &[], true), "{closed}");
        }
    }

    #[test]
    fn the_operators_networks_are_called_in_every_way() {
        let networks = ["127.0.0.0/8".parse().unwrap(), "fd00::/8".parse().unwrap()];
        for open in ["127.0.0.1", "::ffff:127.0.0.1", "fd00::1"] {
            assert!(may_call(open.parse().unwrap(), &networks, false), "{open}");
        }
        assert!(!may_call("10.0.0.1".parse().unwrap(), &networks, true));
    }
}
