//! What binds a service besides its token: its time, and the hosts that it may sign in from. Told only to whoever proved to
//! hold the token.

use std::{net::IpAddr, time::Duration};

use sealward_contract::{
    chain::{Member, ServiceTerms},
    host::{Host, HostKind},
    ids::Timestamp,
};

use crate::{store::tables::BoundSessionRow, surroundings::Resolve};

/// Longest wait for the names of one sign-in.
const PATIENCE: Duration = Duration::from_secs(5);

/// By what a service is admitted at an address.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Admitted {
    /// By the address alone, or from anywhere.
    ByAddress,
    /// Because a host name leads to the address now.
    ByName(String),
    /// It is not.
    Nowhere,
}

/// Whether a member who proved to be one may sign in from an address; host names are resolved only where no address fits.
pub(crate) async fn admitted(member: &Member, address: IpAddr, names: &dyn Resolve) -> Admitted {
    let Some(terms) = member.service() else { return Admitted::ByAddress };
    if contains(terms, address) {
        return Admitted::ByAddress;
    }
    let wanted = address.to_canonical();
    let looking = async {
        for name in terms.hosts.iter().filter_map(name_of) {
            if names.resolve(name).await.into_iter().any(|found| found.to_canonical() == wanted) {
                return Admitted::ByName(name.to_owned());
            }
        }
        Admitted::Nowhere
    };
    tokio::time::timeout(PATIENCE, looking).await.unwrap_or(Admitted::Nowhere)
}

/// Whether the terms in force still admit what was found a moment ago.
pub(crate) fn still_admits(member: &Member, address: IpAddr, found: &Admitted) -> bool {
    let Some(terms) = member.service() else { return true };
    contains(terms, address) || matches!(found, Admitted::ByName(name) if names(terms, name))
}

/// Whether a member's session goes on at an address: people's everywhere, a service's until its time is over, from where
/// its terms say, or from the address that its name had.
pub(crate) fn goes_on(member: &Member, address: IpAddr, now: Timestamp, bound: Option<&BoundSessionRow>) -> bool {
    let Some(terms) = member.service() else { return true };
    let by_name =
        || bound.is_some_and(|bound| names(terms, &bound.name) && bound.address == address.to_canonical().to_string());
    !member.is_expired(now) && (contains(terms, address) || by_name())
}

fn contains(terms: &ServiceTerms, address: IpAddr) -> bool {
    terms.hosts.is_empty() || terms.hosts.iter().any(|host| host.contains(address))
}

fn names(terms: &ServiceTerms, name: &str) -> bool {
    terms.hosts.iter().filter_map(name_of).any(|known| known == name)
}

fn name_of(host: &Host) -> Option<&str> {
    match host.kind() {
        HostKind::Name(name) => Some(name),
        HostKind::Network(_) => None,
    }
}
