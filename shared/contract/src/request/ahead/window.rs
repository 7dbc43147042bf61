//! When an approval that was given ahead may be used: days of the week and hours, in one time zone, until an end. The
//! zone's offsets stand in what is signed, so that everyone comes to the same moments and nobody needs a table of zones.

use crate::{ids::Timestamp, limits};
use minicbor::{Decode, Encode};

const MINUTE: i64 = 60_000;
const DAY_MINUTES: i64 = 1_440;
/// Days of a week, and one more on either side.
const AROUND: std::ops::RangeInclusive<i64> = -1..=8;
/// More turns than a window has days and its zone has offsets.
const TURNS: usize = 400;

/// A window that comes again.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub struct Window {
    /// The days of the week on which it opens; the lowest bit is Monday.
    #[n(0)]
    pub days: u8,
    /// The minute of the day at which it opens, from 0.
    #[n(1)]
    pub from: u16,
    /// The minute of the day at which it closes, up to 1440: on the next day where that is not after it opens.
    #[n(2)]
    pub to: u16,
    /// When it is over for good.
    #[n(3)]
    pub until: Timestamp,
    /// What the time zone is called, for people.
    #[n(4)]
    pub zone: String,
    /// The zone's offsets from UTC until the end, by ascending time; the first one holds for what was before it, too.
    #[n(5)]
    pub offsets: Vec<ZoneOffset>,
}

/// What a time zone's clocks are ahead of UTC.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Encode, Decode)]
pub struct ZoneOffset {
    /// From when on.
    #[n(0)]
    pub since: Timestamp,
    /// By how many minutes; negative in the west.
    #[n(1)]
    pub minutes: i16,
}

impl Window {
    /// Whether it can be one, and keeps within the limits, at the time at which it is proposed.
    #[must_use]
    pub fn is_within_limits(&self, now: Timestamp) -> bool {
        let offsets = (1..=limits::ZONE_OFFSETS).contains(&self.offsets.len())
            && self.offsets.is_sorted_by(|one, next| one.since < next.since)
            && self.offsets.iter().all(|offset| limits::ZONE_MINUTES.contains(&offset.minutes));
        (1..1 << 7).contains(&self.days)
            && i64::from(self.from) < DAY_MINUTES
            && (1..=DAY_MINUTES).contains(&i64::from(self.to))
            && now < self.until
            && self.until.since(now) <= limits::AHEAD_LASTS
            && limits::is_zone_name(&self.zone)
            && offsets
    }

    /// When it closes next; `None` where it is not open.
    #[must_use]
    pub fn closes(&self, now: Timestamp) -> Option<Timestamp> {
        let mut at = now;
        for _ in 0..TURNS {
            // Where one day's hours end as the next one's begin, it stays open.
            match self.open_to(at).filter(|_| at < self.until) {
                Some(end) => at = end,
                None => break,
            }
        }
        (at > now).then_some(at.min(self.until))
    }

    /// When it opens next; `None` where it is open, or is over.
    #[must_use]
    pub fn opens(&self, now: Timestamp) -> Option<Timestamp> {
        if self.closes(now).is_some() {
            return None;
        }
        let today = self.local(now).div_euclid(DAY_MINUTES);
        AROUND.map(|day| self.begin_of(today + day)).find(|begin| *begin > now && self.closes(*begin).is_some())
    }

    /// By how many minutes the zone's clocks are ahead of UTC at a time; negative in the west.
    #[must_use]
    pub fn minutes_ahead(&self, now: Timestamp) -> i16 {
        let held = self.offsets.iter().rev().find(|offset| offset.since <= now);
        held.or(self.offsets.first()).map_or(0, |offset| offset.minutes)
    }

    /// The end of a stretch without a gap and within one offset; `None` where it is closed.
    fn open_to(&self, now: Timestamp) -> Option<Timestamp> {
        let local = self.local(now);
        let today = local.div_euclid(DAY_MINUTES);
        let (from, to) = (i64::from(self.from), i64::from(self.to));
        let length = if to > from { to - from } else { to + DAY_MINUTES - from };
        let ends = [today, today - 1].into_iter().filter(|day| self.has_day(*day)).map(|day| day * DAY_MINUTES + from);
        let end = ends.filter(|begin| (*begin..*begin + length).contains(&local)).map(|begin| begin + length).max()?;
        let end = to_time(end, self.offset(now));
        let next = self.offsets.iter().map(|offset| offset.since).find(|since| *since > now);
        Some(next.map_or(end, |next| next.min(end)))
    }

    /// When the hours of a day begin.
    fn begin_of(&self, day: i64) -> Timestamp {
        let local = day * DAY_MINUTES + i64::from(self.from);
        // By the offset that holds then, not by the one before it.
        let about = to_time(local, self.offset(to_time(local, 0)));
        to_time(local, self.offset(about))
    }

    /// Minutes since 1970 by the zone's clocks.
    fn local(&self, now: Timestamp) -> i64 {
        i64::try_from(now.0).unwrap_or(i64::MAX).div_euclid(MINUTE).saturating_add(self.offset(now))
    }

    fn offset(&self, now: Timestamp) -> i64 {
        i64::from(self.minutes_ahead(now))
    }

    fn has_day(&self, day: i64) -> bool {
        // The first of January 1970 was a Thursday.
        self.days >> (day + 3).rem_euclid(7) & 1 == 1
    }
}

fn to_time(local: i64, offset: i64) -> Timestamp {
    Timestamp(u64::try_from((local - offset).saturating_mul(MINUTE)).unwrap_or(0))
}
