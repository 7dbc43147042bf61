//! Organisations: a token has one, its team, and whatever names another is not there.

use crate::gateway::{exchange::Asked, reading::Pairs};
use http::{Method, header};
use sealward_contract::ids::TeamId;

const DEFAULT: &str = "00000000-0000-0000-0000-000000000002";
const ROOT: &str = "00000000-0000-0000-0000-000000000000";
/// The header that names an organisation.
pub const NAME: &str = "X-JMS-ORG";

/// Whether a request is about the token's team: by the query, then the header, then the cookie, as far as one is there.
pub fn is_meant(asked: &Asked, query: &Pairs, team: &TeamId) -> bool {
    let named = query.filled("oid").or_else(|| asked.header(NAME).map(str::trim)).or_else(|| cookie(asked));
    let Some(named) = named.filter(|named| !named.is_empty()) else { return true };
    let named = named.to_ascii_lowercase();
    match named.as_str() {
        "default" | DEFAULT => true,
        // All organisations that the token sees: to look around in, not to make things in.
        "root" | ROOT => asked.method == Method::GET,
        other => other == team.to_string(),
    }
}

fn cookie(asked: &Asked) -> Option<&str> {
    let cookies = asked.header(header::COOKIE.as_str())?.split(';');
    let mut named = cookies.filter_map(|cookie| cookie.trim().split_once('='));
    named.find(|(name, _)| name.eq_ignore_ascii_case(NAME)).map(|(_, value)| value.trim())
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderMap, HeaderValue};
    use std::net::{IpAddr, Ipv4Addr};

    fn asked(method: Method, headers: &[(&'static str, &'static str)]) -> Asked {
        let headers = headers
            .iter()
            .map(|(name, value)| (header::HeaderName::try_from(*name).unwrap(), HeaderValue::from_static(value)));
        Asked {
            method,
            target: zeroize::Zeroizing::default(),
            headers: headers.collect::<HeaderMap>(),
            body: zeroize::Zeroizing::default(),
            peer: IpAddr::V4(Ipv4Addr::LOCALHOST),
        }
    }

    #[test]
    fn the_team_is_named_by_query_header_or_cookie_in_this_order() {
        let team = TeamId([0x11; 16]);
        let own = "11111111-1111-1111-1111-111111111111";
        for (query, headers, method, wanted) in [
            ("", &[][..], Method::POST, true),
            ("oid=default", &[], Method::POST, true),
            ("oid=00000000-0000-0000-0000-000000000002", &[("x-jms-org", "another")], Method::POST, true),
            ("", &[("x-jms-org", own)], Method::POST, true),
            ("", &[("x-jms-org", "22222222-2222-2222-2222-222222222222")], Method::GET, false),
            ("oid=another", &[("x-jms-org", own)], Method::GET, false),
            ("", &[("cookie", "a=b; X-JMS-ORG=another")], Method::GET, false),
            ("", &[("cookie", "a=b; X-JMS-ORG=default")], Method::GET, true),
            ("oid=root", &[], Method::GET, true),
            ("oid=root", &[], Method::POST, false),
            ("oid=system", &[], Method::GET, false),
            ("oid=00000000-0000-0000-0000-000000000004", &[], Method::GET, false),
        ] {
            let asked = asked(method, headers);
            assert_eq!(is_meant(&asked, &Pairs::read(query.as_bytes()), &team), wanted, "{query} {headers:?}");
        }
    }
}
