//! Times as other products write them.

use sealward_contract::ids::Timestamp;

/// A time in UTC by a format of `strftime`; empty for one that no calendar knows.
#[must_use]
pub fn written(time: Timestamp, format: &str) -> String {
    let time = i64::try_from(time.0).ok().and_then(|millis| jiff::Timestamp::from_millisecond(millis).ok());
    time.map(|time| time.strftime(format).to_string()).unwrap_or_default()
}

/// Reads a time in UTC by the same format; one without a zone is taken for UTC.
#[must_use]
pub fn read(text: &str, format: &str) -> Option<Timestamp> {
    let text = text.trim();
    let zoned = || jiff::Timestamp::strptime(format, text).ok();
    let civil = || {
        Some(jiff::civil::DateTime::strptime(format, text).ok()?.to_zoned(jiff::tz::TimeZone::UTC).ok()?.timestamp())
    };
    let time = zoned().or_else(civil)?;
    u64::try_from(time.as_millisecond()).ok().map(Timestamp)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_are_written_in_utc() {
        let evening = Timestamp(1_638_392_400_000);
        assert_eq!(written(evening, "%b %-d, %Y %I:%M %p"), "Dec 1, 2021 09:00 PM");
        assert_eq!(written(Timestamp(u64::MAX), "%Y"), "");
        assert_eq!(read("Dec 1, 2021 09:00 PM", "%b %-d, %Y %I:%M %p"), Some(evening));
        assert_eq!(read("2021/12/02 05:00:00 +0800", "%Y/%m/%d %H:%M:%S %z"), Some(evening));
        assert_eq!(read("yesterday", "%Y"), None);
    }
}
