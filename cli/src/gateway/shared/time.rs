//! Times as other products write them.

use sealward_contract::ids::Timestamp;

/// A time in UTC by a format of `strftime`; empty for one that no calendar knows.
#[must_use]
pub fn written(time: Timestamp, format: &str) -> String {
    let time = i64::try_from(time.0).ok().and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok());
    time.map(|time| time.strftime(format).to_string()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_utc() {
        let evening = Timestamp(1_638_392_400_000);
        assert_eq!(written(evening, "%b %-d, %Y %I:%M %p"), "Dec 1, 2021 09:00 PM");
        assert_eq!(written(Timestamp(u64::MAX), "%Y"), "");
    }
}
