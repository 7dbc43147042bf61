//! The list pane: the resources of what is selected, a window at a time, filtered and sorted by the worker.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use super::tree::find_group;
use super::{bulk, empty, row, selection_menu};
use crate::bridge::{Error, *};
use crate::page::actions::Step;
use crate::page::address::{Open, Spot};
use crate::page::app::{App, Dialog};
use crate::page::components::icon::icon;
use crate::page::components::menu::{MenuItem, menu};
use crate::page::components::window::Window;
use crate::page::engine::ask;
use crate::page::language::{number, tr};
use crate::page::memory;

const ROW: u32 = 52;
/// Rows asked for at a time.
const SLICE: u32 = 60;
const FILTER_ID: &str = "list-filter";

/// Rows by the number of their slice.
type Slices = BTreeMap<u32, Arc<Vec<Row>>>;

/// The list.
pub fn pane(app: App, spot: Memo<Spot>) -> AnyView {
    let selection = Memo::new(move |_| spot.get().selection());
    let open = Memo::new(move |_| spot.get().open().map(|open| open.resource));
    let filter = RwSignal::new(String::new());
    let sort = RwSignal::new(remembered_sort());
    let slices = RwSignal::new(Slices::new());
    let total = RwSignal::new(None::<u32>);
    let cursor = RwSignal::new(0_usize);
    let drawn = RwSignal::new((0_usize, 0_usize));

    // Another selection starts with an empty filter.
    Effect::new(move |before: Option<Selection>| {
        let now = selection.get();
        if before.is_some_and(|before| before != now) && !filter.with_untracked(String::is_empty) {
            filter.set(String::new());
        }
        now
    });
    load(app, Query { selection, filter, sort }, slices, total, drawn, cursor);

    // The cursor follows what was opened by other means.
    Effect::new(move |_| {
        let Some(open) = open.get() else { return };
        let found = slices.with_untracked(|slices| {
            slices.iter().find_map(|(slice, rows)| {
                let within = rows.iter().position(|row| row.resource == open)?;
                Some(*slice as usize * SLICE as usize + within)
            })
        });
        if let Some(at) = found
            && cursor.get_untracked() != at
        {
            cursor.set(at);
        }
    });

    let row_at = move |at: usize| -> Option<Row> {
        let (slice, within) = (u32::try_from(at).ok()? / SLICE, at % SLICE as usize);
        slices.with(|slices| slices.get(&slice).and_then(|rows| rows.get(within)).cloned())
    };
    let show = move |at: usize, narrow_too: bool| {
        let row = untrack(|| row_at(at));
        if let Some(row) = row
            && (narrow_too || !is_narrow())
        {
            let spot = Spot::Detail(
                selection.get_untracked(),
                Open { vault: row.vault, resource: row.resource, account: None },
            );
            app.go_to(spot);
        }
    };
    let timer = StoredValue::new(None::<TimeoutHandle>);
    on_cleanup(move || {
        if let Some(Some(timer)) = timer.try_update_value(Option::take) {
            timer.clear();
        }
    });
    // What is under the cursor opens beside the list, once the cursor rests.
    let moved = move |at: usize, _| {
        if let Some(timer) = timer.get_value() {
            timer.clear();
        }
        timer.set_value(set_timeout_with_handle(move || show(at, false), Duration::from_millis(90)).ok());
    };
    Effect::new(move |_| {
        let at = cursor.get();
        app.pointed.set(row_at(at).map(|row| (row.vault, row.resource)));
    });
    let keys = move |event: &KeyboardEvent, step: Option<Step>| {
        let at = cursor.get_untracked();
        match step {
            Some(Step::Open) => show(at, true),
            Some(Step::Mark) => mark(app, untrack(|| row_at(at))),
            Some(Step::Unmark) if app.marked.with_untracked(|marked| !marked.is_empty()) => app.unmark(),
            _ => return,
        }
        event.prevent_default();
    };
    let row = move |at: usize| {
        let row = Memo::new(move |_| row_at(at));
        let view = move || row::line(row.get(), at, total, open, cursor, app, move || show(at, true));
        view.into_any()
    };
    let window = Window {
        role: "listbox",
        label: tr!(list.label).to_owned(),
        class: "rows window",
        prefix: "row",
        count: Signal::derive(move || total.get().unwrap_or(0) as usize),
        row_height: ROW,
        cursor,
        drawn,
    };
    let everything = move |offset, limit| ReadRows {
        selection: selection.get_untracked(),
        filter: filter.get_untracked(),
        sort: sort.get_untracked(),
        offset,
        limit,
    };
    let empty = move || (total.get() == Some(0)).then(|| empty::nothing(app, selection.get(), filter));
    view! {
        <section class="pane list-pane" aria-label=tr!(list.label)>
            {head(app, selection, filter, sort, total)}
            {bulk::bar(app, everything)}
            {window.view(row, moved, keys)}
            {empty}
        </section>
    }
    .into_any()
}

#[derive(Clone, Copy)]
struct Query {
    selection: Memo<Selection>,
    filter: RwSignal<String>,
    sort: RwSignal<Sort>,
}

/// Keeps the slices around the drawn rows loaded. What is shown stays until its replacement is there.
fn load(
    app: App,
    query: Query,
    slices: RwSignal<Slices>,
    total: RwSignal<Option<u32>>,
    drawn: RwSignal<(usize, usize)>,
    cursor: RwSignal<usize>,
) {
    // A round is one query on one state of the catalog.
    let round = StoredValue::new(0_u32);
    let asked = StoredValue::new(Vec::<u32>::new());
    let fetch = move |slice: u32, fresh: bool| {
        let this = round.get_value();
        if asked.with_value(|asked| asked.contains(&slice)) {
            return;
        }
        asked.update_value(|asked| asked.push(slice));
        let command = ReadRows {
            selection: query.selection.get_untracked(),
            filter: query.filter.get_untracked(),
            sort: query.sort.get_untracked(),
            offset: slice * SLICE,
            limit: SLICE,
        };
        spawn_local(async move {
            let answer = ask(command).await;
            if round.try_get_value() != Some(this) {
                return;
            }
            match answer {
                Ok(rows) => {
                    slices.update(|slices| {
                        if fresh {
                            slices.retain(|other, _| *other == slice);
                        }
                        slices.insert(slice, Arc::new(rows.rows));
                    });
                    if total.get_untracked() != Some(rows.total) {
                        total.set(Some(rows.total));
                    }
                }
                Err(Error::Locked | Error::SessionEnded) => {}
                Err(error) => app.fail(&error),
            }
        });
    };
    let needed = move || {
        let (first, end) = drawn.get();
        let last = u32::try_from(end.saturating_sub(1)).unwrap_or(0) / SLICE;
        (u32::try_from(first).unwrap_or(0) / SLICE)..=last
    };
    Effect::new(move |before: Option<(Selection, String, Sort)>| {
        app.catalog.track();
        let now = (query.selection.get(), query.filter.get(), query.sort.get());
        round.update_value(|round| *round = round.wrapping_add(1));
        asked.set_value(Vec::new());
        if before.as_ref() != Some(&now) {
            cursor.set(0);
            fetch(0, true);
        } else {
            for (at, slice) in untrack(needed).enumerate() {
                fetch(slice, at == 0);
            }
        }
        now
    });
    Effect::new(move |_| {
        for slice in needed() {
            if !slices.with(|slices| slices.contains_key(&slice)) {
                fetch(slice, false);
            }
        }
    });
}

fn head(
    app: App,
    selection: Memo<Selection>,
    filter: RwSignal<String>,
    sort: RwSignal<Sort>,
    total: RwSignal<Option<u32>>,
) -> AnyView {
    let title = move || {
        let tree = app.tree.get();
        let tree = tree.as_deref();
        match selection.get() {
            Selection::All => tr!(tree.all).to_owned(),
            Selection::Vault(id) => tree
                .and_then(|tree| tree.vaults.iter().find(|vault| vault.id == id))
                .map(|vault| vault.name.clone())
                .unwrap_or_default(),
            Selection::ResourceGroup(vault, group) => {
                tree.and_then(|tree| find_group(tree, vault, group)).map(|group| group.name.clone()).unwrap_or_default()
            }
        }
    };
    let count = move || total.get().map(|total| tr!(list.count, count = number(total)));
    let sort_menu = move || {
        let now = sort.get();
        let item = |value: Sort, label: &'static str| {
            MenuItem::new("arrow-down-up", label, move || {
                sort.set(value);
                memory::write(memory::SORT, sort_name(value));
            })
            .checked(now == value)
        };
        let items = vec![
            item(Sort::Name, tr!(list.sort_name)),
            item(Sort::Changed, tr!(list.sort_changed)),
            item(Sort::Type, tr!(list.sort_type)),
            item(Sort::Strength, tr!(list.sort_strength)),
        ];
        menu(tr!(list.sort), icon("arrow-down-up"), "icon-button", items)
    };
    let more = move || selection_menu::selection_menu(app, selection.get());
    view! {
        <header class="list-head">
            <div class="list-title">
                <a class="icon-button back" href=move || app.link(Spot::Home) aria-label=tr!(action.back) title=tr!(action.back)>{icon("arrow-left")}</a>
                <h2>{title}</h2>
                <span class="count" aria-live="polite">{count}</span>
                <span class="grow"></span>
                {more}
                <button type="button" class="icon-button accent" aria-label=tr!(resource.new) title=tr!(resource.new) on:click=move |_| app.open(Dialog::NewResource(selection.get_untracked()))>
                    {icon("plus")}
                </button>
            </div>
            <div class="list-filter">
                <label class="filter">
                    {icon("search")}
                    <input
                        id=FILTER_ID type="search" aria-label=tr!(list.filter) placeholder=tr!(list.filter) autocomplete="off"
                        spellcheck="false" prop:value=move || filter.get()
                        on:input=move |event| filter.set(event_target_value(&event))
                        on:keydown=move |event| {
                            if !crate::page::keyboard::composing(&event) && matches!(event.key().as_str(), "ArrowDown" | "Enter") {
                                event.prevent_default();
                                focus_rows();
                            }
                        }
                    />
                </label>
                {sort_menu}
            </div>
        </header>
    }
    .into_any()
}

/// Selects a resource, or no more.
fn mark(app: App, row: Option<Row>) {
    let Some(row) = row else { return };
    app.marked.update(|marked| {
        let item = (row.vault, row.resource);
        if !marked.remove(&item) {
            marked.insert(item);
        }
    });
}

/// Puts the cursor into the filter.
pub fn focus_filter() {
    focus(FILTER_ID, |id| document().get_element_by_id(id));
}

/// Puts the focus into the pane that has just taken the place of another.
pub fn focus_pane(depth: &'static str) {
    let selector = match depth {
        "tree" => ".tree",
        "list" => ".rows",
        _ => ".detail-pane .back, .settings-pane .back",
    };
    focus(selector, |selector| document().query_selector(selector).ok().flatten());
}

fn focus_rows() {
    focus(".rows", |selector| document().query_selector(selector).ok().flatten());
}

fn focus(what: &str, find: impl Fn(&str) -> Option<web_sys::Element>) {
    if let Some(element) = find(what).and_then(|element| element.dyn_into::<HtmlElement>().ok()) {
        let _ = element.focus();
    }
}

/// Whether there is room for one pane only; the same width as in the style sheet.
pub fn is_narrow() -> bool {
    window().match_media("(max-width: 719px)").ok().flatten().is_some_and(|query| query.matches())
}

fn remembered_sort() -> Sort {
    match memory::read(memory::SORT).as_deref() {
        Some("changed") => Sort::Changed,
        Some("type") => Sort::Type,
        Some("strength") => Sort::Strength,
        _ => Sort::Name,
    }
}

const fn sort_name(sort: Sort) -> &'static str {
    match sort {
        Sort::Name => "name",
        Sort::Changed => "changed",
        Sort::Type => "type",
        Sort::Strength => "strength",
    }
}
