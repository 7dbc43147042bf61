//! Where time and randomness enter the server. Everything else gets them as parameters, so that tests can decide them.

use std::{future::Future, net::IpAddr, pin::Pin, time::SystemTime};

use rustls::crypto::ring::default_provider;
use sealward_contract::ids::Timestamp;

/// Tells the time.
pub trait Clock: Send + Sync {
    /// Now.
    fn now(&self) -> Timestamp;
}

/// Makes random bytes that nobody can guess.
pub trait Random: Send + Sync {
    /// Fills the bytes.
    fn fill(&self, bytes: &mut [u8]);
}

/// The addresses of a host name, on their way.
pub type Addresses<'n> = Pin<Box<dyn Future<Output = Vec<IpAddr>> + Send + 'n>>;

/// Finds the addresses of host names.
pub trait Resolve: Send + Sync {
    /// The addresses that a name has now; none where it has none, or nobody could say.
    fn resolve<'n>(&'n self, name: &'n str) -> Addresses<'n>;
}

/// So many random bytes.
pub fn make_bytes<const N: usize>(random: &dyn Random) -> [u8; N] {
    let mut bytes = [0; N];
    random.fill(&mut bytes);
    bytes
}

/// The system's clock.
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[expect(clippy::disallowed_methods, reason = "this is where the clock comes from")]
        let now = SystemTime::now();
        let since = now.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
        Timestamp(u64::try_from(since.as_millis()).unwrap_or(u64::MAX))
    }
}

/// The system's clock, so far ahead as a file says, in milliseconds: for tests, and only in builds for development.
#[cfg(debug_assertions)]
pub struct ShiftedClock(pub std::path::PathBuf);

#[cfg(debug_assertions)]
impl Clock for ShiftedClock {
    fn now(&self) -> Timestamp {
        let ahead = std::fs::read_to_string(&self.0).ok().and_then(|text| text.trim().parse().ok());
        SystemClock.now().plus_millis(ahead.unwrap_or_default())
    }
}

/// The system's randomness.
pub struct SystemRandom;

impl Random for SystemRandom {
    fn fill(&self, bytes: &mut [u8]) {
        // By the system call, so that it works where there is no /dev either.
        if default_provider().secure_random.fill(bytes).is_err() {
            // Going on without randomness would be worse than stopping.
            tracing::error!("the system gives no randomness");
            std::process::abort();
        }
    }
}

/// The system's resolver.
pub struct SystemResolver;

impl Resolve for SystemResolver {
    fn resolve<'n>(&'n self, name: &'n str) -> Addresses<'n> {
        Box::pin(async move {
            let found = tokio::net::lookup_host((name, 0)).await;
            found.map(|addresses| addresses.map(|address| address.ip()).collect()).unwrap_or_default()
        })
    }
}
