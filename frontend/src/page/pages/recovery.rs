//! Recovery as members see it: among the people of the team, and in the settings.

use std::sync::Arc;
use std::time::Duration;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::detail::millis;
use crate::bridge::{Error, *};
use crate::page::app::{App, Dialog};
use crate::page::clipboard;
use crate::page::components::dialog::{Width, dialog};
use crate::page::components::field::{choice, tick};
use crate::page::components::form::{Form, dialog_footer};
use crate::page::components::icon::icon;
use crate::page::engine::{ask, keep};
use crate::page::language::{moment, number, tr};

/// How often it is asked for requests while the people are shown.
const EVERY: Duration = Duration::from_secs(10);

/// What is confirmed after words were compared.
#[derive(Clone)]
pub enum Compared {
    /// An administrator begins a recovery.
    Start(Arc<RequestRow>),
    /// A trustee gives their share.
    Give(Arc<RecoveryRow>),
}

fn read<A: Ask + 'static>(app: App, make: impl Fn() -> A + 'static, into: RwSignal<Option<A::Answer>>)
where
    A::Answer: PartialEq + Send + Sync,
{
    Effect::new(move |_| {
        app.catalog.track();
        let asked = ask(make());
        spawn_local(async move {
            match asked.await {
                Ok(answer) => keep(into, Some(answer)),
                Err(Error::Locked | Error::SessionEnded | Error::Offline) => {}
                Err(error) => app.fail(&error),
            }
        });
    });
}

/// The words of a device, in order.
pub fn word_list(words: &[String]) -> AnyView {
    let words = words.iter().map(|word| view! { <li>{word.clone()}</li> }).collect_view();
    view! { <ol class="recovery-words" translate="no" lang="en" aria-label=tr!(recovery.words)>{words}</ol> }.into_any()
}

/// The section among the people.
pub fn section(app: App, people: &Arc<People>) -> AnyView {
    let found = RwSignal::new(None::<RecoveryView>);
    let requests = RwSignal::new(None::<Vec<RequestRow>>);
    read(app, || ReadRecovery, found);
    if people.may_invite {
        read(app, || ReadRecoveryRequests, requests);
        // Requests are no part of the team's history: nothing tells that there is one.
        let again = move || {
            spawn_local(async move {
                if let Ok(rows) = ask(ReadRecoveryRequests).await {
                    keep(requests, Some(rows));
                }
            });
        };
        if let Ok(timer) = set_interval_with_handle(again, EVERY) {
            on_cleanup(move || timer.clear());
        }
    }
    let people = StoredValue::new(Arc::clone(people));
    let body = move || found.get().map(|view| untrack(|| stands(app, &people.get_value(), &view)));
    let asked = move || requests.get().filter(|rows| !rows.is_empty()).map(|rows| untrack(|| asked(app, rows)));
    view! { <h3>{tr!(recovery.title)}</h3>{body}{asked} }.into_any()
}

fn stands(app: App, people: &Arc<People>, view: &RecoveryView) -> AnyView {
    let group = match &view.group {
        None => tr!(recovery.no_group).to_owned(),
        Some(group) => {
            let names = group.trustees.iter().map(|(_, name)| name.clone()).collect::<Vec<_>>().join(", ");
            tr!(recovery.group, needed = number(u32::from(group.needed)), names = names)
        }
    };
    let (for_dialog, group_now) = (Arc::clone(people), view.group.clone());
    let set = view.may_set.then(|| {
        let open = move |_| app.open(Dialog::RecoveryGroup(Arc::clone(&for_dialog), group_now.clone()));
        view! { <button type="button" class="button small" on:click=open>{tr!(recovery.set_group)}</button> }
    });
    let link = view.link.clone().map(|link| {
        let copy = move |_| {
            let link = link.clone();
            spawn_local(async move { clipboard::copy_secret(app, &link).await });
        };
        view! { <button type="button" class="button small" on:click=copy>{icon("copy")}<span>{tr!(recovery.copy_link)}</span></button> }
    });
    let begun = view.begun.iter().map(|row| begun_line(app, row)).collect_view();
    let any = !view.begun.is_empty();
    view! {
        <div class="setting recovery-group"><p>{group}</p><div class="buttons">{link}{set}</div></div>
        {any.then(|| view! { <ul class="people">{begun}</ul> })}
    }
    .into_any()
}

fn begun_line(app: App, row: &RecoveryRow) -> AnyView {
    let when = moment(millis(row.time));
    let title = match (row.own, row.stands_in) {
        (true, _) => tr!(recovery.own_row).to_owned(),
        (false, true) => tr!(recovery.stand_in_row, name = row.name.clone(), by = row.by.clone()),
        (false, false) => tr!(recovery.row, name = row.name.clone()),
    };
    let detail = tr!(recovery.begun_by, name = row.by.clone(), when = when);
    let member = row.member;
    let cancel = row.may_cancel.then(|| {
        let stop = move |_| {
            spawn_local(async move {
                match ask(CancelRecovery { member }).await {
                    Ok(()) => app.say(tr!(recovery.stopped)),
                    Err(error) => app.fail(&error),
                }
            });
        };
        view! { <button type="button" class="button small" on:click=stop>{tr!(recovery.stop)}</button> }
    });
    let kept = Arc::new(row.clone());
    let give = row.may_give.then(|| {
        let open = move |_| app.open(Dialog::ComparedWords(Compared::Give(Arc::clone(&kept))));
        view! { <button type="button" class="button small primary" on:click=open>{tr!(recovery.give)}</button> }
    });
    view! {
        <li class="person-line">
            <span class="avatar empty-avatar" aria-hidden="true">{icon("life-buoy")}</span>
            <span class="row-text"><span class="row-name">{title}</span><span class="row-detail">{detail}</span></span>
            <span class="person-badges">{cancel}{give}</span>
        </li>
    }
    .into_any()
}

fn asked(app: App, rows: Vec<RequestRow>) -> AnyView {
    let lines = rows.into_iter().map(|row| {
        let detail = tr!(recovery.asked_from, when = moment(millis(row.time)), address = row.address.clone());
        let title = tr!(recovery.asks, name = row.name.clone());
        let row = Arc::new(row);
        let open = move |_| app.open(Dialog::ComparedWords(Compared::Start(Arc::clone(&row))));
        view! {
            <li class="person-line">
                <span class="avatar empty-avatar" aria-hidden="true">{icon("monitor")}</span>
                <span class="row-text"><span class="row-name">{title}</span><span class="row-detail">{detail}</span></span>
                <span class="person-badges">
                    <button type="button" class="button small" on:click=open>{tr!(recovery.begin)}</button>
                </span>
            </li>
        }
    });
    view! { <p class="muted">{tr!(recovery.asked_hint)}</p><ul class="people">{lines.collect_view()}</ul> }.into_any()
}

/// The words, and what follows when they are the same.
pub fn compare_words(compared: &Compared) -> AnyView {
    let app = App::get();
    let form = Form::new();
    let same = RwSignal::new(false);
    let (title, words, name, lead, submit) = match compared {
        Compared::Start(row) => (
            tr!(recovery.begin),
            row.words.clone(),
            row.name.clone(),
            tr!(recovery.begin_lead, name = row.name.clone()),
            tr!(recovery.begin),
        ),
        // The words are those of whoever stands in.
        Compared::Give(row) if row.stands_in => (
            tr!(recovery.give),
            row.words.clone(),
            row.by.clone(),
            tr!(recovery.stand_in_lead, name = row.name.clone(), by = row.by.clone()),
            tr!(recovery.give),
        ),
        Compared::Give(row) => (
            tr!(recovery.give),
            row.words.clone(),
            row.name.clone(),
            tr!(recovery.give_lead, name = row.name.clone()),
            tr!(recovery.give),
        ),
    };
    let kept = compared.clone();
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !same.get_untracked() {
            return;
        }
        match &kept {
            Compared::Start(row) => {
                form.send(StartRecovery { member: row.member, device: row.device.clone() }, move |()| {
                    app.close();
                    app.say(tr!(recovery.begun_done));
                });
            }
            Compared::Give(row) => form.send(GiveShare { member: row.member, since: row.since }, move |()| {
                app.close();
                app.say(tr!(recovery.given_done));
            }),
        }
    };
    let footer = move || {
        if same.get() {
            dialog_footer(form, submit)
        } else {
            view! {
                <footer><div class="buttons"><button type="button" class="button" on:click=move |_| app.close()>{tr!(action.cancel)}</button></div></footer>
            }
            .into_any()
        }
    };
    dialog(
        title,
        Width::Narrow,
        view! {
            <form class="dialog-form" on:submit=send>
                <div class="dialog-body form">
                    <p>{lead}</p>
                    {word_list(&words)}
                    <div class="note warn">{icon("triangle-alert")}<p>{tr!(recovery.compare_warning)}</p></div>
                    {tick(tr!(recovery.words_match, name = name), same)}
                </div>
                {footer}
            </form>
        }
        .into_any(),
    )
}

/// Who the trustees are, and how many of them it takes.
pub fn group_dialog(people: &People, now: Option<&GroupView>) -> AnyView {
    let app = App::get();
    let form = Form::new();
    let is_here = |row: &&MemberRow| row.service.is_none() && row.state == MemberState::Active;
    let chosen: Vec<(MemberId, String, RwSignal<bool>)> = people
        .members
        .iter()
        .filter(is_here)
        .map(|row| {
            let is_trustee = now.is_some_and(|group| group.trustees.iter().any(|(member, _)| *member == row.member));
            (row.member, row.login_name.clone(), RwSignal::new(is_trustee))
        })
        .collect();
    let needed = RwSignal::new(now.map_or(0, |group| usize::from(group.needed).saturating_sub(2)));
    let boxes = chosen.iter().map(|(_, name, signal)| tick(name.clone(), *signal)).collect_view();
    let signals: Vec<RwSignal<bool>> = chosen.iter().map(|(.., signal)| *signal).collect();
    let count = Memo::new(move |_| signals.iter().filter(|signal| signal.get()).count());
    let numbers = (2..=15_u32).map(number).collect();
    let enough = Memo::new(move |_| count.get() >= needed.get() + 2);
    let send = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if !enough.get_untracked() {
            return;
        }
        let trustees = chosen.iter().filter(|(.., signal)| signal.get_untracked()).map(|(member, ..)| *member);
        let needed = u8::try_from(needed.get_untracked() + 2).unwrap_or(u8::MAX);
        form.send(SetRecoveryGroup { group: Some((needed, trustees.collect())) }, move |()| {
            app.close();
            app.say(tr!(toast.saved));
        });
    };
    let none = now.is_some().then(|| {
        let end = move |_| {
            form.send(SetRecoveryGroup { group: None }, move |()| {
                app.close();
                app.say(tr!(toast.saved));
            });
        };
        view! { <button type="button" class="link danger" on:click=end>{tr!(recovery.no_group_any_more)}</button> }
    });
    let hint = move || {
        (!enough.get()).then(|| view! { <p class="hint" role="status">{tr!(recovery.too_few, count = number(u32::try_from(needed.get() + 2).unwrap_or(2)))}</p> })
    };
    dialog(
        tr!(recovery.set_group),
        Width::Narrow,
        view! {
            <form class="dialog-form" on:submit=send>
                <div class="dialog-body form">
                    <p>{tr!(recovery.group_lead)}</p>
                    <fieldset class="trustees"><legend>{tr!(recovery.trustees)}</legend>{boxes}</fieldset>
                    {choice(tr!(recovery.needed), numbers, needed)}
                    {hint}
                    <p class="muted">{tr!(recovery.group_hint)}</p>
                    {none}
                </div>
                {dialog_footer(form, tr!(action.save))}
            </form>
        }
        .into_any(),
    )
}

/// The section in the settings: whether the person could be recovered, shown plainly.
pub fn settings(app: App) -> AnyView {
    let found = RwSignal::new(None::<RecoveryView>);
    read(app, || ReadRecovery, found);
    let change = move |on: Option<u64>| {
        spawn_local(async move {
            let done = match on {
                Some(group) => ask(Enrol { group }).await,
                None => ask(EndEnrolment).await,
            };
            match done {
                Ok(()) => app.say(if on.is_some() { tr!(recovery.enrolled_done) } else { tr!(recovery.ended_done) }),
                Err(error) => app.fail(&error),
            }
        });
    };
    let on = move |group: u64, label: &'static str| {
        view! { <button type="button" class="button" on:click=move |_| change(Some(group))>{icon("life-buoy")}<span>{label}</span></button> }
    };
    let off = move || {
        view! { <button type="button" class="button" on:click=move |_| change(None)>{icon("x")}<span>{tr!(recovery.end)}</span></button> }
    };
    let body = move || {
        let view = found.get()?;
        let needed = view.group.as_ref().map_or(0, |group| u32::from(group.needed));
        let names = view.group.iter().flat_map(|group| &group.trustees).map(|(_, name)| name.clone());
        let names = names.collect::<Vec<_>>().join(", ");
        // Those whose names stand here, whoever it may be when the button is pressed.
        let group = view.group.as_ref().map_or(0, |group| group.since);
        Some(match view.own {
            EnrolmentView::Impossible => view! { <p class="muted">{tr!(recovery.impossible)}</p> }.into_any(),
            EnrolmentView::Off => view! {
                <div class="setting">
                    <p>{tr!(recovery.off, needed = number(needed), names = names)}</p>
                    {on(group, tr!(recovery.enrol))}
                </div>
            }
            .into_any(),
            EnrolmentView::On { since, usable } => {
                let text = tr!(recovery.on, needed = number(needed), names = names, when = moment(millis(since)));
                let lost = (usable
                    < u32::try_from(view.group.as_ref().map_or(0, |group| group.trustees.len())).unwrap_or(0))
                .then(|| {
                    view! {
                        <div class="setting">
                            <p class="warn-text">{tr!(recovery.fewer, count = number(usable))}</p>
                            {on(group, tr!(recovery.renew))}
                        </div>
                    }
                });
                view! { <div class="setting"><p>{text}</p>{off()}</div>{lost} }.into_any()
            }
        })
    };
    view! {
        <section class="settings-section">
            <h3>{tr!(recovery.title)}</h3>
            <p class="muted">{tr!(recovery.settings_hint)}</p>
            {body}
        </section>
    }
    .into_any()
}
