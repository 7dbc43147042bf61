//! What the events are narrowed down by.

use js_sys::Date;
use leptos::prelude::*;
use sealward_client::model::Day;

use super::words::kind_name;
use crate::bridge::{ActKind, AuditAsk, MemberId, NamedVault};
use crate::page::components::field::{Kind, TextField, choice};
use crate::page::components::icon::icon;
use crate::page::language::{iso, tr};

/// The fields. `wanted` follows them.
pub fn view(wanted: RwSignal<AuditAsk>, people: &[(MemberId, String)], vaults: &[NamedVault]) -> AnyView {
    let before = wanted.get_untracked();
    let place = |found: Option<usize>| RwSignal::new(found.map_or(0, |at| at + 1));
    let member = place(people.iter().position(|(id, _)| before.member == Some(*id)));
    let kind = place(ActKind::ALL.iter().position(|kind| before.kind == Some(*kind)));
    let vault = place(vaults.iter().position(|known| before.vault == Some(known.id)));
    let day_of = |time: Option<u64>, back: i32| time.map_or_else(String::new, |time| iso(local_day(time, back)));
    let from = RwSignal::new(day_of(before.from, 0));
    let until = RwSignal::new(day_of(before.until, 1));
    let members: Vec<MemberId> = people.iter().map(|(id, _)| *id).collect();
    let ids: Vec<_> = vaults.iter().map(|vault| vault.id).collect();
    let backwards = RwSignal::new(false);
    Effect::new(move |_| {
        let chosen = |at: usize| at.checked_sub(1);
        let (first, last) = (midnight(&from.get(), 0), midnight(&until.get(), 1));
        let wrong = first.zip(last).is_some_and(|(first, last)| last <= first);
        backwards.set(wrong);
        if wrong {
            return;
        }
        let now = AuditAsk {
            member: chosen(member.get()).and_then(|at| members.get(at).copied()),
            kind: chosen(kind.get()).and_then(|at| ActKind::ALL.get(at).copied()),
            vault: chosen(vault.get()).and_then(|at| ids.get(at).copied()),
            from: first,
            until: last,
            object: wanted.with_untracked(|wanted| wanted.object),
        };
        if wanted.with_untracked(|wanted| *wanted != now) {
            wanted.set(now);
        }
    });
    let all = || tr!(audit.all).to_owned();
    let people = std::iter::once(all()).chain(people.iter().map(|(_, name)| name.clone())).collect();
    let kinds = std::iter::once(all()).chain(ActKind::ALL.map(|kind| kind_name(kind).to_owned())).collect();
    let vaults = std::iter::once(all()).chain(vaults.iter().map(|vault| vault.name.clone())).collect();
    let fault = Signal::derive(move || backwards.get().then(|| tr!(audit.backwards).to_owned()));
    let about_one = move || {
        wanted.with(|wanted| wanted.object.is_some()).then(|| {
            let clear = move |_| wanted.update(|wanted| wanted.object = None);
            view! {
                <button type="button" class="chip audit-object" on:click=clear>
                    <span>{tr!(audit.one_object)}</span>{icon("x")}<span class="visually-hidden">{tr!(filters.clear)}</span>
                </button>
            }
        })
    };
    view! {
        <div class="audit-filters" role="group" aria-label=tr!(filters.title)>
            {choice(tr!(audit.who), people, member)}
            {choice(tr!(audit.kind), kinds, kind)}
            {choice(tr!(audit.vault), vaults, vault)}
            {TextField::new(tr!(audit.from), from).kind(Kind::Date).view()}
            {TextField::new(tr!(audit.until), until).kind(Kind::Date).fault(fault).view()}
        </div>
        {about_one}
    }
    .into_any()
}

/// When a day begins, by the clock of the browser, so many days later; `None` for what is no day.
pub fn midnight(day: &str, later: u32) -> Option<u64> {
    Day::parse(day)?;
    let mut parts = day.split('-');
    let year: u32 = parts.next()?.parse().ok()?;
    let month: i32 = parts.next()?.parse().ok()?;
    let date: i32 = parts.next()?.parse().ok()?;
    let time = Date::new_with_year_month_day(year, month - 1, date + i32::try_from(later).ok()?).get_time();
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "times are whole and after 1970")]
    (time.is_finite() && time >= 0.0).then_some(time as u64)
}

/// The day of a time by the clock of the browser, so many days before.
fn local_day(time: u64, back: i32) -> Day {
    #[expect(clippy::cast_precision_loss, reason = "times of this millennium fit into a double")]
    let date = Date::new(&wasm_bindgen::JsValue::from_f64(time as f64));
    let day =
        Day::from_calendar(i32::try_from(date.get_full_year()).unwrap_or(1970), date.get_month() + 1, date.get_date());
    Day(day.map_or(0, |day| day.0) - back)
}
