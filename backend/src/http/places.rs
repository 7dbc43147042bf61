//! Room for connections: so many in all, and so many from one address, so that one neighbour cannot take all of it.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex},
};

use ipnet::IpNet;

use super::address::address_group;
use crate::{memory::lock, metrics::Metrics};

/// Most connections at once.
const ALL: usize = 4_096;

/// Who has how many.
pub(super) struct Places {
    most: usize,
    proxies: Vec<IpNet>,
    metrics: Arc<Metrics>,
    taken: Mutex<Taken>,
}

#[derive(Default)]
struct Taken {
    all: usize,
    by: HashMap<[u8; 9], usize>,
}

/// A place; given back when dropped.
pub(super) struct Place {
    places: Arc<Places>,
    group: [u8; 9],
}

impl Places {
    /// With at most so many from one address. Trusted proxies bring many people and are not counted.
    pub(super) fn new(most: usize, proxies: Vec<IpNet>, metrics: Arc<Metrics>) -> Arc<Self> {
        Arc::new(Self { most, proxies, metrics, taken: Mutex::default() })
    }

    /// Takes a place for a connection from this address, if there is one.
    pub(super) fn take(self: &Arc<Self>, peer: IpAddr) -> Option<Place> {
        let peer = peer.to_canonical();
        let group = address_group(peer);
        let is_proxy = self.proxies.iter().any(|network| network.contains(&peer));
        let mut taken = lock(&self.taken);
        let theirs = taken.by.get(&group).copied().unwrap_or_default();
        if taken.all >= ALL || (theirs >= self.most && !is_proxy) {
            self.metrics.turned_away();
            return None;
        }
        taken.all += 1;
        taken.by.insert(group, theirs + 1);
        self.metrics.connected();
        Some(Place { places: Arc::clone(self), group })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut taken = lock(&self.places.taken);
        taken.all -= 1;
        if let Some(theirs) = taken.by.get_mut(&self.group) {
            *theirs -= 1;
            if *theirs == 0 {
                taken.by.remove(&self.group);
            }
        }
        self.places.metrics.disconnected();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_address_cannot_take_all_places() {
        let places = Places::new(2, vec!["10.0.0.0/8".parse().unwrap()], Arc::default());
        let take = |from: &str| places.take(from.parse().unwrap());
        let first = take("192.0.2.1").unwrap();
        let second = take("::ffff:192.0.2.1").unwrap();
        assert!(take("192.0.2.1").is_none());
        assert!(take("192.0.2.2").is_some());
        drop(first);
        let third = take("192.0.2.1").unwrap();
        assert!(take("192.0.2.1").is_none());
        // A customer of IPv6 is a /64; a proxy is many people.
        let theirs: Vec<_> = (0..4).map(|last| take(&format!("2001:db8::{last}"))).collect();
        assert_eq!(theirs.iter().flatten().count(), 2);
        let proxied: Vec<_> = (0..ALL).map(|_| take("10.1.2.3")).collect();
        assert_eq!(proxied.iter().flatten().count(), ALL - 4);
        drop((second, third, theirs, proxied));
        assert!(lock(&places.taken).by.is_empty());
        assert_eq!(lock(&places.taken).all, 0);
    }
}
