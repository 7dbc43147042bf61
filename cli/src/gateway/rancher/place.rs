//! Where a request is addressed: the base of links, and the project, which is the token's team.

use crate::gateway::exchange::Asked;
use http::header;
use sealward_contract::ids::TeamId;

/// The base of the addresses in an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Base {
    host: String,
    project: Option<String>,
}

/// The id of the project that stands for a team: its number is the first four bytes of the team's own id.
#[must_use]
pub fn project_of(team: &TeamId) -> String {
    let number = team.0.iter().take(4).fold(0, |number, byte| number << 8 | u32::from(*byte));
    format!("1a{number}")
}

impl Base {
    /// What the rest of a path is under, and the rest. The project may be left out: a token is of one team. `None` where
    /// another version or project is named.
    pub fn read<'p>(asked: &Asked, segments: &'p [&'p str], team: &TeamId) -> Option<(Self, &'p [&'p str])> {
        let host = asked.header(header::HOST.as_str()).unwrap_or("localhost:8080").to_owned();
        match segments {
            ["v1", "projects", project, rest @ ..] if !rest.is_empty() => {
                let own = project_of(team);
                let is_own = own.eq_ignore_ascii_case(project);
                is_own.then_some((Self { host, project: Some(own) }, rest))
            }
            ["v1", rest @ ..] => Some((Self { host, project: None }, rest)),
            _ => None,
        }
    }

    /// The address of something in it.
    #[must_use]
    pub fn of(&self, path: &str) -> String {
        let slash = if path.is_empty() { "" } else { "/" };
        match &self.project {
            Some(project) => format!("http://{}/v1/projects/{project}{slash}{path}", self.host),
            None => format!("http://{}/v1{slash}{path}", self.host),
        }
    }

    /// The address of something outside of projects.
    #[must_use]
    pub fn above(&self, path: &str) -> String {
        format!("http://{}/v1/{path}", self.host)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::{HeaderMap, HeaderValue, Method};
    use std::net::{IpAddr, Ipv4Addr};

    #[test]
    fn the_project_is_the_team_or_left_out() {
        let asked = Asked {
            method: Method::GET,
            target: zeroize::Zeroizing::default(),
            headers: HeaderMap::from_iter([(header::HOST, HeaderValue::from_static("rancher:8080"))]),
            body: zeroize::Zeroizing::default(),
            peer: IpAddr::V4(Ipv4Addr::LOCALHOST),
        };
        let team = TeamId([0, 0, 1, 2, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9, 9]);
        let at = |path: &[&str]| {
            let read = Base::read(&asked, path, &team)?;
            Some((read.0.of("accounts"), read.1.join("/")))
        };
        let of = |base: &str, rest: &str| Some((base.to_owned(), rest.to_owned()));
        assert_eq!(at(&["v1", "accounts", "7"]), of("http://rancher:8080/v1/accounts", "accounts/7"));
        assert_eq!(
            at(&["v1", "projects", "1a258", "accounts"]),
            of("http://rancher:8080/v1/projects/1a258/accounts", "accounts")
        );
        assert_eq!(at(&["v1", "projects", "1a258"]), of("http://rancher:8080/v1/accounts", "projects/1a258"));
        assert_eq!(at(&["v1", "projects", "1a5", "accounts"]), None);
        assert_eq!(at(&["v2-beta", "accounts"]), None);
    }
}
