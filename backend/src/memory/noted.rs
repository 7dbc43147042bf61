//! What was written down lately of requests that come to nothing, so that repeating one does not grow the audit.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use sealward_contract::{
    crypto::{Hash, hash_parts},
    ids::Timestamp,
};

/// How long the same is not written down again.
const AGAIN: u64 = 10 * 60 * 1_000;
/// Most events of somebody in [`WINDOW`].
const MOST: u32 = 60;
/// The time that [`MOST`] is counted in.
const WINDOW: u64 = 60 * 60 * 1_000;
/// Most that is remembered; what comes on top is not written down.
const REMEMBERED: usize = 20_000;

/// What was written down, and by whom how much.
#[derive(Default)]
pub struct Noted {
    kept: Mutex<Kept>,
}

#[derive(Default)]
struct Kept {
    seen: HashMap<Hash, Timestamp>,
    counts: HashMap<Hash, (Timestamp, u32)>,
}

impl Noted {
    /// Whether this is to be written down: the first of its kind for a while, of somebody who has not had too many.
    pub fn take(&self, who: &[u8], what: &[u8], now: Timestamp) -> bool {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.seen.len() + kept.counts.len() >= REMEMBERED {
            kept.seen.retain(|_, at| now.since(*at) < AGAIN);
            kept.counts.retain(|_, (since, _)| now.since(*since) < WINDOW);
            if kept.seen.len() + kept.counts.len() >= REMEMBERED {
                return false;
            }
        }
        let (same, mine) = (hash_parts(&[who, &[0], what]), hash_parts(&[who]));
        if kept.seen.get(&same).is_some_and(|at| now.since(*at) < AGAIN) {
            return false;
        }
        let count = kept.counts.entry(mine).or_insert((now, 0));
        if now.since(count.0) >= WINDOW {
            *count = (now, 0);
        }
        if count.1 >= MOST {
            return false;
        }
        count.1 += 1;
        kept.seen.insert(same, now);
        true
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_same_is_noted_once_for_a_while() {
        let noted = Noted::default();
        let now = Timestamp(1_000_000);
        assert!(noted.take(b"ada", b"secret", now));
        assert!(!noted.take(b"ada", b"secret", now.plus_millis(AGAIN - 1)));
        assert!(noted.take(b"ada", b"another", now));
        assert!(noted.take(b"bob", b"secret", now));
        assert!(noted.take(b"ada", b"secret", now.plus_millis(AGAIN)));
    }

    #[test]
    fn nobody_fills_the_audit_with_refusals() {
        let noted = Noted::default();
        let now = Timestamp(1_000_000);
        let taken = (0..1_000_u32).filter(|at| noted.take(b"ada", &at.to_be_bytes(), now)).count();
        assert_eq!(taken, 60);
        assert!(noted.take(b"bob", b"secret", now));
        assert!(noted.take(b"ada", b"later", now.plus_millis(WINDOW)));
    }
}
