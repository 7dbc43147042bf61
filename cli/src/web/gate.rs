//! Who may ask: this machine's browser under the one address, the page that came from here, and of the API whoever was
//! handed the key. Whatever else runs on this machine, or in the browser, finds the port and nothing more.

use crate::clock::Clock;
use base64ct::{Base64UrlUnpadded, Encoding};
use http::{HeaderMap, Method, Uri, header};
use sealward_client::{
    crypto::{SecretBytes, randomness::OsRandom},
    local_web::{self, KEY},
};
use sealward_contract::ids::Timestamp;
use std::{
    net::SocketAddr,
    sync::{Mutex, PoisonError},
};
use tokio::sync::Notify;
use zeroize::Zeroizing;

/// What the fragment of the address that is opened begins with.
const FRAGMENT: &str = "web=";
/// How long the address can be opened, in milliseconds.
const GOOD_FOR: u64 = 10 * 60 * 1_000;

/// A number that nobody guesses.
type Secret = SecretBytes<32>;

/// Lets the page in, and nobody else.
pub struct Gate {
    authority: String,
    origin: String,
    /// What the address carries, until somebody has used it.
    token: Mutex<Option<Secret>>,
    until: Timestamp,
    /// What the page's calls carry. It is kept by the page, and sent by no browser on its own: unlike a cookie it does
    /// not reach other programs that listen on this machine.
    key: Secret,
    clock: Clock,
    admitted: Notify,
}

impl Gate {
    /// A gate at an address on which somebody listens.
    #[must_use]
    pub fn new(address: SocketAddr, clock: Clock) -> Self {
        let mut random = OsRandom::new();
        let until = Timestamp(clock().0.saturating_add(GOOD_FOR));
        Self {
            authority: address.to_string(),
            origin: format!("http://{address}"),
            token: Mutex::new(Some(Secret::make(&mut random))),
            until,
            key: Secret::make(&mut random),
            clock,
            admitted: Notify::new(),
        }
    }

    /// The address to open, with what it is let in by; without it once that was used.
    #[must_use]
    pub fn address(&self) -> Zeroizing<String> {
        let token = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        match token.as_ref() {
            Some(token) => Zeroizing::new([&self.origin, "/#", FRAGMENT, &write(token)].concat()),
            None => Zeroizing::new(format!("{}/", self.origin)),
        }
    }

    /// Whether a request was sent to this address by name: a name of somebody else's that leads here is another.
    pub(super) fn is_addressed(&self, uri: &Uri, headers: &HeaderMap) -> bool {
        let mut hosts = headers.get_all(header::HOST).iter();
        let host = hosts.next().is_some_and(|host| host.as_bytes() == self.authority.as_bytes());
        let named = uri.authority().is_none_or(|authority| authority.as_str() == self.authority);
        host && hosts.next().is_none() && named
    }

    /// Whether a request comes from the page, or from no page at all.
    pub(super) fn is_own(&self, method: &Method, headers: &HeaderMap) -> bool {
        let own = |name, values: &[&str]| {
            headers.get_all(name).iter().all(|value| values.iter().any(|own| value.as_bytes() == own.as_bytes()))
        };
        // Browsers name the origin of every request that changes something.
        let named = matches!(*method, Method::GET | Method::HEAD) || headers.contains_key(header::ORIGIN);
        named && own(header::ORIGIN, &[&self.origin]) && own(FETCH_SITE, &["same-origin", "none"])
    }

    /// Trades the token of the address for the key, once.
    pub(super) fn admit(&self, given: &[u8]) -> Option<Zeroizing<String>> {
        let given = read(given)?;
        let mut token = self.token.lock().unwrap_or_else(PoisonError::into_inner);
        if (self.clock)() > self.until || token.as_ref() != Some(&given) {
            return None;
        }
        *token = None;
        self.admitted.notify_one();
        Some(write(&self.key))
    }

    /// Whether a request carries the key.
    pub(super) fn is_admitted(&self, headers: &HeaderMap) -> bool {
        headers.get(KEY).and_then(|given| read(given.as_bytes())).is_some_and(|given| given == self.key)
    }

    /// Proves for a nonce that this program is the one that gave the key.
    pub(super) fn prove(&self, nonce: &[u8]) -> Option<String> {
        local_web::prove(&write(&self.key), nonce)
    }

    /// Waits until somebody was let in.
    pub async fn admitted(&self) {
        self.admitted.notified().await;
    }
}

/// What browsers say of where a request comes from.
const FETCH_SITE: header::HeaderName = header::HeaderName::from_static("sec-fetch-site");

fn write(secret: &Secret) -> Zeroizing<String> {
    Zeroizing::new(Base64UrlUnpadded::encode_string(secret.expose()))
}

fn read(text: &[u8]) -> Option<Secret> {
    let text = std::str::from_utf8(text).ok()?;
    Secret::from_slice(&Zeroizing::new(Base64UrlUnpadded::decode_vec(text.trim()).ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;
    use std::sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    };

    fn gate() -> (Gate, Arc<AtomicU64>) {
        let now = Arc::new(AtomicU64::new(1_000));
        let told = Arc::clone(&now);
        let clock: Clock = Arc::new(move || Timestamp(told.load(Ordering::Relaxed)));
        (Gate::new(SocketAddr::from(([127, 0, 0, 1], 4321)), clock), now)
    }

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        pairs.iter().map(|(name, value)| ((*name).parse().unwrap(), HeaderValue::from_str(value).unwrap())).collect()
    }

    fn token(gate: &Gate) -> String {
        gate.address().strip_prefix("http://127.0.0.1:4321/#web=").unwrap().to_owned()
    }

    #[test]
    fn only_the_one_address_is_answered() {
        let (gate, _) = gate();
        let is_addressed = |uri: &str, given: &[(&'static str, &str)]| {
            let mut all = HeaderMap::new();
            for (name, value) in given {
                all.append(*name, HeaderValue::from_str(value).unwrap());
            }
            gate.is_addressed(&uri.parse().unwrap(), &all)
        };
        assert!(is_addressed("/", &[("host", "127.0.0.1:4321")]));
        assert!(is_addressed("http://127.0.0.1:4321/", &[("host", "127.0.0.1:4321")]));
        for host in
            ["localhost:4321", "127.0.0.1", "127.0.0.1:4322", "evil.example:4321", "127.0.0.1:4321.evil.example"]
        {
            assert!(!is_addressed("/", &[("host", host)]), "{host}");
        }
        assert!(!is_addressed("/", &[]));
        assert!(!is_addressed("/", &[("host", "127.0.0.1:4321"), ("host", "evil.example")]));
        assert!(!is_addressed("http://evil.example/", &[("host", "127.0.0.1:4321")]));
    }

    #[test]
    fn other_pages_are_told_from_its_own() {
        let (gate, _) = gate();
        let is_own = |method: Method, given: &[(&'static str, &str)]| gate.is_own(&method, &headers(given));
        assert!(is_own(Method::GET, &[]));
        assert!(is_own(Method::GET, &[("sec-fetch-site", "none")]));
        assert!(is_own(Method::POST, &[("origin", "http://127.0.0.1:4321"), ("sec-fetch-site", "same-origin")]));
        assert!(!is_own(Method::POST, &[]));
        for origin in
            ["null", "http://localhost:4321", "https://127.0.0.1:4321", "http://127.0.0.1:80", "https://evil.example"]
        {
            assert!(!is_own(Method::POST, &[("origin", origin)]), "{origin}");
            assert!(!is_own(Method::GET, &[("origin", origin)]), "{origin}");
        }
        // Another program on this machine has the same site, and is another origin.
        for site in ["same-site", "cross-site"] {
            assert!(!is_own(Method::GET, &[("sec-fetch-site", site)]), "{site}");
        }
    }

    #[test]
    fn a_token_counts_once_and_in_its_time() {
        let (gate, now) = gate();
        let token = token(&gate);
        assert!(gate.admit(b"").is_none() && gate.admit(b"AAAA").is_none());
        let other = if token.starts_with('A') { token.replacen('A', "B", 1) } else { format!("A{}", &token[1..]) };
        assert!(gate.admit(other.as_bytes()).is_none());
        now.store(1_000 + 10 * 60 * 1_000, Ordering::Relaxed);
        let key = gate.admit(token.as_bytes()).unwrap();
        assert!(gate.admit(token.as_bytes()).is_none());
        assert_eq!(*gate.address(), "http://127.0.0.1:4321/");
        assert!(gate.is_admitted(&headers(&[("sealward-web", &key)])));
        assert!(!gate.is_admitted(&headers(&[("sealward-web", &token)])));
        assert!(!gate.is_admitted(&headers(&[("cookie", &format!("sealward-web={}", *key))])));
        assert!(!gate.is_admitted(&headers(&[])));
    }

    #[test]
    fn a_token_that_nobody_used_goes_off() {
        let (gate, now) = gate();
        let token = token(&gate);
        now.store(1_001 + 10 * 60 * 1_000, Ordering::Relaxed);
        assert!(gate.admit(token.as_bytes()).is_none());
    }
}
