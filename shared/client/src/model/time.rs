//! Days, as numbers: who shows them knows the calendar and the language.

use minicbor::{CborLen, Decode, Encode};
use sealward_contract::ids::Timestamp;
use serde::{Deserialize, Serialize};

/// A calendar day, counted from 1970-01-01.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Encode, Decode, CborLen, Serialize, Deserialize)]
#[cbor(transparent)]
#[serde(transparent)]
pub struct Day(#[n(0)] pub i32);

/// The length of a time's encoding, which the contract's type does not tell itself.
pub(super) fn cbor_len_of_time<C>(time: &Timestamp, context: &mut C) -> usize {
    time.0.cbor_len(context)
}

impl Day {
    /// The UTC day of a time.
    pub fn of(time: Timestamp) -> Self {
        Self(i32::try_from(time.0 / 86_400_000).unwrap_or(i32::MAX))
    }

    /// A day of the Gregorian calendar; `None` when there is no such day.
    pub fn from_calendar(year: i32, month: u32, day: u32) -> Option<Self> {
        if !(1..=9999).contains(&year) || !(1..=12).contains(&month) || day == 0 || day > days_in(year, month) {
            return None;
        }
        // Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms": the year begins in March, so that the leap
        // day is its last.
        let year = i64::from(if month <= 2 { year - 1 } else { year });
        let era = year.div_euclid(400);
        let year_of_era = year.rem_euclid(400);
        let day_of_year = (153 * ((i64::from(month) + 9) % 12) + 2) / 5 + i64::from(day) - 1;
        let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
        i32::try_from(era * 146_097 + day_of_era - 719_468).ok().map(Self)
    }

    /// Reads `2026-11-21`, the form of date inputs and exports.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.trim().splitn(3, ['-', '/']);
        let year = parts.next()?.parse().ok()?;
        let month = parts.next()?.parse().ok()?;
        let day = parts.next()?.parse().ok()?;
        Self::from_calendar(year, month, day)
    }
}

fn days_in(year: i32, month: u32) -> u32 {
    match month {
        2 if year % 4 == 0 && (year % 100 != 0 || year % 400 == 0) => 29,
        2 => 28,
        4 | 6 | 9 | 11 => 30,
        _ => 31,
    }
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn days_follow_the_calendar() {
        assert_eq!(Day::parse("1970-01-01"), Some(Day(0)));
        assert_eq!(Day::parse("2000-02-29"), Some(Day(11_016)));
        assert_eq!(Day::parse("2026/11/21"), Some(Day(20_778)));
        assert_eq!(Day::parse("1969-12-31"), Some(Day(-1)));
        assert_eq!(Day::parse("2026-02-29"), None);
        assert_eq!(Day::parse("2026-13-01"), None);
        assert_eq!(Day::parse("yesterday"), None);
        assert_eq!(Day::of(Timestamp(1_795_219_200_000)), Day(20_778));
    }
}
