//! Times and days as exports write them.

use crate::model::Day;
use sealward_contract::ids::Timestamp;

/// Days between Excel's day 0, 1899-12-30, and 1970-01-01.
const EXCEL_EPOCH: i32 = 25_569;

/// Reads `2023-01-02T03:04:05.678Z`, `2023/01/02 03:04:05 +0800`, `2023-01-02`, and seconds or milliseconds since 1970;
/// to the second.
pub(super) fn time(text: &str) -> Option<Timestamp> {
    let text = text.trim();
    if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return since_1970(text.parse().ok()?);
    }
    let (date, rest) = text.split_once(['T', ' ']).unwrap_or((text, "00:00:00"));
    let day = i64::from(Day::parse(date)?.0);
    let rest = rest.trim();
    let zone_at = rest.find(['Z', '+', '-', ' ']).unwrap_or(rest.len());
    let (clock, zone) = rest.split_at_checked(zone_at)?;
    let mut parts = clock.splitn(3, ':').map(|part| part.split('.').next()?.trim().parse::<i64>().ok());
    let (hours, minutes) = (parts.next()??, parts.next()??);
    let seconds = parts.next().unwrap_or(Some(0))?;
    if !(0..24).contains(&hours) || !(0..60).contains(&minutes) || !(0..=60).contains(&seconds) {
        return None;
    }
    let total = day * 86_400 + hours * 3_600 + minutes * 60 + seconds - offset(zone.trim())?;
    u64::try_from(total).ok().map(|seconds| Timestamp(seconds * 1_000))
}

/// A number of seconds, or of milliseconds where those would lie beyond the year 5000.
pub(super) fn since_1970(number: u64) -> Option<Timestamp> {
    let millis = if number >= 100_000_000_000 { number } else { number * 1_000 };
    // A time of 0 is none, and one beyond the calendar is no time either.
    (millis != 0 && millis < 253_402_300_800_000).then_some(Timestamp(millis / 1_000 * 1_000))
}

/// A day: a date, a time, or the number of a day as Excel counts.
pub(super) fn day(text: &str) -> Option<Day> {
    let text = text.trim();
    if let Ok(number) = text.split('.').next().unwrap_or_default().parse::<i32>()
        && (20_000..80_000).contains(&number)
    {
        return Some(Day(number - EXCEL_EPOCH));
    }
    Day::parse(text).or_else(|| time(text).map(Day::of))
}

/// A day as `2026-11-21`, after Howard Hinnant's "chrono-Compatible Low-Level Date Algorithms".
pub fn day_text(day: Day) -> String {
    let days = i64::from(day.0) + 719_468;
    let (era, day_of_era) = (days.div_euclid(146_097), days.rem_euclid(146_097));
    let year_of_era = (day_of_era - day_of_era / 1_460 + day_of_era / 36_524 - day_of_era / 146_096) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month = (5 * day_of_year + 2) / 153;
    let date = day_of_year - (153 * month + 2) / 5 + 1;
    let month = if month < 10 { month + 3 } else { month - 9 };
    let year = year_of_era + era * 400 + i64::from(month <= 2);
    format!("{year:04}-{month:02}-{date:02}")
}

/// The last day of a month.
pub(super) fn last_day(year: &str, month: &str) -> Option<Day> {
    let (mut year, month) = (year.trim().parse::<i32>().ok()?, month.trim().parse::<u32>().ok()?);
    if (0..100).contains(&year) {
        year += 2000;
    }
    (28..=31).rev().find_map(|day| Day::from_calendar(year, month, day))
}

/// Seconds that a zone is ahead of UTC.
fn offset(zone: &str) -> Option<i64> {
    let (sign, digits) = match zone.split_at_checked(1) {
        None | Some(("Z", _)) => return Some(0),
        Some(("+", rest)) => (1, rest),
        Some(("-", rest)) => (-1, rest),
        Some(_) => return None,
    };
    let digits: String = digits.chars().filter(|c| *c != ':').collect();
    let hours: i64 = digits.get(..2)?.parse().ok()?;
    let minutes: i64 = digits.get(2..4).unwrap_or("0").parse().ok()?;
    (hours < 24 && minutes < 60).then_some(sign * (hours * 3_600 + minutes * 60))
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn times_are_read_as_programs_write_them() {
        let at = Some(Timestamp(1_672_628_645_000));
        for text in [
            "2023-01-02T03:04:05.678Z",
            "2023-01-02T03:04:05",
            "2023/01/02 11:04:05 +0800",
            "2023-01-02T02:34:05-00:30",
            "1672628645",
            "1672628645678",
        ] {
            assert_eq!(time(text), at, "{text}");
        }
        assert_eq!(time("2023-01-02"), Some(Timestamp(1_672_617_600_000)));
        for text in ["", "0", "yesterday", "2023-13-01T00:00:00Z", "2023-01-02T25:00:00Z", "99999999999999999999"] {
            assert_eq!(time(text), None, "{text}");
        }
    }

    #[test]
    fn days_are_dates_or_numbers() {
        assert_eq!(day("2026-11-21"), Some(Day(20_778)));
        assert_eq!(day("46347"), Some(Day(20_778)), "as Excel counts");
        assert_eq!(day("2026-11-21 10:00:00"), Some(Day(20_778)));
        assert_eq!(day_text(Day(20_778)), "2026-11-21");
        assert_eq!(day_text(Day(11_016)), "2000-02-29");
        assert_eq!((last_day("28", "2"), last_day("2028", "13")), (Day::parse("2028-02-29"), None));
    }
}
