//! The trash: what was deleted, where it stood, who deleted it; restored, or removed for good.

use std::collections::BTreeSet;
use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::bulk::progress_line;
use super::detail::millis;
use crate::bridge::*;
use crate::page::address::Spot;
use crate::page::app::{App, Dialog};
use crate::page::components::dialog::{Width, dialog};
use crate::page::components::field::{choice, fresh_id};
use crate::page::components::form::{Form, dialog_footer};
use crate::page::components::icon::{icon, resource_tile, secret_icon};
use crate::page::engine::{ask, keep};
use crate::page::language::{ago, moment, number, tr};

/// Rows shown at first, and with each click on "more".
const AT_A_TIME: u32 = 100;

/// The pane.
pub fn pane(app: App) -> AnyView {
    let filter = RwSignal::new(String::new());
    let vault = RwSignal::new(None::<VaultId>);
    let limit = RwSignal::new(AT_A_TIME);
    let chosen = RwSignal::new(BTreeSet::<Item>::new());
    let trash = RwSignal::new(None::<Arc<TrashView>>);
    Effect::new(move |_| {
        app.catalog.track();
        let command = ReadTrash { vault: vault.get(), filter: filter.get(), limit: limit.get() };
        spawn_local(async move {
            if let Ok(view) = ask(command).await {
                let there: BTreeSet<Item> = view.rows.iter().map(|row| row.item).collect();
                let _ = chosen.try_update(|chosen| chosen.retain(|item| there.contains(item)));
                keep(trash, Some(Arc::new(view)));
            }
        });
    });
    let count = move || trash.with(|trash| trash.as_ref().map(|trash| number(trash.total)));
    let body = move || {
        let Some(view) = trash.get() else { return ().into_any() };
        if view.rows.is_empty() {
            return nothing(filter.with(String::is_empty) && vault.get().is_none());
        }
        untrack(|| rows(app, &view, limit, chosen))
    };
    view! {
        <section class="pane trash-pane" aria-label=tr!(trash.title)>
            <header class="settings-head">
                <a class="icon-button back" href=app.link(Spot::Home) aria-label=tr!(action.back) title=tr!(action.back)>{icon("arrow-left")}</a>
                <h2>{tr!(trash.title)}</h2>
                <span class="count" aria-live="polite">{count}</span>
                <span class="grow"></span>
                <a class="icon-button close" href=app.link(Spot::Home) aria-label=tr!(action.close) title=tr!(action.close)>{icon("x")}</a>
            </header>
            <div class="trash-tools">{tools(app, filter, vault, trash)}</div>
            {chosen_bar(app, trash, chosen)}
            <div class="trash-body">{body}</div>
        </section>
    }
    .into_any()
}

fn nothing(whole: bool) -> AnyView {
    if whole {
        view! { <div class="empty">{icon("trash-2")}<h2>{tr!(trash.empty)}</h2><p class="muted">{tr!(trash.empty_hint)}</p></div> }
            .into_any()
    } else {
        view! { <div class="empty">{icon("search-x")}<p>{tr!(list.nothing_found)}</p></div> }.into_any()
    }
}

/// The filter, the vault, and what is done to all of it.
fn tools(
    app: App,
    filter: RwSignal<String>,
    vault: RwSignal<Option<VaultId>>,
    trash: RwSignal<Option<Arc<TrashView>>>,
) -> AnyView {
    let vaults = Memo::new(move |_| trash.with(|trash| trash.as_ref().map(|trash| trash.vaults.clone())));
    let here = move || {
        let vault = vault.get()?;
        vaults.with(|vaults| vaults.as_ref()?.iter().find(|other| other.id == vault).cloned())
    };
    let places = move || {
        let vaults = vaults.get()?;
        let id = fresh_id("trash-vault");
        let now = vault.get_untracked();
        let options = vaults.iter().enumerate().map(|(at, one)| {
            view! { <option value=at.to_string() selected=now == Some(one.id)>{one.name.clone()}</option> }
        });
        let options = options.collect_view();
        Some(view! {
            <label class="visually-hidden" for=id.clone()>{tr!(trash.vault)}</label>
            <select
                id=id class="input"
                on:change=move |event| {
                    let at = event_target_value(&event).parse::<usize>().ok();
                    vault.set(at.and_then(|at| vaults.get(at)).map(|vault| vault.id));
                }
            >
                <option value="" selected=now.is_none()>{tr!(trash.all_vaults)}</option>
                {options}
            </select>
        })
    };
    let kept = move || {
        here().map(|vault| {
            let label = match vault.days {
                0 => tr!(trash.kept_for_ever).to_owned(),
                days => tr!(trash.kept_days, days = number(days)),
            };
            let for_dialog = vault.clone();
            view! {
                <button
                    type="button" class="button" disabled=!vault.purgeable
                    on:click=move |_| app.open(Dialog::TrashDays(for_dialog.clone()))
                >
                    {icon("calendar-clock")}<span>{label}</span>
                </button>
            }
        })
    };
    let emptying = move || {
        let view = trash.get()?;
        let may = match here() {
            Some(vault) => vault.purgeable,
            None => view.vaults.iter().any(|vault| vault.purgeable),
        };
        (may && !view.rows.is_empty()).then(|| {
            view! {
                <button type="button" class="button danger" on:click=move |_| app.open(Dialog::EmptyTrash(untrack(here)))>
                    {icon("trash-2")}<span>{tr!(trash.empty_all)}</span>
                </button>
            }
        })
    };
    view! {
        <label class="filter">
            {icon("search")}
            <input
                type="search" aria-label=tr!(trash.filter) placeholder=tr!(trash.filter) autocomplete="off" spellcheck="false"
                prop:value=move || filter.get() on:input=move |event| filter.set(event_target_value(&event))
            />
        </label>
        {places}
        {kept}
        {emptying}
    }
    .into_any()
}

/// What is done to all that are selected.
fn chosen_bar(app: App, trash: RwSignal<Option<Arc<TrashView>>>, chosen: RwSignal<BTreeSet<Item>>) -> AnyView {
    let bar = move || {
        let count = chosen.with(BTreeSet::len);
        (count > 0).then(|| {
            let items = move || chosen.with_untracked(|chosen| chosen.iter().copied().collect::<Vec<_>>());
            let purgeable = trash.with_untracked(|trash| {
                let rows = trash.iter().flat_map(|trash| &trash.rows);
                chosen.with_untracked(|chosen| rows.filter(|row| chosen.contains(&row.item)).all(|row| row.purgeable))
            });
            view! {
                <div class="selection-bar" role="group" aria-label=tr!(bulk.selected, count = number(narrow(count)))>
                    <span class="selection-count" aria-live="polite">{tr!(bulk.selected, count = number(narrow(count)))}</span>
                    <button type="button" class="button small" on:click=move |_| restore(app, items())>
                        {icon("undo-2")}<span>{tr!(trash.restore)}</span>
                    </button>
                    {purgeable.then(|| view! {
                        <button type="button" class="button small danger" on:click=move |_| app.open(Dialog::Purge(items(), None))>
                            {icon("trash-2")}<span>{tr!(trash.purge)}</span>
                        </button>
                    })}
                    <button type="button" class="icon-button" aria-label=tr!(actions.unmark) title=tr!(actions.unmark) on:click=move |_| chosen.set(BTreeSet::new())>
                        {icon("square-x")}
                    </button>
                </div>
            }
        })
    };
    bar.into_any()
}

fn rows(app: App, view: &TrashView, limit: RwSignal<u32>, chosen: RwSignal<BTreeSet<Item>>) -> AnyView {
    let all: Vec<Item> = view.rows.iter().map(|row| row.item).collect();
    let whole = {
        let all = all.clone();
        move || chosen.with(|chosen| all.iter().all(|item| chosen.contains(item)))
    };
    let lines = view.rows.iter().map(|row| line(app, row, chosen)).collect_view();
    let left = view.total.saturating_sub(narrow(view.rows.len()));
    let more = (left > 0).then(|| {
        view! {
            <button type="button" class="button" on:click=move |_| limit.update(|limit| *limit = limit.saturating_add(AT_A_TIME * 5))>
                {tr!(trash.more, count = number(left))}
            </button>
        }
    });
    view! {
        <label class="tick trash-all">
            <input
                type="checkbox" prop:checked=whole
                on:change=move |event| {
                    let all = if event_target_checked(&event) { all.iter().copied().collect() } else { BTreeSet::new() };
                    chosen.set(all);
                }
            />
            <span>{tr!(trash.select_shown)}</span>
        </label>
        <ul class="trash-list">{lines}</ul>
        {more}
    }
    .into_any()
}

fn line(app: App, row: &TrashRow, chosen: RwSignal<BTreeSet<Item>>) -> AnyView {
    let item = row.item;
    let tile = match &row.icon {
        HitIcon::Vault => view! { <span class="tile hue-accent">{icon("vault")}</span> }.into_any(),
        HitIcon::ResourceGroup => view! { <span class="tile hue-amber">{icon("folder")}</span> }.into_any(),
        HitIcon::Resource(resource_type) => resource_tile(resource_type),
        HitIcon::Account(secret_type) => {
            view! { <span class="tile hue-slate">{icon(secret_icon(*secret_type))}</span> }.into_any()
        }
    };
    let inside =
        (row.inside > 0).then(|| view! { <span class="badge">{tr!(trash.inside, count = number(row.inside))}</span> });
    let gone = (!row.path_is_there).then(|| {
        view! { <span class="badge warn" title=tr!(trash.place_gone_hint)>{tr!(trash.place_gone)}</span> }
    });
    let (time, due) = (millis(row.time), row.due.map(millis));
    let due = due.map(
        |due| view! { <span class="muted" title=moment(due)>{tr!(trash.due, days = number(days_until(due)))}</span> },
    );
    let name = row.name.clone();
    let select = tr!(trash.select, name = name.clone());
    let restore_label = tr!(trash.restore_name, name = name.clone());
    let purge_label = tr!(trash.purge_name, name = name.clone());
    let writable = row.writable.then(|| {
        view! {
            <button type="button" class="icon-button" aria-label=restore_label.clone() title=restore_label on:click=move |_| restore(app, vec![item])>
                {icon("undo-2")}
            </button>
        }
    });
    let purge = row.purgeable.then(|| {
        let name = name.clone();
        view! {
            <button
                type="button" class="icon-button danger" aria-label=purge_label.clone() title=purge_label
                on:click=move |_| app.open(Dialog::Purge(vec![item], Some(name.clone())))
            >
                {icon("trash-2")}
            </button>
        }
    });
    view! {
        <li class="trash-line" class:marked=move || chosen.with(|chosen| chosen.contains(&item))>
            <input
                type="checkbox" aria-label=select prop:checked=move || chosen.with(|chosen| chosen.contains(&item))
                on:change=move |event| {
                    let on = event_target_checked(&event);
                    chosen.update(|chosen| if on { chosen.insert(item); } else { chosen.remove(&item); });
                }
            />
            {tile}
            <div class="trash-text">
                <span class="trash-name"><strong>{row.name.clone()}</strong>{inside}{gone}</span>
                <span class="muted">{row.path.join(" / ")}</span>
                <span class="trash-when">
                    <span class="muted" title=moment(time)>{tr!(trash.deleted_by, author = row.author.clone(), when = ago(time))}</span>
                    {due}
                </span>
            </div>
            <div class="trash-actions">{writable}{purge}</div>
        </li>
    }
    .into_any()
}

fn restore(app: App, items: Vec<Item>) {
    let count = items.len();
    spawn_local(async move {
        match ask(RestoreItems { items }).await {
            Ok(done) => app.report(tr!(trash.restored, count = number(narrow(count))), done),
            Err(error) => app.fail(&error),
        }
    });
}

/// Asks before things are removed for good.
pub fn purge(items: Vec<Item>, name: Option<String>) -> AnyView {
    let app = App::get();
    let question = match name {
        Some(name) => tr!(trash.purge_question, name = name),
        None => tr!(trash.purge_many_question, count = number(narrow(items.len()))),
    };
    let command = move || PurgeItems { items: items.clone() };
    asked(tr!(trash.purge_title), question, tr!(trash.purge), move |form| {
        form.send(command(), move |done| finished(app, done));
    })
}

/// Asks before the whole trash is.
pub fn empty(vault: Option<TrashVault>) -> AnyView {
    let app = App::get();
    let question = match &vault {
        Some(vault) => tr!(trash.empty_vault_question, name = vault.name.clone()),
        None => tr!(trash.empty_question).to_owned(),
    };
    let vault = vault.map(|vault| vault.id);
    asked(tr!(trash.empty_all), question, tr!(trash.empty_all), move |form| {
        form.send(EmptyTrash { vault }, move |done| finished(app, done));
    })
}

fn finished(app: App, done: Done) {
    app.close();
    app.report(tr!(trash.purged_count, count = number(done.changed)), done);
}

fn asked(title: &'static str, question: String, submit: &'static str, send: impl Fn(Form) + 'static) -> AnyView {
    let form = Form::new();
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        send(form);
    };
    dialog(
        title,
        Width::Narrow,
        view! {
            <form class="dialog-form" on:submit=on_submit>
                <div class="dialog-body form">
                    <p>{question}</p>
                    <div class="note warn">{icon("triangle-alert")}<p>{tr!(trash.for_good)}</p></div>
                    {progress_line(form)}
                </div>
                {dialog_footer(form, submit)}
            </form>
        }
        .into_any(),
    )
}

/// The days that are offered; 0 for ever.
const DAYS: [u32; 7] = [1, 7, 14, 30, 90, 365, 0];

/// For how long a vault keeps what was deleted.
pub fn days(vault: TrashVault) -> AnyView {
    let app = App::get();
    let form = Form::new();
    let mut offered = DAYS.to_vec();
    if !offered.contains(&vault.days) {
        offered.insert(0, vault.days);
    }
    let chosen = RwSignal::new(offered.iter().position(|days| *days == vault.days).unwrap_or(0));
    let names = offered.iter().map(|days| match days {
        0 => tr!(trash.for_ever).to_owned(),
        days => tr!(trash.days, days = number(*days)),
    });
    let names = names.collect();
    let on_submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(days) = offered.get(chosen.get_untracked()).copied() else { return };
        form.send(SetTrashDays { vault: vault.id, days }, move |changed| {
            app.close();
            app.done(tr!(toast.saved), changed);
        });
    };
    dialog(
        tr!(trash.keep_title),
        Width::Narrow,
        view! {
            <form class="dialog-form" on:submit=on_submit>
                <div class="dialog-body form">
                    <p>{tr!(trash.keep_hint, name = vault.name.clone())}</p>
                    {choice(tr!(trash.keep), names, chosen)}
                </div>
                {dialog_footer(form, tr!(action.save))}
            </form>
        }
        .into_any(),
    )
}

#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "days between 0 and a few thousand")]
fn days_until(millis: f64) -> u32 {
    ((millis - js_sys::Date::now()) / 86_400_000.0).ceil().clamp(0.0, 100_000.0) as u32
}

fn narrow(count: usize) -> u32 {
    u32::try_from(count).unwrap_or(u32::MAX)
}
