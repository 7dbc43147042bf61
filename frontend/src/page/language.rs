//! The language of the page: chosen from the browser, switchable, remembered. Switching shows the whole page anew.

use std::cell::Cell;
use std::fmt::{Display, Write};

use js_sys::{Array, Date, Intl, Object, Reflect};
use leptos::prelude::*;
use sealward_client::model::Day;
use wasm_bindgen::prelude::{JsCast, JsValue};

use super::memory;
use crate::bridge::Language;
pub use crate::sentences::i18n::Locale;

thread_local! {
    static CURRENT: Cell<Locale> = const { Cell::new(Locale::en) };
}

/// A sentence in the language of the page; its key is checked when the page is compiled. Gaps are given by name.
macro_rules! tr {
    ($group:ident.$key:ident) => {
        leptos_i18n::td_string!($crate::page::language::current(), $group.$key)
    };
    ($group:ident.$key:ident, $($gap:ident = $value:expr),+) => {
        $crate::page::language::fill(
            leptos_i18n::td_string!($crate::page::language::current(), $group.$key),
            &[$((stringify!($gap), &$value as &dyn std::fmt::Display)),+],
        )
    };
}
pub(crate) use tr;

/// Puts values into the gaps of a sentence, `{name}` each. What a value holds is never looked at again.
pub fn fill(sentence: &str, gaps: &[(&str, &dyn Display)]) -> String {
    let mut filled = String::with_capacity(sentence.len() + 16);
    let mut rest = sentence;
    while let Some((before, from)) = rest.split_once('{') {
        filled.push_str(before);
        let Some((name, after)) = from.split_once('}') else { break };
        if let Some((_, value)) = gaps.iter().find(|(gap, _)| *gap == name) {
            let _ = write!(filled, "{value}");
        }
        rest = after;
    }
    filled.push_str(rest);
    filled
}

/// A label as it stands inside a sentence: "User name" becomes "user name", "URL" stays.
pub fn within_sentence(label: &str) -> String {
    let mut characters = label.chars();
    match (characters.next(), characters.clone().next()) {
        (Some(first), Some(second)) if first.is_ascii_uppercase() && second.is_ascii_lowercase() => {
            std::iter::once(first.to_ascii_lowercase()).chain(characters).collect()
        }
        _ => label.to_owned(),
    }
}

/// The language of the page.
pub fn current() -> Locale {
    CURRENT.get()
}

/// The same for the worker.
pub fn for_worker() -> Language {
    match current() {
        Locale::en => Language::English,
        Locale::zh => Language::Chinese,
    }
}

/// Chooses: what was chosen before, else what the browser prefers.
pub fn choose() -> Locale {
    let remembered = memory::read(memory::LANGUAGE);
    let preferred = window().navigator().languages();
    let wanted = remembered.into_iter().chain(preferred.iter().filter_map(|language| language.as_string()));
    let locale = wanted.map(|name| name.to_lowercase()).find_map(|name| {
        if name.starts_with("zh") {
            Some(Locale::zh)
        } else if name.starts_with("en") {
            Some(Locale::en)
        } else {
            None
        }
    });
    locale.unwrap_or(Locale::en)
}

/// Sets the language before the page is shown (again).
pub fn apply(locale: Locale) {
    CURRENT.set(locale);
    if let Some(root) = document().document_element() {
        let _ = root.set_attribute("lang", tag());
    }
}

/// Remembers a choice.
pub fn remember(locale: Locale) {
    memory::write(
        memory::LANGUAGE,
        match locale {
            Locale::en => "en",
            Locale::zh => "zh",
        },
    );
}

fn tag() -> &'static str {
    match current() {
        Locale::en => "en",
        Locale::zh => "zh-CN",
    }
}

/// A number with the separators of the language.
pub fn number(value: u32) -> String {
    js_sys::Number::from(value).to_locale_string(tag()).into()
}

/// A size, such as 1.2 MB.
#[expect(clippy::cast_precision_loss, reason = "sizes of files fit into a double")]
pub fn bytes(value: u64) -> String {
    let (value, unit) = match value {
        0..1_000 => (value as f64, "byte"),
        1_000..1_000_000 => (value as f64 / 1e3, "kilobyte"),
        _ => (value as f64 / 1e6, "megabyte"),
    };
    let options =
        options(&[("style", "unit"), ("unit", unit), ("unitDisplay", if unit == "byte" { "long" } else { "short" })]);
    let rounded = if value < 10.0 { (value * 10.0).round() / 10.0 } else { value.round() };
    let format = Intl::NumberFormat::new(&locales(), &options);
    let text = format.format().call1(&JsValue::UNDEFINED, &JsValue::from_f64(rounded));
    text.ok().and_then(|text| text.as_string()).unwrap_or_default()
}

/// A day, such as 21 Nov 2026.
pub fn day(day: Day) -> String {
    format_date(f64::from(day.0) * 86_400_000.0, &[("dateStyle", "medium"), ("timeZone", "UTC")])
}

/// A moment, such as 21 Nov 2026, 19:02.
pub fn moment(millis: f64) -> String {
    format_date(millis, &[("dateStyle", "medium"), ("timeStyle", "short")])
}

/// The short name of a day of the week, counted from Monday as 0.
pub fn weekday(day: u32) -> String {
    // The fifth of January 1970 was a Monday.
    format_date(f64::from(day + 4) * 86_400_000.0, &[("weekday", "short"), ("timeZone", "UTC")])
}

/// How long ago a moment was, such as "3 days ago".
pub fn ago(millis: f64) -> String {
    let seconds = ((millis - Date::now()) / 1000.0).round();
    let (value, unit) = match seconds.abs() {
        s if s < 60.0 => (0.0, "minute"),
        s if s < 3_600.0 => (seconds / 60.0, "minute"),
        s if s < 86_400.0 => (seconds / 3_600.0, "hour"),
        s if s < 86_400.0 * 45.0 => (seconds / 86_400.0, "day"),
        s if s < 86_400.0 * 365.0 => (seconds / (86_400.0 * 30.4), "month"),
        _ => (seconds / (86_400.0 * 365.0), "year"),
    };
    let options = options(&[("numeric", "auto")]);
    Intl::RelativeTimeFormat::new(&locales(), &options).format(value.trunc(), unit).into()
}

/// How long ago a day was; "today" at the least.
pub fn days_ago(day: Day) -> String {
    let millis = f64::from(day.0) * 86_400_000.0;
    if Date::now() - millis < 86_400_000.0 { tr!(facts.today).to_owned() } else { ago(millis) }
}

/// Today, by the clock and the calendar of the browser.
pub fn today() -> Day {
    let now = Date::new_0();
    let month = now.get_month() + 1;
    Day::from_calendar(i32::try_from(now.get_full_year()).unwrap_or(1970), month, now.get_date()).unwrap_or(Day(0))
}

/// A day as date inputs have it: `2026-11-21`.
pub fn iso(day: Day) -> String {
    let text: String = Date::new(&JsValue::from_f64(f64::from(day.0) * 86_400_000.0)).to_iso_string().into();
    text.chars().take_while(|character| *character != 'T').collect()
}

/// The last moment of a day as date inputs have it, by the calendar of the browser, in milliseconds since 1970; none where
/// the text is no day, or the day is over.
#[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit for ever")]
pub fn end_of_day(iso: &str) -> Option<i64> {
    let end = Date::new(&JsValue::from_str(&format!("{iso}T23:59:59"))).get_time();
    (end > Date::now()).then_some(end as i64)
}

/// A moment as date and time inputs have it, by the clock of the browser, in milliseconds since 1970; none where the text
/// is none.
#[expect(clippy::cast_possible_truncation, reason = "milliseconds since 1970 fit for ever")]
pub fn moment_of(local: &str) -> Option<i64> {
    let time = Date::new(&JsValue::from_str(local)).get_time();
    time.is_finite().then_some(time as i64)
}

/// A length of time, such as "2 hours".
pub fn span(seconds: u32) -> String {
    let (value, unit) = match seconds {
        seconds if seconds >= 86_400 && seconds % 86_400 == 0 => (seconds / 86_400, "day"),
        seconds if seconds >= 3_600 && seconds % 3_600 == 0 => (seconds / 3_600, "hour"),
        seconds if seconds >= 60 && seconds % 60 == 0 => (seconds / 60, "minute"),
        seconds => (seconds, "second"),
    };
    let options = options(&[("style", "unit"), ("unit", unit), ("unitDisplay", "long")]);
    let text = Intl::NumberFormat::new(&locales(), &options).format().call1(&JsValue::UNDEFINED, &JsValue::from(value));
    text.ok().and_then(|text| text.as_string()).unwrap_or_default()
}

fn format_date(millis: f64, wanted: &[(&str, &str)]) -> String {
    let format = Intl::DateTimeFormat::new(&locales(), &options(wanted));
    let date = Date::new(&JsValue::from_f64(millis));
    format.format().call1(&JsValue::UNDEFINED, &date).ok().and_then(|text| text.as_string()).unwrap_or_default()
}

fn locales() -> Array {
    Array::of1(&JsValue::from_str(tag()))
}

fn options(wanted: &[(&str, &str)]) -> Object {
    let options = Object::new();
    for (name, value) in wanted {
        let _ = Reflect::set(&options, &JsValue::from_str(name), &JsValue::from_str(value));
    }
    options.unchecked_into()
}

#[cfg(test)]
mod tests {
    use super::fill;
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    #[test]
    fn gaps_are_filled_once() {
        assert_eq!(fill("{a} and {b}.", &[("a", &"{b}"), ("b", &2)]), "{b} and 2.");
        assert_eq!(fill("no gap", &[]), "no gap");
    }

    #[test]
    fn both_languages_have_the_same_gaps() {
        let gaps = |line: &str| {
            let mut gaps: Vec<String> = line
                .split('{')
                .skip(1)
                .filter_map(|part| part.split_once('}'))
                .map(|(gap, _)| gap.to_owned())
                .collect();
            gaps.sort();
            gaps
        };
        // Keys are sorted in both files, so that line answers to line.
        let english = include_str!("../../locales/en.json").lines();
        let chinese = include_str!("../../locales/zh.json").lines();
        for (english, chinese) in english.zip(chinese) {
            if english.contains("\": \"") {
                assert_eq!(gaps(english), gaps(chinese), "{english}");
            }
        }
    }
}
