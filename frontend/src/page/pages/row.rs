//! A line of the list: a resource with its icon, its address, and what should be looked at.

use leptos::prelude::*;

use crate::bridge::{ObjectId, Row};
use crate::page::app::App;
use crate::page::components::icon::{icon, resource_tile};
use crate::page::language::{number, tr};

/// The line; without a row it is a place holder until the row is there.
pub fn line(
    row: Option<Row>,
    at: usize,
    total: RwSignal<Option<u32>>,
    open: Memo<Option<ObjectId>>,
    cursor: RwSignal<usize>,
    app: App,
    show: impl Fn() + 'static,
) -> AnyView {
    let id = format!("row-{at}");
    let Some(row) = row else {
        return view! { <div id=id class="row-line loading" role="option" aria-selected="false" aria-label=tr!(list.loading)><span class="tile"></span><span class="bar"></span></div> }.into_any();
    };
    let resource = row.resource;
    let detail = match (row.accounts, row.user_name.is_empty()) {
        (0, _) => row.address.clone(),
        (1, false) => join(&row.user_name, &row.address),
        (count, _) => join(&tr!(list.accounts, count = number(count)), &row.address),
    };
    let item = (row.vault, row.resource);
    let is_marked = move || app.marked.with(|marked| marked.contains(&item));
    let mark = move || {
        app.marked.update(|marked| {
            if !marked.remove(&item) {
                marked.insert(item);
            }
        });
    };
    let is_open = move || open.get() == Some(resource);
    let weak = row.strength.is_some_and(|strength| strength < 2);
    let flags = view! {
        {row.damaged.then(|| flag("shield-alert", "bad", tr!(list.damaged)))}
        {weak.then(|| flag("triangle-alert", "warn", tr!(list.weak)))}
        {row.privileged.then(|| flag("crown", "", tr!(account.privileged)))}
    };
    view! {
        <div
            id=id class="row-line" role="option" aria-selected=move || is_open().to_string()
            aria-setsize=move || total.get().unwrap_or(0).to_string() aria-posinset=(at + 1).to_string()
            class:cursor=move || cursor.get() == at class:marked=is_marked
            on:click=move |event| {
                cursor.set(at);
                if event.ctrl_key() || event.meta_key() { mark() } else { show() }
            }
        >
            <span
                class="pick" title=tr!(shortcuts.marks)
                on:click=move |event| {
                    event.stop_propagation();
                    cursor.set(at);
                    mark();
                }
            >
                {resource_tile(&row.resource_type)}
                <span class="pick-mark">{icon("check")}</span>
            </span>
            <span class="row-text"><span class="row-name">{row.name}</span><span class="row-detail">{detail}</span></span>
            <span class="row-flags">{flags}</span>
        </div>
    }
    .into_any()
}

fn flag(name: &'static str, class: &'static str, label: &'static str) -> AnyView {
    view! { <span class=format!("flag {class}") title=label>{icon(name)}<span class="visually-hidden">{label}</span></span> }.into_any()
}

fn join(first: &str, second: &str) -> String {
    match (first.is_empty(), second.is_empty()) {
        (false, false) => format!("{first} · {second}"),
        _ => format!("{first}{second}"),
    }
}
