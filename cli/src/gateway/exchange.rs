//! A request as a dialect is asked, and its answer. Both may hold secrets and tokens: neither has a Debug, and what is
//! taken from a request's line is kept as it came, since a decoded password would be another one.

use http::{HeaderMap, Method, StatusCode, header};
use percent_encoding::percent_decode;
use serde::Serialize;
use std::{borrow::Cow, future::Future, net::IpAddr};
use zeroize::Zeroizing;

/// What is said in one of the four dialects.
pub trait Dialect: Send + Sync + 'static {
    /// Answers a request.
    fn answer(&self, asked: Asked) -> impl Future<Output = Answer> + Send;

    /// Answers a request that could not be read.
    fn refuse(&self, unread: Unread) -> Answer;
}

/// Why a request could not be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unread {
    /// Its body is larger than any that means something.
    TooLarge,
    /// It broke off, came too slowly, or is no request.
    Broken,
}

/// A request.
pub struct Asked {
    /// Its method.
    pub method: Method,
    /// Path and query, byte for byte as they were sent.
    pub target: Zeroizing<Vec<u8>>,
    /// Its headers.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Zeroizing<Vec<u8>>,
    /// Who asks.
    pub peer: IpAddr,
}

impl Asked {
    /// The path as it was sent. Scheme and host, which proxies send, are no part of it.
    #[must_use]
    pub fn path(&self) -> &[u8] {
        let target = self.target.as_slice();
        let path = match target.iter().position(|byte| *byte == b'?') {
            Some(at) => target.get(..at).unwrap_or_default(),
            None => target,
        };
        let Some(scheme) = path.windows(3).position(|bytes| bytes == b"://").filter(|_| !path.starts_with(b"/")) else {
            return path;
        };
        let after = path.get(scheme + 3..).unwrap_or_default();
        after.iter().position(|byte| *byte == b'/').and_then(|at| after.get(at..)).unwrap_or(b"/")
    }

    /// The query as it was sent, without its question mark.
    #[must_use]
    pub fn query(&self) -> &[u8] {
        let at = self.target.iter().position(|byte| *byte == b'?');
        at.and_then(|at| self.target.get(at + 1..)).unwrap_or_default()
    }

    /// The parts of the path, each percent-decoded; slashes that follow one another count as one, and one at the end as
    /// none. `None` where one is not UTF-8.
    #[must_use]
    pub fn segments(&self) -> Option<Vec<String>> {
        let parts = self.path().split(|byte| *byte == b'/').filter(|part| !part.is_empty());
        parts.map(|part| percent_decode(part).decode_utf8().ok().map(Cow::into_owned)).collect()
    }

    /// A header's text.
    #[must_use]
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The token of `Authorization: Bearer`.
    #[must_use]
    pub fn bearer(&self) -> Option<&str> {
        let (scheme, token) = self.header(header::AUTHORIZATION.as_str())?.trim().split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then(|| token.trim())
    }
}

/// An answer.
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its headers but for the body's length.
    pub headers: HeaderMap,
    /// Its body.
    pub body: Zeroizing<Vec<u8>>,
}

impl Answer {
    /// An answer without a body.
    #[must_use]
    pub fn empty(status: StatusCode) -> Self {
        Self { status, headers: HeaderMap::new(), body: Zeroizing::default() }
    }

    /// An answer in JSON.
    #[must_use]
    pub fn json(status: StatusCode, value: &impl Serialize) -> Self {
        // Room beforehand: bytes that are moved to a larger place stay behind in the old one.
        let mut body = Zeroizing::new(Vec::with_capacity(4_096));
        if serde_json::to_writer(&mut *body, value).is_err() {
            return Self::empty(StatusCode::INTERNAL_SERVER_ERROR);
        }
        let mut answer = Self { status, headers: HeaderMap::new(), body };
        answer.headers.insert(header::CONTENT_TYPE, header::HeaderValue::from_static("application/json;charset=UTF-8"));
        answer
    }

    /// The same with a header.
    #[must_use]
    pub fn with(mut self, name: header::HeaderName, value: &str) -> Self {
        if let Ok(value) = header::HeaderValue::from_str(value) {
            self.headers.insert(name, value);
        }
        self
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(target: &str) -> Asked {
        Asked {
            method: Method::GET,
            target: Zeroizing::new(target.as_bytes().to_vec()),
            headers: HeaderMap::new(),
            body: Zeroizing::default(),
            peer: IpAddr::from([127, 0, 0, 1]),
        }
    }

    #[test]
    fn a_path_is_read_as_the_clients_write_it() {
        for (target, segments, query) in [
            ("/api/v1/a/", &["api", "v1", "a"][..], ""),
            ("//api/v1//a", &["api", "v1", "a"], ""),
            ("/a%20b/%E5%AF%86?x=/y?z", &["a b", "密"], "x=/y?z"),
            ("http://127.0.0.1:8080/v1/accounts?limit=1", &["v1", "accounts"], "limit=1"),
            ("/v1/accounts/acctpw_1:set-password", &["v1", "accounts", "acctpw_1:set-password"], ""),
            ("/a?next=http://x/y", &["a"], "next=http://x/y"),
            ("/", &[], ""),
        ] {
            let asked = asked(target);
            assert_eq!(asked.segments().unwrap(), segments, "{target}");
            assert_eq!(asked.query(), query.as_bytes(), "{target}");
        }
        assert_eq!(asked("/%ff").segments(), None);
    }
}
