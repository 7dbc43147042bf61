//! A line of the list, or of the table. Its elements stay while the resource in them changes: scrolling makes nothing.

use std::sync::Arc;

use leptos::attr::custom::custom_attribute;
use leptos::prelude::*;
use web_sys::MouseEvent;

use super::columns::cell;
use crate::bridge::{ListColumn as Column, ObjectId, Row};
use crate::page::app::App;
use crate::page::components::icon::{icon, resource_icon};
use crate::page::keyboard;
use crate::page::language::{number, tr};

/// What all lines of a list share.
#[derive(Clone, Copy)]
pub struct Lines {
    /// Rows in all.
    pub total: RwSignal<Option<u32>>,
    /// The resource that is open.
    pub open: Memo<Option<ObjectId>>,
    /// The row that the keys act on.
    pub cursor: RwSignal<usize>,
    /// The row from which a range is selected.
    pub anchor: StoredValue<usize>,
}

/// The line of a list; without a row it is a place holder until the row is there.
pub fn line(
    app: App,
    at: Memo<usize>,
    row: Memo<Option<Arc<Row>>>,
    lines: Lines,
    show: impl Fn() + Clone + 'static,
) -> AnyView {
    let Lines { total, cursor, .. } = lines;
    let (is_open, is_marked) = states(app, row, lines);
    let name = move || row.with(|row| row.as_ref().map(|row| row.name.clone()));
    let detail = move || row.with(|row| row.as_deref().map(detail));
    let loading = move || row.with(Option::is_none);
    view! {
        <div
            id=move || format!("row-{}", at.get()) class="row-line" role="option"
            aria-selected=move || (is_open() || is_marked()).to_string() aria-label=move || loading().then(|| tr!(list.loading))
            aria-setsize=move || total.get().unwrap_or(0).to_string() aria-posinset=move || (at.get() + 1).to_string()
            class:cursor=move || cursor.get() == at.get() class:open=is_open class:marked=is_marked class:loading=loading
            on:click=move |event| clicked(app, &event, at, row, lines, show.clone())
        >
            {tile(row)}
            <span class="row-text"><span class="row-name">{name}</span><span class="row-detail">{detail}</span></span>
            {flags(row)}
        </div>
    }
    .into_any()
}

/// The line of a table.
pub fn table_line(
    app: App,
    at: Memo<usize>,
    row: Memo<Option<Arc<Row>>>,
    lines: Lines,
    columns: Memo<Vec<Column>>,
    show: impl Fn() + Clone + 'static,
) -> AnyView {
    let (is_open, is_marked) = states(app, row, lines);
    let name = move || row.with(|row| row.as_ref().map(|row| row.name.clone()));
    let cells = move || {
        let cell = |column: Column| {
            view! { <span role="gridcell" class="table-cell">{move || row.with(|row| row.as_deref().map(|row| cell(row, column)))}</span> }
        };
        columns.get().into_iter().map(cell).collect_view()
    };
    view! {
        <div
            id=move || format!("row-{}", at.get()) class="row-line table-line" role="row"
            {..custom_attribute("aria-rowindex", move || (at.get() + 2).to_string())}
            aria-selected=move || (is_open() || is_marked()).to_string()
            class:cursor=move || lines.cursor.get() == at.get() class:open=is_open class:marked=is_marked
            class:loading=move || row.with(Option::is_none)
            on:click=move |event| clicked(app, &event, at, row, lines, show.clone())
        >
            <span role="gridcell" class="table-cell table-name">{tile(row)}<span class="row-name">{name}</span>{flags(row)}</span>
            {cells}
        </div>
    }
    .into_any()
}

/// Whether the row is open, and whether it is selected.
fn states(
    app: App,
    row: Memo<Option<Arc<Row>>>,
    lines: Lines,
) -> (impl Fn() -> bool + Copy + Send, impl Fn() -> bool + Copy + Send) {
    let place = Memo::new(move |_| row.with(|row| row.as_ref().map(|row| (row.vault, row.resource))));
    let is_open = move || place.get().is_some_and(|(_, resource)| lines.open.get() == Some(resource));
    let is_marked = move || place.get().is_some_and(|place| app.marked.with(|marked| marked.contains(&place)));
    (is_open, is_marked)
}

/// A click opens; with Ctrl or on the tile it selects, with Shift it selects a range.
fn clicked(app: App, event: &MouseEvent, at: Memo<usize>, row: Memo<Option<Arc<Row>>>, lines: Lines, show: impl Fn()) {
    let at = at.get_untracked();
    lines.cursor.set(at);
    if event.shift_key() {
        mark_range(app, lines.anchor.get_value(), at);
        return;
    }
    lines.anchor.set_value(at);
    if event.ctrl_key() || event.meta_key() || keyboard::within(event, ".tile") {
        if let Some(row) = row.get_untracked() {
            app.toggle_mark(row.vault, row.resource);
        }
        return;
    }
    show();
}

/// Selects everything between two rows, both of them too.
pub fn mark_range(app: App, from: usize, to: usize) {
    let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
    app.mark(number(from.min(to)), number(from.max(to)).saturating_add(1));
}

/// The tile of the type; where the pointer is it offers to select.
fn tile(row: Memo<Option<Arc<Row>>>) -> AnyView {
    let looks = Memo::new(move |_| row.with(|row| row.as_ref().map(|row| resource_icon(&row.resource_type))));
    let class = move || format!("tile {}", looks.get().map_or("", |(_, hue)| hue));
    let href = move || looks.get().map(|(name, _)| format!("/icons.svg#{name}"));
    view! {
        <span class=class>
            <svg class="icon" aria-hidden="true" focusable="false"><use href=href></use></svg>
            <svg class="icon tick-icon" aria-hidden="true" focusable="false"><use href="/icons.svg#check"></use></svg>
        </span>
    }
    .into_any()
}

fn flags(row: Memo<Option<Arc<Row>>>) -> AnyView {
    let raised = Memo::new(move |_| {
        row.with(|row| {
            row.as_ref().map(|row| {
                let weak = row.strength.is_some_and(|strength| strength < 2);
                (row.damaged, weak, row.privileged, row.favourite)
            })
        })
    });
    let flags = move || {
        let (damaged, weak, privileged, favourite) = raised.get()?;
        Some(view! {
            {damaged.then(|| flag("shield-alert", "bad", tr!(list.damaged)))}
            {weak.then(|| flag("triangle-alert", "warn", tr!(list.weak)))}
            {privileged.then(|| flag("crown", "", tr!(account.privileged)))}
            {favourite.then(|| flag("star", "star", tr!(views.favourite)))}
        })
    };
    view! { <span class="row-flags">{flags}</span> }.into_any()
}

fn flag(name: &'static str, class: &'static str, label: &'static str) -> AnyView {
    view! { <span class=format!("flag {class}") title=label>{icon(name)}<span class="visually-hidden">{label}</span></span> }.into_any()
}

fn detail(row: &Row) -> String {
    match (row.accounts, row.user_name.is_empty()) {
        (0, _) => row.address.clone(),
        (1, false) => join(&row.user_name, &row.address),
        (count, _) => join(&tr!(list.accounts, count = number(count)), &row.address),
    }
}

fn join(first: &str, second: &str) -> String {
    match (first.is_empty(), second.is_empty()) {
        (false, false) => format!("{first} · {second}"),
        _ => format!("{first}{second}"),
    }
}
