//! Times as programs read them.

use jiff::Timestamp as Instant;
use sealward_contract::ids::Timestamp;

/// RFC 3339, in UTC.
pub(super) fn write(time: Timestamp) -> String {
    i64::try_from(time.0)
        .ok()
        .and_then(|millis| Instant::from_millisecond(millis).ok())
        .map_or_else(String::new, |time| time.to_string())
}
