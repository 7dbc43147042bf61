//! Peers that say for whom they speak without being trusted to: most often a proxy that nobody listed.

use std::{collections::BTreeSet, net::IpAddr, sync::Mutex};

use super::lock;

/// Most that are remembered; the log is not to be filled by strangers.
const REMEMBERED: usize = 16;

/// Peers that were told of in the log.
#[derive(Default)]
pub struct Forwarders {
    told: Mutex<BTreeSet<IpAddr>>,
}

impl Forwarders {
    /// Whether this peer is worth a line in the log: the first time, and not when there were many.
    pub fn is_news(&self, peer: IpAddr) -> bool {
        let mut told = lock(&self.told);
        told.len() < REMEMBERED && told.insert(peer)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_is_told_once_and_not_too_many() {
        let forwarders = Forwarders::default();
        let peer = |last: u8| IpAddr::from([192, 0, 2, last]);
        assert!(forwarders.is_news(peer(1)));
        assert!(!forwarders.is_news(peer(1)));
        assert_eq!((2..100).filter(|last| forwarders.is_news(peer(*last))).count(), REMEMBERED - 1);
    }
}
