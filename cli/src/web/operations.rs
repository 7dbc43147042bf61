//! Which requests are calls of the API: those of the contract's list, and nothing else that a server may have.

use http::Method;
use sealward_contract::{
    for_each_operation,
    operations::{
        Operation, ahead, audit, checkpoints, directory, export, factors, files, groups, invitations, keys, members,
        passkeys, records, recovery, requests, services, session, sync, team, vault, webhooks,
    },
    problem::Rejection,
};

/// An operation as a request is recognised by.
struct Listed {
    method: &'static str,
    path: &'static str,
    limit: usize,
}

macro_rules! listed {
    ($($module:ident::$operation:ident),* $(,)?) => {
        static OPERATIONS: &[Listed] = &[$(Listed {
            method: <$module::$operation as Operation>::METHOD.as_str(),
            path: <$module::$operation as Operation>::PATH,
            limit: <$module::$operation as Operation>::BODY_LIMIT,
        }),*];
    };
}
for_each_operation!(listed);

/// What belongs to programs, whether there is an operation or not: never answered with a page.
const ROOTS: [&str; 4] = ["v1", "healthz", "readyz", "metrics"];

/// Whether a path is the API's and not the page's.
pub(super) fn is_api(path: &str) -> bool {
    path.split('/').find(|part| !part.is_empty()).is_some_and(|first| ROOTS.contains(&first))
}

/// The largest body that the operation takes which is asked for.
pub(super) fn body_limit(method: &Method, path: &str) -> Result<usize, Rejection> {
    let mut there = OPERATIONS.iter().filter(|listed| fits(listed.path, path)).peekable();
    if there.peek().is_none() {
        return Err(Rejection::NotFound);
    }
    let found = there.find(|listed| listed.method == method.as_str());
    found.map(|listed| listed.limit).ok_or(Rejection::MethodNotAllowed)
}

/// Whether a path is one of a template. What stands in a place is an id or a number: nothing that a server could read
/// as another path.
fn fits(template: &str, path: &str) -> bool {
    let is_id = |part: &str| {
        !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    let (mut places, mut parts) = (template.split('/'), path.split('/'));
    loop {
        match (places.next(), parts.next()) {
            (None, None) => return true,
            (Some(place), Some(part)) if place == part || place.starts_with('{') && is_id(part) => {}
            _ => return false,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_operations_of_the_list_are_calls_and_nothing_else_is() {
        assert_eq!(body_limit(&Method::POST, "/v1/sessions"), Ok(4 * 1024));
        assert!(body_limit(&Method::GET, "/v1/teams/3f8a-_Z/events").is_ok());
        assert_eq!(body_limit(&Method::PUT, "/v1/teams/a/vaults/b/files/c/chunks/7"), Ok(1_536 * 1024));
        assert_eq!(body_limit(&Method::DELETE, "/v1/server"), Err(Rejection::MethodNotAllowed));
        for path in [
            "/v1",
            "/v1/openapi.json",
            "/v1/sessions/",
            "//v1/sessions",
            "/v1/teams//events",
            "/v1/teams/../events",
            "/v1/teams/%2e%2e/events",
            "/v1/teams/a/events/..",
            "/v1/teams/a;b/events",
            "/healthz",
            "/metrics",
            "/",
        ] {
            assert_eq!(body_limit(&Method::GET, path), Err(Rejection::NotFound), "{path}");
        }
    }

    #[test]
    fn what_is_the_apis_never_falls_through_to_a_page() {
        for path in ["/v1", "/v1/", "//v1/x", "/v1/unknown", "/healthz", "/readyz/x", "/metrics"] {
            assert!(is_api(path), "{path}");
        }
        for path in ["/", "/v1x", "/sign-in", "/assets/v1/a.js"] {
            assert!(!is_api(path), "{path}");
        }
    }
}
