//! Approvals that are given ahead, in words.

use crate::bridge::{AheadRow, AheadStatus, Hours};
use crate::page::language::{moment, number, tr, weekday};
use crate::page::pages::detail::millis;
use sealward_contract::audit::{AheadEnd, AheadStepKind};

/// How one stands, and the class of its badge.
pub fn status(row: &AheadRow) -> (&'static str, &'static str) {
    match row.status {
        AheadStatus::Waiting => ("badge accent", tr!(requests.status_requested)),
        AheadStatus::Ready if row.closes.is_some() => ("badge good", tr!(ahead.status_open)),
        AheadStatus::Ready => ("badge", tr!(ahead.status_closed)),
        AheadStatus::Withdrawn
        | AheadStatus::Expired
        | AheadStatus::SecretChanged
        | AheadStatus::PolicyChanged
        | AheadStatus::RightLost => ("badge", tr!(ahead.status_over)),
    }
}

/// Until when it is open, or from when on.
pub fn note(row: &AheadRow) -> Option<String> {
    match (row.status, row.closes, row.opens) {
        (AheadStatus::Ready, Some(closes), _) => Some(tr!(ahead.open_until, when = moment(millis(closes)))),
        (AheadStatus::Ready, None, Some(opens)) => Some(tr!(ahead.opens, when = moment(millis(opens)))),
        _ => None,
    }
}

/// How far the approvals are.
pub fn approved(row: &AheadRow) -> String {
    let count = number(u32::try_from(row.given.len()).unwrap_or(u32::MAX));
    tr!(requests.approved_count, count = count, needed = number(u32::from(row.needed)))
}

/// Days and hours, such as Mon–Fri, 22:00–06:00 (Europe/Berlin, UTC+01:00).
pub fn hours(hours: &Hours) -> String {
    let (sign, minutes) = if hours.offset < 0 { ('−', -hours.offset) } else { ('+', hours.offset) };
    let utc = format!("UTC{sign}{:02}:{:02}", minutes / 60, minutes % 60);
    let zone = if hours.zone == "UTC" { hours.zone.clone() } else { format!("{}, {utc}", hours.zone) };
    tr!(ahead.hours, days = days(hours.days), from = clock(hours.from), to = clock(hours.to), zone = zone)
}

/// The days of the week; those that follow one another as a range.
fn days(days: u8) -> String {
    if days == 0b111_1111 {
        return tr!(ahead.every_day).to_owned();
    }
    let has = |day: u32| days >> day & 1 == 1;
    let mut parts = Vec::new();
    let mut day = 0;
    while day < 7 {
        let first = day;
        while day < 7 && has(day) {
            day += 1;
        }
        match day - first {
            0 => day += 1,
            1 => parts.push(weekday(first)),
            2 => parts.extend([weekday(first), weekday(first + 1)]),
            _ => parts.push(format!("{}–{}", weekday(first), weekday(day - 1))),
        }
    }
    parts.join(tr!(ahead.between_days))
}

/// A minute of the day as a clock shows it.
pub fn clock(minute: u16) -> String {
    format!("{:02}:{:02}", minute / 60, minute % 60)
}

/// A step, as the audit tells it.
pub fn step_event(step: AheadStepKind, object: &str, of: &str) -> String {
    match step {
        AheadStepKind::Proposed => tr!(ahead.event_proposed, object = object, name = of),
        AheadStepKind::Approved => tr!(ahead.event_approved, object = object, name = of),
        AheadStepKind::Withdrawn => tr!(ahead.event_withdrawn, object = object, name = of),
    }
}

/// An end by the server, as the audit tells it.
pub fn end_event(ended: AheadEnd, object: &str, of: &str) -> String {
    match ended {
        AheadEnd::Expired => tr!(ahead.event_expired, object = object, name = of),
        AheadEnd::SecretChanged => tr!(ahead.event_secret, object = object, name = of),
        AheadEnd::PolicyChanged => tr!(ahead.event_policy, object = object, name = of),
        AheadEnd::RightLost => tr!(ahead.event_right, object = object, name = of),
        AheadEnd::Restored => tr!(ahead.event_restored, object = object, name = of),
    }
}
