//! The form that approves ahead: for whom, on which days, between which hours, until when.

use leptos::prelude::*;
use leptos::task::spawn_local;
use sealward_client::model::Day;
use sealward_contract::limits;

use crate::bridge::{Error, *};
use crate::page::app::App;
use crate::page::components::dialog::{Width, dialog};
use crate::page::components::field::{Kind, TextField, choice};
use crate::page::components::form::{Form, alert, dialog_footer};
use crate::page::components::icon::icon;
use crate::page::engine::ask;
use crate::page::explain::explain;
use crate::page::language::{iso, number, tr, weekday};

/// Days that an approval lasts where nobody says otherwise, and at most.
const USUAL_DAYS: i32 = 30;
const MOST_DAYS: u64 = limits::AHEAD_LASTS / (24 * 60 * 60 * 1_000);
/// Monday to Friday.
const WORKING_DAYS: u8 = 0b1_1111;
/// Minutes of a day.
const DAY: u16 = 24 * 60;

/// The dialog.
pub fn dialog_for(account: &AccountView) -> AnyView {
    let (vault, id) = (account.vault, account.id);
    let found = RwSignal::new(None::<Result<AheadPeople, Error>>);
    spawn_local(async move {
        let answer = ask(ReadAheadPeople { vault, account: id }).await;
        let _ = found.try_set(Some(answer));
    });
    let body = move || match found.get() {
        None => {
            view! { <div class="dialog-body"><p class="muted" role="status">{tr!(list.loading)}</p></div> }.into_any()
        }
        Some(Err(error)) => view! { <div class="dialog-body">{alert(explain(&error))}</div> }.into_any(),
        Some(Ok(people)) if people.people.is_empty() => view! {
            <div class="dialog-body"><p class="hint with-icon">{icon("info")}<span>{tr!(ahead.nobody)}</span></p></div>
        }
        .into_any(),
        Some(Ok(people)) => untrack(|| form_of(vault, id, people)),
    };
    dialog(tr!(ahead.title, name = account.fields.name), Width::Narrow, body.into_any())
}

fn form_of(vault: VaultId, account: ObjectId, found: AheadPeople) -> AnyView {
    let app = App::get();
    let form = Form::new();
    let AheadPeople { people, needed, zone, today } = found;
    let who = RwSignal::new(0_usize);
    let days = RwSignal::new(WORKING_DAYS);
    let (from, to) = (RwSignal::new("08:00".to_owned()), RwSignal::new("18:00".to_owned()));
    let end = RwSignal::new(iso(Day(today.0 + USUAL_DAYS)));
    let wrong = RwSignal::new(None::<&'static str>);
    let names = people.iter().map(|(_, name)| name.clone()).collect();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        wrong.set(None);
        let minutes = (minute_of(&from.get_untracked()), minute_of(&to.get_untracked()));
        let last_day = Day::parse(&end.get_untracked()).filter(|day| *day >= today);
        let ((Some(from), Some(to)), Some(last_day), Some((member, _))) =
            (minutes, last_day, people.get(who.get_untracked()))
        else {
            return wrong.set(Some(tr!(ahead.wrong_end)));
        };
        let days = days.get_untracked();
        if days == 0 {
            return wrong.set(Some(tr!(ahead.no_day)));
        }
        // Midnight is where the day ends.
        let to = if to == 0 { DAY } else { to };
        form.send(ProposeAhead { vault, account, member: *member, days, from, to, last_day }, move |()| {
            app.close();
            app.say(if needed > 1 { tr!(ahead.done_first) } else { tr!(ahead.done) });
        });
    };
    let more = (needed > 1).then(|| {
        view! { <p class="hint with-icon">{icon("info")}<span>{tr!(ahead.more, count = number(u32::from(needed)))}</span></p> }
    });
    view! {
        <form class="dialog-form" on:submit=send>
            <div class="dialog-body form">
                <p class="muted">{tr!(ahead.hint)}</p>
                {choice(tr!(ahead.member), names, who)}
                {day_ticks(days)}
                <div class="ahead-hours">
                    {TextField::new(tr!(ahead.from), from).kind(Kind::Time).required().view()}
                    {TextField::new(tr!(ahead.to), to).kind(Kind::Time).required().view()}
                </div>
                <p class="hint">{tr!(ahead.zone, zone = zone)}</p>
                {TextField::new(tr!(ahead.last_day), end)
                    .kind(Kind::Date)
                    .hint(tr!(ahead.at_most, count = number(u32::try_from(MOST_DAYS).unwrap_or(u32::MAX))))
                    .required()
                    .view()}
                {more}
                {move || wrong.get().map(|text| alert(text.to_owned()))}
            </div>
            {dialog_footer(form, tr!(ahead.send))}
        </form>
    }
    .into_any()
}

fn day_ticks(days: RwSignal<u8>) -> AnyView {
    let ticks = (0..7_u32).map(|day| {
        let has = move || days.get() >> day & 1 == 1;
        let set = move |event: leptos::ev::Event| {
            let ticked = event_target_checked(&event);
            days.update(|days| if ticked { *days |= 1 << day } else { *days &= !(1 << day) });
        };
        view! {
            <label class="tick">
                <input type="checkbox" prop:checked=has on:change=set />
                <span>{weekday(day)}</span>
            </label>
        }
    });
    view! {
        <fieldset class="group-members">
            <legend>{tr!(ahead.days)}</legend>
            <div class="day-ticks">{ticks.collect_view()}</div>
        </fieldset>
    }
    .into_any()
}

/// The minute of the day that a field for a time says.
fn minute_of(time: &str) -> Option<u16> {
    let (hours, minutes) = time.split_once(':')?;
    let minute = |text: &str| text.get(..2)?.parse::<u16>().ok();
    let (hours, minutes) = (minute(hours)?, minute(minutes)?);
    (hours < 24 && minutes < 60).then_some(hours * 60 + minutes)
}
