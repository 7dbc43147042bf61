//! The list pane: the resources of what is selected, a window at a time, filtered and sorted by the worker. A list of two
//! lines each beside what is open, or a table with columns that takes all the room.

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use leptos::leptos_dom::helpers::TimeoutHandle;
use leptos::prelude::*;
use leptos::task::spawn_local;
use wasm_bindgen::JsCast;
use web_sys::{HtmlElement, KeyboardEvent};

use super::row::Lines;
use super::tree::find_group;
use super::{bulk, columns, empty, filters, own_vault, row, selection_menu};
use crate::bridge::{Error, ListColumn as Column, *};
use crate::page::actions::{Do, Here, Step, find};
use crate::page::address::{Open, Spot};
use crate::page::app::{App, Dialog};
use crate::page::components::icon::icon;
use crate::page::components::menu::{MenuItem, menu_of};
use crate::page::components::window::Window;
use crate::page::engine::ask;
use crate::page::keyboard::TypedAhead;
use crate::page::language::{number, tr};

const ROW: u32 = 52;
const TABLE_ROW: u32 = 40;
const TABLE_HEAD: u32 = 34;
/// Rows asked for at a time.
const SLICE: u32 = 60;
/// Slices kept around what is shown.
const KEPT: u32 = 6;
const FILTER_ID: &str = "list-filter";

/// Rows by the number of their slice.
type Slices = BTreeMap<u32, Arc<Vec<Arc<Row>>>>;

/// The list.
pub fn pane(app: App, spot: Memo<Spot>) -> AnyView {
    let selection = Memo::new(move |_| spot.get().selection());
    let open = Memo::new(move |_| spot.get().open().map(|open| open.resource));
    let slices = RwSignal::new(Slices::new());
    let total = RwSignal::new(None::<u32>);
    let cursor = RwSignal::new(0_usize);
    let drawn = RwSignal::new((0_usize, 0_usize));
    let lines = Lines { total, open, cursor, anchor: StoredValue::new(0) };
    load(app, slices, total, drawn, cursor);

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

    let row_at = move |at: usize| -> Option<Arc<Row>> {
        let (slice, within) = (u32::try_from(at).ok()? / SLICE, at % SLICE as usize);
        slices.with(|slices| slices.get(&slice).and_then(|rows| rows.get(within)).cloned())
    };
    let show = move |at: usize| {
        if let Some(row) = untrack(|| row_at(at)) {
            let open = Open { vault: row.vault, resource: row.resource, account: None };
            app.go_to(Spot::Detail(selection.get_untracked(), open));
        }
    };
    // A table has no room beside it until something is opened.
    let table = Memo::new(move |_| app.look.with(|look| look.table) && open.get().is_none() && !is_narrow());
    Effect::new(move |_| {
        let at = cursor.get();
        app.pointed.set(row_at(at).map(|row| (row.vault, row.resource)));
    });
    let timer = StoredValue::new(None::<TimeoutHandle>);
    on_cleanup(move || {
        if let Some(Some(timer)) = timer.try_update_value(Option::take) {
            timer.clear();
        }
    });
    let moved = move |at: usize, shift: bool| {
        if let Some(timer) = timer.get_value() {
            timer.clear();
        }
        if shift {
            row::mark_range(app, lines.anchor.get_value(), at);
            return;
        }
        lines.anchor.set_value(at);
        // What is under the cursor opens beside the list, once the cursor rests.
        if !table.get_untracked() && !is_narrow() {
            timer.set_value(set_timeout_with_handle(move || show(at), Duration::from_millis(90)).ok());
        }
    };
    let typed = TypedAhead::new();
    let keys = move |event: &KeyboardEvent, step: Option<Step>| {
        let at = cursor.get_untracked();
        match step {
            Some(Step::Open) => show(at),
            Some(Step::Mark) => {
                lines.anchor.set_value(at);
                if let Some(row) = untrack(|| row_at(at)) {
                    app.toggle_mark(row.vault, row.resource);
                }
            }
            Some(Step::Unmark) if app.marked.with_untracked(|marked| !marked.is_empty()) => app.unmark(),
            // Letters alone are keys of actions.
            None if event.shift_key() && event.key() != "?" => {
                let Some(beginning) = typed.letter(event) else { return };
                let from = if beginning.chars().count() > 1 { at } else { at + 1 };
                jump(app, from, beginning, cursor);
            }
            _ => return,
        }
        event.prevent_default();
    };
    let shown_columns = Memo::new(move |_| app.look.with(|look| look.columns.clone()));
    let window = move || {
        let is_table = table.get();
        let row = move |at: Memo<usize>| {
            let row = Memo::new(move |_| row_at(at.get()));
            let show = move || show(at.get_untracked());
            if is_table {
                row::table_line(app, at, row, lines, shown_columns, show)
            } else {
                row::line(app, at, row, lines, show)
            }
        };
        let window = Window {
            role: if is_table { "grid" } else { "listbox" },
            label: tr!(list.label).to_owned(),
            class: if is_table { "rows window table" } else { "rows window" },
            prefix: "row",
            count: Signal::derive(move || total.get().unwrap_or(0) as usize),
            row_height: if is_table { TABLE_ROW } else { ROW },
            head: is_table.then(|| (columns::heads(app, shown_columns), TABLE_HEAD)),
            cursor,
            drawn,
        };
        untrack(|| window.view(row, moved, keys))
    };
    let template = move || shown_columns.with(|columns| columns::template(columns));
    let least_width = move || shown_columns.with(|columns| columns::least_width(columns));
    let everything = move |offset, limit| ReadRows { query: app.query.get_untracked(), offset, limit };
    let empty = move || (total.get() == Some(0)).then(|| empty::nothing(app, selection.get()));
    view! {
        <section class="pane list-pane" aria-label=tr!(list.label) style=("--columns", template) style=("--least-width", least_width)>
            {head(app, selection, total)}
            {own_vault::hint(app, selection)}
            {bulk::bar(app, everything)}
            {window}
            {empty}
        </section>
    }
    .into_any()
}

/// Puts the cursor on the next row whose name begins so.
fn jump(app: App, from: usize, beginning: String, cursor: RwSignal<usize>) {
    let query = app.query.get_untracked();
    let from = u32::try_from(from).unwrap_or(u32::MAX);
    spawn_local(async move {
        if let Ok(Some(at)) = ask(FindRow { query, from, beginning }).await {
            cursor.try_set(at as usize);
        }
    });
}

/// Keeps the slices around the drawn rows loaded. What is shown stays until its replacement is there.
fn load(
    app: App,
    slices: RwSignal<Slices>,
    total: RwSignal<Option<u32>>,
    drawn: RwSignal<(usize, usize)>,
    cursor: RwSignal<usize>,
) {
    // A round is one query on one state of the catalog.
    let round = StoredValue::new(0_u32);
    let asked = StoredValue::new(Vec::<u32>::new());
    let needed = move || {
        let (first, end) = drawn.get();
        let last = u32::try_from(end.saturating_sub(1)).unwrap_or(0) / SLICE;
        (u32::try_from(first).unwrap_or(0) / SLICE)..=last
    };
    let fetch = move |slice: u32, fresh: bool| {
        let this = round.get_value();
        if asked.with_value(|asked| asked.contains(&slice)) {
            return;
        }
        asked.update_value(|asked| asked.push(slice));
        let command = ReadRows { query: app.query.get_untracked(), offset: slice * SLICE, limit: SLICE };
        spawn_local(async move {
            let answer = ask(command).await;
            if round.try_get_value() != Some(this) {
                return;
            }
            match answer {
                Ok(rows) => {
                    let near = untrack(needed);
                    let kept = near.start().saturating_sub(KEPT)..=near.end().saturating_add(KEPT);
                    asked.update_value(|asked| asked.retain(|slice| kept.contains(slice)));
                    slices.update(|slices| {
                        slices.retain(|other, _| if fresh { *other == slice } else { kept.contains(other) });
                        slices.insert(slice, Arc::new(rows.rows.into_iter().map(Arc::new).collect()));
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
    Effect::new(move |before: Option<ListQuery>| {
        app.catalog.track();
        let now = app.query.get();
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
            if !slices.with_untracked(|slices| slices.contains_key(&slice)) {
                fetch(slice, false);
            }
        }
    });
}

fn head(app: App, selection: Memo<Selection>, total: RwSignal<Option<u32>>) -> AnyView {
    let title = move || {
        let tree = app.tree.get();
        let tree = tree.as_deref();
        match selection.get() {
            Selection::All => tr!(tree.all).to_owned(),
            Selection::Favourites => tr!(views.favourites).to_owned(),
            Selection::Recent => tr!(views.recent).to_owned(),
            Selection::View(id) => app.personal.with(|personal| {
                personal.views.iter().find(|view| view.id == id).map(|view| view.name.clone()).unwrap_or_default()
            }),
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
    let more = move || selection_menu::selection_menu(app, selection.get());
    let look = move || {
        let on = app.look.with(|look| look.table);
        view! {
            <button
                type="button" class="icon-button wide-only" aria-label=tr!(views.table) title=tr!(views.table) aria-pressed=on.to_string()
                on:click=move |_| run(app, Do::ToggleTable)
            >
                {icon(if on { "layout-list" } else { "table-2" })}
            </button>
        }
    };
    let new = move || {
        app.tree.track();
        Here::listed(app, selection.get()).is_writable().then(|| {
            view! {
                <button type="button" class="icon-button accent" aria-label=tr!(resource.new) title=tr!(resource.new) on:click=move |_| app.open(Dialog::NewResource(selection.get_untracked()))>
                    {icon("plus")}
                </button>
            }
        })
    };
    view! {
        <header class="list-head">
            <div class="list-title">
                <a class="icon-button back" href=move || app.link(Spot::Home) aria-label=tr!(action.back) title=tr!(action.back)>{icon("arrow-left")}</a>
                <h2>{title}</h2>
                <span class="count" aria-live="polite">{count}</span>
                <span class="grow"></span>
                {look}
                {more}
                {new}
            </div>
            <div class="list-filter">
                <label class="filter">
                    {icon("search")}
                    <input
                        id=FILTER_ID type="search" aria-label=tr!(list.filter) placeholder=tr!(list.filter) autocomplete="off"
                        spellcheck="false" prop:value=move || app.query.with(|query| query.text.clone())
                        on:input=move |event| app.query.update(|query| query.text = event_target_value(&event))
                        on:keydown=move |event| {
                            if !crate::page::keyboard::composing(&event) && matches!(event.key().as_str(), "ArrowDown" | "Enter") {
                                event.prevent_default();
                                focus_rows();
                            }
                        }
                    />
                </label>
                {filters::button(app)}
                {sort_menu(app)}
            </div>
            {filters::chips(app)}
        </header>
    }
    .into_any()
}

/// Every column in the menu; the one in force turns round.
fn sort_menu(app: App) -> AnyView {
    let lines = move || {
        let Sort { column: now, down } = app.query.with_untracked(|query| query.sort);
        let line = |column: Column| {
            let next = if column == now { Sort { column, down: !down } } else { columns::first_direction(column) };
            let symbol = if (column == now && down) || next.down { "arrow-down" } else { "arrow-up" };
            MenuItem::new(symbol, columns::column_name(column), move || app.sort(next)).checked(column == now)
        };
        let mut items: Vec<MenuItem> = Column::ALL.into_iter().map(line).collect();
        items
            .push(MenuItem::new("arrow-down-up", tr!(views.turn), move || app.sort(Sort { column: now, down: !down })));
        items
    };
    menu_of(tr!(list.sort), icon("arrow-down-up"), "icon-button", lines)
}

/// Does something to what is selected in the list that is on the screen.
fn run(app: App, id: Do) {
    if let Some(action) = find(id) {
        action.run(app, &Here::listed(app, app.query.with_untracked(|query| query.selection)));
    }
}

/// Puts the cursor into the filter.
pub fn focus_filter() {
    focus(FILTER_ID, |id| document().get_element_by_id(id));
}

/// Opens the panel of filters.
pub fn open_filters() {
    if let Some(button) =
        document().get_element_by_id(filters::BUTTON_ID).and_then(|button| button.dyn_into::<HtmlElement>().ok())
    {
        button.click();
    }
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
