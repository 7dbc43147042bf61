//! Windows at their edges. What is expected was read off a calendar.

use super::{Window, ZoneOffset};
use crate::ids::Timestamp;
#[cfg(target_arch = "wasm32")]
use wasm_bindgen_test::wasm_bindgen_test as test;

const HOUR: u64 = 3_600_000;
/// Midnight of Monday, 2027-03-22, UTC.
const MONDAY: u64 = 1_805_673_600_000;
/// Clocks in Berlin go from 02:00 to 03:00 on Sunday, 2027-03-28: at 01:00 UTC.
const SUMMER: u64 = MONDAY + 6 * 24 * HOUR + HOUR;

fn window(days: u8, from: u16, to: u16) -> Window {
    Window {
        days,
        from,
        to,
        until: Timestamp(MONDAY + 30 * 24 * HOUR),
        zone: "Europe/Berlin".into(),
        offsets: vec![
            ZoneOffset { since: Timestamp(MONDAY), minutes: 60 },
            ZoneOffset { since: Timestamp(SUMMER), minutes: 120 },
        ],
    }
}

fn at(day: u64, hour: u64) -> Timestamp {
    Timestamp(MONDAY + (day * 24 + hour) * HOUR)
}

#[test]
fn hours_of_a_day_open_and_close_to_the_millisecond() {
    // Monday to Friday from nine to five: from 08:00 to 16:00 UTC.
    let window = window(0b1_1111, 9 * 60, 17 * 60);
    assert_eq!(window.closes(Timestamp(at(0, 8).0 - 1)), None);
    assert_eq!(window.closes(at(0, 8)), Some(at(0, 16)));
    assert_eq!(window.closes(Timestamp(at(0, 16).0 - 1)), Some(at(0, 16)));
    assert_eq!(window.closes(at(0, 16)), None);
    assert_eq!(window.opens(at(0, 16)), Some(at(1, 8)));
    assert_eq!(window.opens(at(0, 9)), None);
    // Over the weekend the clocks go forward: on Monday it opens at 07:00 UTC.
    assert_eq!(window.closes(at(5, 10)), None);
    assert_eq!(window.opens(at(4, 16)), Some(at(7, 7)));
    assert_eq!(window.closes(at(7, 7)), Some(at(7, 15)));
}

#[test]
fn hours_that_go_into_the_next_day_belong_to_the_day_they_begin_on() {
    // Saturdays from 22:00 to 06:00, over the change of the clocks: 21:00 UTC to 04:00 UTC, an hour less than usual.
    let night = window(1 << 5, 22 * 60, 6 * 60);
    assert_eq!(night.closes(at(5, 21)), Some(at(6, 4)));
    assert_eq!(night.closes(at(6, 3)), Some(at(6, 4)));
    assert_eq!(night.closes(at(6, 4)), None);
    // Not in the night from Friday to Saturday.
    assert_eq!(night.closes(at(5, 2)), None);
    assert_eq!(night.opens(at(0, 0)), Some(at(5, 21)));
}

#[test]
fn days_that_meet_are_one_stretch_and_nothing_goes_beyond_the_end() {
    let always = window(0b111_1111, 0, 24 * 60);
    assert_eq!(always.closes(at(0, 0)), Some(always.until));
    assert_eq!(always.closes(always.until), None);
    assert_eq!(always.opens(always.until), None);
    // Two days, then five without.
    let two = window(0b11, 12 * 60, 12 * 60);
    assert_eq!(two.closes(at(0, 11)), Some(at(2, 11)));
    let short = Window { until: at(1, 0), ..two };
    assert_eq!(short.closes(at(0, 11)), Some(at(1, 0)));
}

#[test]
fn what_can_be_no_window_is_refused() {
    let now = at(0, 0);
    let good = window(1, 0, 1);
    assert!(good.is_within_limits(now));
    for bad in [
        Window { days: 0, ..good.clone() },
        Window { days: 1 << 7, ..good.clone() },
        Window { from: 1440, ..good.clone() },
        Window { to: 0, ..good.clone() },
        Window { to: 1441, ..good.clone() },
        Window { until: now, ..good.clone() },
        Window { until: at(90, 1), ..good.clone() },
        Window { zone: String::new(), ..good.clone() },
        Window { zone: "x".repeat(65), ..good.clone() },
        Window { zone: "a b".into(), ..good.clone() },
        Window { offsets: Vec::new(), ..good.clone() },
        Window { offsets: vec![ZoneOffset { since: now, minutes: 0 }; 2], ..good.clone() },
        Window { offsets: vec![ZoneOffset { since: now, minutes: 1_081 }], ..good.clone() },
    ] {
        assert!(!bad.is_within_limits(now), "{bad:?}");
    }
}
