//! Counts of each day as stacked bars, with a legend, and the same as a table.

use leptos::prelude::*;
use sealward_client::model::Day;

use super::sheet::{Cell, Sheet};
use crate::page::app::App;
use crate::page::language::{number, tr};

/// The picture's sides, in units of its own.
const WIDTH: u32 = 900;
const HEIGHT: u32 = 200;

/// Counts of each day, the oldest first.
pub struct Bars {
    /// What its file is called, before the day.
    pub name: &'static str,
    /// What they are about.
    pub title: &'static str,
    /// What is counted: the class with its colour, and its name.
    pub series: [(&'static str, &'static str); 5],
    /// The counts.
    pub days: Vec<(Day, [u32; 5])>,
}

impl Bars {
    /// How many in all.
    pub fn total(&self) -> u32 {
        self.days.iter().map(|(_, counts)| counts.iter().sum::<u32>()).sum()
    }

    /// Title, picture, legend and table; `said` stands below the title, and in place of the picture where there is
    /// nothing to draw stands `nothing`.
    pub fn view(&self, app: App, said: AnyView, nothing: &'static str) -> AnyView {
        let sheet = self.sheet();
        if self.total() == 0 {
            return view! { <h3>{self.title}</h3>{said}<p class="muted">{nothing}</p> }.into_any();
        }
        let legend = self.series.iter().map(|(class, name)| {
            view! { <li><svg class="key" aria-hidden="true" viewBox="0 0 10 10"><rect class=*class width="10" height="10" rx="2"></rect></svg>{*name}</li> }
        });
        view! {
            {sheet.heading(app)}
            {said}
            {self.picture()}
            <ul class="chart-legend">{legend.collect_view()}</ul>
            <details class="people-past"><summary>{tr!(reports.as_table)}</summary>{sheet.table()}</details>
        }
        .into_any()
    }

    /// Stacked bars, one a day.
    fn picture(&self) -> AnyView {
        let most = self.days.iter().map(|(_, counts)| counts.iter().sum::<u32>()).max().unwrap_or_default().max(1);
        let step = f64::from(WIDTH) / f64::from(u32::try_from(self.days.len().max(1)).unwrap_or(1));
        let scale = f64::from(HEIGHT) / f64::from(most);
        let bars = self.days.iter().zip(0_u32..).map(|((_, counts), at)| {
            let left = f64::from(at) * step;
            let mut below = 0;
            let series = self.series.iter().zip(counts).filter(|(_, count)| **count > 0);
            let parts = series.map(|((class, _), count)| {
                below += count;
                let top = f64::from(HEIGHT) - f64::from(below) * scale;
                let height = f64::from(*count) * scale;
                view! {
                    <rect class=*class x=format!("{left:.2}") y=format!("{top:.2}") width=format!("{:.2}", step * 0.8) height=format!("{height:.2}")></rect>
                }
            });
            parts.collect_view()
        });
        let bars = bars.collect_view();
        let label = tr!(reports.chart, count = number(self.total()), most = number(most));
        let label = format!("{}: {label}", self.title);
        view! {
            <svg class="chart" role="img" aria-label=label viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none">{bars}</svg>
        }
        .into_any()
    }

    /// The newest day first; days on which nothing happened are left out.
    fn sheet(&self) -> Sheet {
        let heads = std::iter::once(tr!(reports.day)).chain(self.series.iter().map(|(_, name)| *name)).collect();
        let days = self.days.iter().rev().filter(|(_, counts)| counts.iter().any(|count| *count > 0));
        let rows = days
            .map(|(day, counts)| std::iter::once(Cell::Day(*day)).chain(counts.map(Cell::Count)).collect())
            .collect();
        Sheet { name: self.name, title: self.title, heads, rows }
    }
}
