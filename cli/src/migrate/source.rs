//! The other product's server: asked with patience that ends, and nothing of its answers is believed to have a shape, a size
//! or an end. What a whole run takes of it has a bound too.

use super::fault::{SourceFault, Unreadable};
use crate::connection::{Http, Unanswered};
use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use http_body_util::Full;
use sealward_client::model::limits;
use serde::de::DeserializeOwned;
use std::{cell::Cell, time::Duration};
use zeroize::Zeroizing;

/// Bytes of an answer in JSON at most.
const ANSWER: usize = 32 << 20;
/// Bytes of answers in JSON that a run takes in all: what is listed is held until it is written.
const BYTES: usize = 1 << 30;
/// Rows and files that a run takes in all.
const ROWS: usize = 1_000_000;

/// What is asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// An answer in JSON.
    Answer,
    /// A file; where there is none, an answer in JSON.
    File,
}

/// What may be taken yet.
struct Budget {
    bytes: Cell<usize>,
    rows: Cell<usize>,
}

impl Budget {
    const fn new(bytes: usize, rows: usize) -> Self {
        Self { bytes: Cell::new(bytes), rows: Cell::new(rows) }
    }

    /// Bytes that something may have.
    fn room(&self, kind: Kind) -> usize {
        match kind {
            Kind::Answer => ANSWER.min(self.bytes.get()),
            Kind::File => usize::try_from(limits::FILE).unwrap_or(usize::MAX),
        }
    }

    /// Takes what came. A file is written soon, and counts as a row.
    fn take(&self, kind: Kind, length: usize) -> Result<(), SourceFault> {
        match kind {
            Kind::Answer => spend(&self.bytes, length),
            Kind::File => spend(&self.rows, 1),
        }
    }
}

fn spend(left: &Cell<usize>, count: usize) -> Result<(), SourceFault> {
    left.set(left.get().checked_sub(count).ok_or(SourceFault::TooMuch)?);
    Ok(())
}

/// How often, and after which waits, something is asked again.
#[derive(Clone, Copy, Debug)]
pub struct Patience {
    /// How often at most.
    pub times: u32,
    /// The first wait; each further one is twice as long.
    pub first: Duration,
    /// The longest wait, also where the server names one.
    pub longest: Duration,
}

impl Default for Patience {
    /// Some seconds in all, unless the server names longer waits.
    fn default() -> Self {
        Self { times: 4, first: Duration::from_millis(500), longest: Duration::from_secs(60) }
    }
}

/// The other product's server.
pub struct Source {
    http: Http,
    patience: Patience,
    budget: Budget,
}

/// What came back.
pub struct Answered {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, whole.
    pub body: Zeroizing<Vec<u8>>,
}

impl Source {
    /// Over a connection.
    #[must_use]
    pub fn new(http: Http, patience: Patience) -> Self {
        Self { http, patience, budget: Budget::new(BYTES, ROWS) }
    }

    /// Counts rows of a list that came.
    ///
    /// # Errors
    /// [`SourceFault::TooMuch`] where they are more than a run takes.
    pub fn count_rows(&self, rows: usize) -> Result<(), SourceFault> {
        spend(&self.budget.rows, rows)
    }

    /// Asks for something that may be asked for twice. What is busy, or does not answer, is asked again.
    ///
    /// # Errors
    /// [`SourceFault::Unreachable`], [`SourceFault::Busy`] after the last try; [`SourceFault::Unreadable`] where the
    /// answer is too large, or leads elsewhere: the token goes to no other server; [`SourceFault::TooMuch`] where a run takes
    /// no more.
    pub async fn ask(
        &self,
        method: &Method,
        target: &str,
        headers: &[(HeaderName, HeaderValue)],
        kind: Kind,
    ) -> Result<Answered, SourceFault> {
        let mut tried = 0;
        loop {
            let room = self.budget.room(kind);
            let answered = self.ask_once(method, target, headers, room).await;
            if let Ok(answered) = &answered {
                self.budget.take(kind, answered.body.len())?;
            }
            let fault = match answered {
                Ok(answered) if is_busy(answered.status) => {
                    Retry { fault: SourceFault::Busy(answered.status.as_u16()), named: wait_named(&answered.headers) }
                }
                Ok(answered) if answered.status.is_redirection() => {
                    return Err(SourceFault::Unreadable(Unreadable::Elsewhere));
                }
                Ok(answered) => return Ok(answered),
                Err(Unanswered::TooLarge) if kind == Kind::Answer && room < ANSWER => return Err(SourceFault::TooMuch),
                Err(Unanswered::TooLarge) => return Err(SourceFault::Unreadable(Unreadable::TooLarge)),
                Err(Unanswered::Unreachable) => Retry { fault: SourceFault::Unreachable, named: None },
            };
            if tried >= self.patience.times {
                return Err(fault.fault);
            }
            let own = self.patience.first.saturating_mul(1 << tried.min(16));
            tokio::time::sleep(fault.named.unwrap_or(own).min(self.patience.longest)).await;
            tried += 1;
        }
    }

    async fn ask_once(
        &self,
        method: &Method,
        target: &str,
        headers: &[(HeaderName, HeaderValue)],
        most: usize,
    ) -> Result<Answered, Unanswered> {
        let mut request = self.http.asking(method.clone(), target).header(header::ACCEPT, "application/json, */*");
        for (name, value) in headers {
            request = request.header(name, value);
        }
        let request = request.body(Full::new(Bytes::new())).map_err(|_| Unanswered::Unreachable)?;
        let (parts, body) = self.http.ask(request, most).await?.into_parts();
        Ok(Answered { status: parts.status, headers: parts.headers, body })
    }
}

struct Retry {
    fault: SourceFault,
    named: Option<Duration>,
}

fn is_busy(status: StatusCode) -> bool {
    status == StatusCode::TOO_MANY_REQUESTS || (status.is_server_error() && status != StatusCode::NOT_IMPLEMENTED)
}

/// What a server asks to be left alone for, in seconds; the other form, a date, is not waited for.
fn wait_named(headers: &HeaderMap) -> Option<Duration> {
    let seconds = headers.get(header::RETRY_AFTER)?.to_str().ok()?.trim().parse().ok()?;
    Some(Duration::from_secs(seconds))
}

impl Answered {
    /// The body as JSON of a shape.
    ///
    /// # Errors
    /// [`SourceFault::Unreadable`].
    pub fn json<D: DeserializeOwned>(&self) -> Result<D, SourceFault> {
        // The library's own words may repeat what it read.
        serde_json::from_slice(&self.body).map_err(|error| SourceFault::Unreadable(self.why_not(&error)))
    }

    fn why_not(&self, error: &serde_json::Error) -> Unreadable {
        let is_page = self.body.trim_ascii_start().first() == Some(&b'<');
        match error.classify() {
            _ if is_page => Unreadable::Page,
            serde_json::error::Category::Data => Unreadable::Shape,
            _ => Unreadable::NotJson,
        }
    }

    /// The name of the file that the answer is, where it is one.
    pub fn file_name(&self) -> Option<String> {
        let disposition = self.headers.get(header::CONTENT_DISPOSITION)?;
        let text = String::from_utf8_lossy(disposition.as_bytes()).into_owned();
        let mut parts = text.split(';').map(str::trim);
        parts.next().filter(|kind| kind.eq_ignore_ascii_case("attachment") || kind.eq_ignore_ascii_case("inline"))?;
        let pairs: Vec<(String, &str)> = parts
            .filter_map(|part| part.split_once('='))
            .map(|(name, value)| (name.trim().to_ascii_lowercase(), value.trim()))
            .collect();
        let value = |name: &str| pairs.iter().find(|(known, _)| known == name).map(|(_, value)| *value);
        // RFC 6266: the encoded form before the plain one.
        let encoded = value("filename*")
            .and_then(|value| value.splitn(3, '\'').nth(2))
            .map(|value| percent_encoding::percent_decode_str(value).decode_utf8_lossy().into_owned());
        Some(encoded.or_else(|| value("filename").map(|name| name.trim_matches('"').to_owned())).unwrap_or_default())
    }

    /// Its media type, without parameters.
    pub fn media_type(&self) -> String {
        let value = self.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_owned()
    }
}

/// The texts of a product in a report: one line, not long, and nothing that commands a terminal.
#[must_use]
pub fn short(text: &str) -> String {
    const LONGEST: usize = 200;
    text.trim().chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answered(headers: &[(HeaderName, &str)], body: &str) -> Answered {
        let headers = headers.iter().map(|(name, value)| (name.clone(), HeaderValue::from_str(value).unwrap()));
        let body = Zeroizing::new(body.as_bytes().to_vec());
        Answered { status: StatusCode::OK, headers: headers.collect(), body }
    }

    #[test]
    fn what_is_not_as_it_should_be_is_told_apart() {
        for (body, why) in [
            ("<!DOCTYPE html><title>Sign in</title>", Unreadable::Page),
            ("word", Unreadable::NotJson),
            ("", Unreadable::NotJson),
            (r#"{"a":"word"}"#, Unreadable::Shape),
        ] {
            let fault = answered(&[], body).json::<Vec<u8>>().err().unwrap();
            assert!(matches!(fault, SourceFault::Unreadable(found) if found == why), "{body}");
            assert!(!fault.to_string().contains("word"));
        }
    }

    #[test]
    fn a_run_takes_so_much_and_no_more() {
        let budget = Budget::new(10, 2);
        assert_eq!((budget.room(Kind::Answer), budget.take(Kind::Answer, 8)), (10, Ok(())));
        assert_eq!((budget.room(Kind::Answer), budget.take(Kind::Answer, 3)), (2, Err(SourceFault::TooMuch)));
        // A file has a bound of its own, and is one of so many things.
        assert_eq!(budget.take(Kind::File, 1 << 20), Ok(()));
        assert_eq!(budget.take(Kind::File, 0), Ok(()));
        assert_eq!(budget.take(Kind::File, 0), Err(SourceFault::TooMuch));
        assert_eq!(Budget::new(BYTES, ROWS).room(Kind::Answer), ANSWER);
    }

    #[test]
    fn the_names_of_files_are_read() {
        let of = |text: &str| answered(&[(header::CONTENT_DISPOSITION, text)], "").file_name();
        assert_eq!(of("attachment; filename=\"a b.key\""), Some("a b.key".to_owned()));
        assert_eq!(
            of("attachment; filename=\"x\"; filename*=UTF-8''licence%20%E5%AF%86.key"),
            Some("licence 密.key".into())
        );
        assert_eq!(of("attachment"), Some(String::new()));
        assert_eq!(of("form-data; name=x"), None);
        assert_eq!(answered(&[], "").file_name(), None);
        assert_eq!(answered(&[(header::CONTENT_TYPE, "text/plain; charset=x")], "").media_type(), "text/plain");
        assert_eq!(short(" a\u{1b}[2Jb\n"), "a [2Jb");
    }
}
