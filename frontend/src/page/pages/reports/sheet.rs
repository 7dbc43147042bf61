//! A report as a table, and as a file for whoever goes on with it elsewhere.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;
use sealward_client::model::Day;
use web_sys::{Blob, BlobPropertyBag};

use crate::bridge::{SheetWritten, WriteSheet};
use crate::page::app::App;
use crate::page::components::files::save;
use crate::page::components::icon::icon;
use crate::page::engine::ask;
use crate::page::language::{day, iso, number, today, tr};

/// A table under a title.
pub struct Sheet {
    /// What its file is called, before the day.
    pub name: &'static str,
    /// What it is about.
    pub title: &'static str,
    /// The headings.
    pub heads: Vec<&'static str>,
    /// The rows; the first cell of each is its heading.
    pub rows: Vec<Vec<Cell>>,
}

/// What stands in a cell.
pub enum Cell {
    /// A text.
    Text(String),
    /// A number.
    Count(u32),
    /// A day.
    Day(Day),
    /// A length of time in seconds.
    Time(u32),
}

impl Cell {
    fn shown(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Count(count) => number(*count),
            Self::Day(of) => day(*of),
            Self::Time(seconds) => super::requests::about(*seconds),
        }
    }

    fn written(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Count(count) | Self::Time(count) => count.to_string(),
            Self::Day(of) => iso(*of),
        }
    }
}

impl Sheet {
    /// The table.
    pub fn table(&self) -> AnyView {
        let heads = self.heads.iter().map(|head| view! { <th scope="col">{*head}</th> }).collect_view();
        let lines = self.rows.iter().map(|row| {
            let cells = row.iter().skip(1).map(|cell| view! { <td>{cell.shown()}</td> }).collect_view();
            let first = row.first().map(|cell| view! { <th scope="row">{cell.shown()}</th> });
            view! { <tr>{first}{cells}</tr> }
        });
        view! {
            <div class="chart-table" tabindex="0" role="region" aria-label=self.title>
                <table><thead><tr>{heads}</tr></thead><tbody>{lines.collect_view()}</tbody></table>
            </div>
        }
        .into_any()
    }

    /// The button that saves it.
    pub fn button(&self, app: App) -> AnyView {
        let heads = self.heads.iter().map(|head| (*head).to_owned()).collect();
        let rows = self.rows.iter().map(|row| row.iter().map(Cell::written).collect());
        let rows: Arc<Vec<Vec<String>>> = Arc::new(std::iter::once(heads).chain(rows).collect());
        let name = self.name;
        let write = move |_| {
            let rows = rows.to_vec();
            spawn_local(async move {
                match ask(WriteSheet { rows }).await {
                    Ok(sheet) => keep(&sheet, &format!("{name}-{}.csv", iso(today()))),
                    Err(error) => app.fail(&error),
                }
            });
        };
        let label = format!("{}: {}", tr!(reports.csv), self.title);
        view! {
            <button type="button" class="button small" aria-label=label on:click=write>
                {icon("download")}<span>{tr!(reports.csv)}</span>
            </button>
        }
        .into_any()
    }

    /// The title with the button beside it.
    pub fn heading(&self, app: App) -> AnyView {
        view! { <div class="report-head"><h3>{self.title}</h3><span class="grow"></span>{self.button(app)}</div> }
            .into_any()
    }
}

fn keep(sheet: &SheetWritten, name: &str) {
    let options = BlobPropertyBag::new();
    options.set_type("text/csv");
    let parts = js_sys::Array::of1(&js_sys::Uint8Array::from(sheet.bytes.as_slice()));
    if let Ok(blob) = Blob::new_with_u8_array_sequence_and_options(&parts, &options) {
        save(&blob, name);
    }
}
