//! The columns of the table: their names, their cells, their heads that sort, and the dialog that chooses them.

use leptos::attr::custom::custom_attribute;
use leptos::prelude::*;

use super::detail::millis;
use crate::bridge::{ListColumn as Column, Look, Row, Sort};
use crate::page::app::App;
use crate::page::components::dialog::{Width, dialog as plain_dialog};
use crate::page::components::icon::icon;
use crate::page::components::strength::strength_meter;
use crate::page::language::{ago, day, moment, number, today, tr};

/// The name of a column.
pub fn column_name(column: Column) -> &'static str {
    match column {
        Column::Name => tr!(field.name),
        Column::Type => tr!(field.resource_type),
        Column::Address => tr!(columns.address),
        Column::UserName => tr!(field.user_name),
        Column::Accounts => tr!(detail.accounts),
        Column::Strength => tr!(columns.strength),
        Column::Changed => tr!(columns.changed),
        Column::Tags => tr!(field.tags),
        Column::Owner => tr!(field.owner),
        Column::Department => tr!(field.department),
        Column::Location => tr!(field.location),
        Column::Expiry => tr!(columns.expiry),
        Column::Opened => tr!(columns.opened),
    }
}

/// The direction in which a column is sorted at first: what changed last, and the weakest, are looked for.
pub const fn first_direction(column: Column) -> Sort {
    Sort { column, down: matches!(column, Column::Changed | Column::Accounts) }
}

/// What stands in a cell.
pub fn cell(row: &Row, column: Column) -> AnyView {
    let text = |text: &str| text.to_owned().into_any();
    match column {
        Column::Name | Column::Opened => text(&row.name),
        Column::Type => text(&row.resource_type),
        Column::Address => text(&row.address),
        Column::UserName => text(&row.user_name),
        Column::Accounts => number(row.accounts).into_any(),
        Column::Strength => row.strength.map(strength_meter).into_any(),
        Column::Changed => {
            let changed = millis(row.changed);
            view! { <span title=moment(changed)>{ago(changed)}</span> }.into_any()
        }
        Column::Tags => {
            let tags = row.tags.iter().map(|tag| view! { <span class="tag">{tag.clone()}</span> }).collect_view();
            view! { <span class="table-tags">{tags}</span> }.into_any()
        }
        Column::Owner => text(&row.owner),
        Column::Department => text(&row.department),
        Column::Location => text(&row.location),
        Column::Expiry => row
            .expiry
            .map(|expiry| {
                let class = if expiry < today() { "bad-text" } else { "" };
                view! { <span class=class>{day(expiry)}</span> }
            })
            .into_any(),
    }
}

/// How the widths are shared.
pub fn template(columns: &[Column]) -> String {
    let width = |column: &Column| match column {
        Column::Accounts => "84px",
        Column::Strength => "132px",
        Column::Changed | Column::Expiry => "120px",
        Column::Tags => "minmax(120px, 1.3fr)",
        _ => "minmax(96px, 1fr)",
    };
    std::iter::once("minmax(200px, 1.8fr)").chain(columns.iter().map(width)).collect::<Vec<_>>().join(" ")
}

/// The least width of a line in pixels: a narrower pane scrolls sideways.
pub fn least_width(columns: &[Column]) -> String {
    let width = |column: &Column| match column {
        Column::Accounts => 84,
        Column::Strength => 132,
        Column::Changed | Column::Expiry | Column::Tags => 120,
        _ => 96,
    };
    // The name, the gaps, and the space at both ends.
    let least = columns.iter().map(|column| width(column) + 14).sum::<u32>() + 200 + 32;
    format!("{least}px")
}

/// The heads: each sorts, and turns round when it sorts already.
pub fn heads(app: App, columns: Memo<Vec<Column>>) -> AnyView {
    let heads = move || {
        let columns = std::iter::once(Column::Name).chain(columns.get());
        columns.map(|column| head(app, column)).collect_view()
    };
    view! { <div class="table-head" role="row" {..custom_attribute("aria-rowindex", "1")}>{heads}</div> }.into_any()
}

fn head(app: App, column: Column) -> AnyView {
    let sorted = Memo::new(move |_| app.query.with(|query| (query.sort.column == column).then_some(query.sort.down)));
    let turn = move |_| {
        app.sort(match sorted.get_untracked() {
            Some(down) => Sort { column, down: !down },
            None => first_direction(column),
        });
    };
    let direction = move || sorted.get().map(|down| if down { "descending" } else { "ascending" });
    let arrow = move || sorted.get().map(|down| icon(if down { "arrow-down" } else { "arrow-up" }));
    view! {
        <span role="columnheader" class="head-cell" aria-sort=direction>
            <button type="button" on:click=turn><span>{column_name(column)}</span>{arrow}</button>
        </span>
    }
    .into_any()
}

/// Chooses the columns.
pub fn dialog() -> AnyView {
    let app = App::get();
    let choose = move |column: Column, on: bool| {
        let look = app.look.get_untracked();
        let kept = |other: &Column| if *other == column { on } else { look.columns.contains(other) };
        let columns = Column::ALL.into_iter().filter(|other| *other != Column::Name).filter(kept).collect();
        app.set_look(Look { table: true, columns });
    };
    let ticks = Column::ALL.into_iter().filter(|column| *column != Column::Name).map(|column| {
        let on = move || app.look.with(|look| look.columns.contains(&column));
        view! {
            <label class="tick">
                <input type="checkbox" prop:checked=on on:change=move |event| choose(column, event_target_checked(&event)) />
                <span>{column_name(column)}</span>
            </label>
        }
    });
    plain_dialog(
        tr!(views.columns),
        Width::Narrow,
        view! {
            <div class="dialog-body form">
                <p class="hint">{tr!(views.columns_hint)}</p>
                <fieldset class="column-ticks"><legend class="visually-hidden">{tr!(views.columns)}</legend>{ticks.collect_view()}</fieldset>
            </div>
            <footer>
                <div class="buttons"><button type="button" class="button primary" on:click=move |_| app.close()>{tr!(views.done)}</button></div>
            </footer>
        }
        .into_any(),
    )
}
