//! Time zones, by the table of them that the browser has.

use js_sys::{Array, Date, Function, Intl, Object, Reflect};
use sealward_client::model::Day;
use sealward_contract::{ids::Timestamp, limits, request::ahead::ZoneOffset};
use wasm_bindgen::{JsCast, JsValue};

const MINUTE: u64 = 60_000;
const DAY_MINUTES: i64 = 24 * 60;
/// How far apart a zone's clocks are looked at: less than what lies between two changes of them.
const STEP: u64 = 6 * 60 * MINUTE;

/// A time zone that the browser knows.
pub struct Zone {
    /// Its name in the IANA time zone database.
    pub name: String,
    clocks: Intl::DateTimeFormat,
}

impl Zone {
    /// Of where the browser is; UTC where it does not say so.
    pub fn own() -> Option<Self> {
        let resolved = Intl::DateTimeFormat::new(&Array::new(), &Object::new()).resolved_options();
        let name = Reflect::get(&resolved, &"timeZone".into()).ok().and_then(|name| name.as_string());
        name.filter(|name| limits::is_zone_name(name))
            .and_then(|name| Self::named(&name))
            .or_else(|| Self::named("UTC"))
    }

    /// By its name; `None` where the browser knows none of that name.
    pub fn named(name: &str) -> Option<Self> {
        let options = Object::new();
        for (key, value) in [("timeZone", name), ("timeZoneName", "longOffset"), ("hour", "numeric")] {
            Reflect::set(&options, &key.into(), &value.into()).ok()?;
        }
        // Not by js-sys: what the browser throws for an unknown name could not be caught.
        let intl = Reflect::get(&js_sys::global(), &"Intl".into()).ok()?;
        let make: Function = Reflect::get(&intl, &"DateTimeFormat".into()).ok()?.dyn_into().ok()?;
        let clocks = Reflect::construct(&make, &Array::of2(&"en-US".into(), &options)).ok()?;
        Some(Self { name: name.to_owned(), clocks: clocks.unchecked_into() })
    }

    /// By how many minutes its clocks are ahead of UTC at a time; negative in the west.
    #[expect(clippy::cast_precision_loss, reason = "times that fit")]
    fn minutes_ahead(&self, millis: u64) -> Option<i16> {
        let parts = self.clocks.format_to_parts(&Date::new(&JsValue::from_f64(millis as f64)));
        let text = |part: &JsValue, key: &str| Reflect::get(part, &key.into()).ok().and_then(|it| it.as_string());
        let named = parts.iter().find(|part| text(part, "type").as_deref() == Some("timeZoneName"));
        read_offset(&text(&named?, "value")?)
    }

    /// What its clocks are ahead of UTC between two times; `None` where the browser says so in words that are not known.
    pub fn offsets(&self, begin: Timestamp, end: Timestamp) -> Option<Vec<ZoneOffset>> {
        let mut offsets = vec![ZoneOffset { since: begin, minutes: self.minutes_ahead(begin.0)? }];
        let mut at = begin.0;
        while at < end.0 {
            let next = (at + STEP).min(end.0);
            let (before, after) = (self.minutes_ahead(at)?, self.minutes_ahead(next)?);
            if before != after {
                let (mut low, mut high) = (at / MINUTE, next / MINUTE + 1);
                while low + 1 < high {
                    let middle = u64::midpoint(low, high);
                    if self.minutes_ahead(middle * MINUTE)? == before { low = middle } else { high = middle }
                }
                offsets.push(ZoneOffset { since: Timestamp(high * MINUTE), minutes: after });
            }
            at = next;
        }
        Some(offsets)
    }

    /// The day that it is there at a time; `None` as with [`Self::offsets`].
    pub fn day(&self, time: Timestamp) -> Option<Day> {
        Some(day_at(time, self.minutes_ahead(time.0)?))
    }

    /// When a day ends there; `None` as with [`Self::offsets`].
    pub fn end_of(&self, day: Day) -> Option<Timestamp> {
        let local = (i64::from(day.0) + 1).saturating_mul(DAY_MINUTES);
        let before = |at: u64| {
            let minutes = local.saturating_sub(i64::from(self.minutes_ahead(at)?));
            Some(u64::try_from(minutes).unwrap_or_default().saturating_mul(MINUTE))
        };
        // Its clocks may be set between the first guess and the end.
        let about = before(u64::try_from(local).unwrap_or_default().saturating_mul(MINUTE))?;
        before(about).map(Timestamp)
    }
}

/// The day of a time by clocks that are so many minutes ahead of UTC.
pub fn day_at(time: Timestamp, minutes_ahead: i16) -> Day {
    let minutes = i64::try_from(time.0 / MINUTE).unwrap_or(i64::MAX).saturating_add(i64::from(minutes_ahead));
    Day(i32::try_from(minutes.div_euclid(DAY_MINUTES)).unwrap_or(i32::MAX))
}

/// Reads `GMT`, `GMT+05:30` and `GMT-03:00`, in minutes.
fn read_offset(text: &str) -> Option<i16> {
    let offset = text.strip_prefix("GMT")?;
    if offset.is_empty() {
        return Some(0);
    }
    let ahead = offset.strip_prefix('+').map(|clock| (1, clock));
    let (sign, clock) = ahead.or_else(|| Some((-1, offset.strip_prefix(['-', '\u{2212}'])?)))?;
    let (hours, minutes) = clock.split_once(':').unwrap_or((clock, "0"));
    Some(sign * (hours.parse::<i16>().ok()?.checked_mul(60)? + minutes.parse::<i16>().ok()?))
}

#[cfg(test)]
mod tests {
    use super::{Zone, day_at, read_offset};
    use sealward_client::model::Day;
    use sealward_contract::ids::Timestamp;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn an_offset_is_read_as_browsers_write_it() {
        for (text, minutes) in [
            ("GMT", Some(0)),
            ("GMT+01:00", Some(60)),
            ("GMT+05:30", Some(330)),
            ("GMT-03:30", Some(-210)),
            ("GMT\u{2212}03:00", Some(-180)),
            ("GMT+8", Some(480)),
            ("CET", None),
            ("GMT~1", None),
        ] {
            assert_eq!(read_offset(text), minutes, "{text}");
        }
    }

    // 2026-10-25T01:00:00Z: the clocks of Berlin are set from 3 to 2. The day after ends at 23:00 UTC.
    #[cfg(target_arch = "wasm32")]
    #[test]
    fn clocks_that_are_set_are_known_to_the_minute() {
        let (begin, set, end) = (1_792_800_000_000, 1_792_890_000_000, 1_793_055_600_000);
        let berlin = Zone::named("Europe/Berlin").unwrap();
        let offsets = berlin.offsets(Timestamp(begin), Timestamp(end)).unwrap();
        let told: Vec<_> = offsets.iter().map(|offset| (offset.since.0, offset.minutes)).collect();
        assert_eq!(told, [(begin, 120), (set, 60)]);
        let last = Day::from_calendar(2026, 10, 26);
        assert_eq!(berlin.end_of(last.unwrap()), Some(Timestamp(end)));
        assert_eq!((berlin.day(Timestamp(end - 1)), day_at(Timestamp(end - 1), 60)), (last, last.unwrap()));
        assert_eq!(berlin.day(Timestamp(end)), Day::from_calendar(2026, 10, 27));
        assert_eq!(Zone::named("Asia/Shanghai").unwrap().offsets(Timestamp(begin), Timestamp(end)).unwrap().len(), 1);
        assert!(Zone::named("Middle/Earth").is_none());
    }
}
