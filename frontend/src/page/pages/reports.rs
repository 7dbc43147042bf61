//! The reports: numbers that lead to the list behind them, and what happened day by day, as a picture and as a table.

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use super::audit::kind_name;
use super::people_index::Section;
use crate::bridge::{ActKind, ActivityDay, Error, ReadReports, Reports};
use crate::page::address::Spot;
use crate::page::app::App;
use crate::page::components::field::choice;
use crate::page::components::icon::icon;
use crate::page::engine::ask;
use crate::page::language::{day, number, tr};

const SPANS: [u16; 2] = [30, 90];
/// The picture's sides, in units of its own.
const WIDTH: u32 = 900;
const HEIGHT: u32 = 200;

/// The pane.
pub fn pane(app: App) -> AnyView {
    let span = RwSignal::new(0_usize);
    let reports = RwSignal::new(None::<Arc<Reports>>);
    Effect::new(move |_| {
        app.catalog.track();
        let days = SPANS.get(span.get()).copied().unwrap_or(30);
        spawn_local(async move {
            match ask(ReadReports { days }).await {
                // Another span may have been chosen meanwhile.
                Ok(read) if read.days.len() == usize::from(days) => {
                    if SPANS.get(span.try_get_untracked().unwrap_or_default()) == Some(&days) {
                        drop(reports.try_set(Some(Arc::new(read))));
                    }
                }
                Ok(_) | Err(Error::Locked | Error::SessionEnded) => {}
                Err(error) => app.fail(&error),
            }
        });
    });
    let body = move || match reports.get() {
        None => view! { <p class="muted">{tr!(list.loading)}</p> }.into_any(),
        Some(reports) => untrack(|| view! { {figures(app, &reports)}{activity(app, &reports)} }.into_any()),
    };
    let spans = SPANS.map(|days| tr!(reports.days, count = number(u32::from(days)))).to_vec();
    view! {
        <section class="pane settings-pane reports-pane" aria-label=tr!(reports.title)>
            <header class="settings-head">
                <a class="icon-button back" href=app.link(Spot::Home) aria-label=tr!(action.back) title=tr!(action.back)>{icon("arrow-left")}</a>
                <h2>{tr!(reports.title)}</h2>
                <span class="grow"></span>
                <a class="icon-button close" href=app.link(Spot::Home) aria-label=tr!(action.close) title=tr!(action.close)>{icon("x")}</a>
            </header>
            <div class="audit-body">
                <div class="reports-span">{choice(tr!(reports.span), spans, span)}</div>
                {body}
            </div>
        </section>
    }
    .into_any()
}

fn figures(app: App, reports: &Reports) -> AnyView {
    let mut figures = Vec::new();
    if let Some(count) = reports.without_factor {
        figures.push((count, tr!(reports.without_factor), Section::Members.link(app)));
    }
    if let Some(services) = reports.services {
        figures.push((services.unused, tr!(reports.services_unused), Section::Services.link(app)));
        figures.push((services.expiring, tr!(reports.services_expiring), Section::Services.link(app)));
    }
    if let Some(count) = reports.exposed {
        figures.push((count, tr!(exposure.title), app.link(Spot::Exposed)));
    }
    figures.push((reports.unhealthy, tr!(reports.unhealthy), app.link(Spot::Health)));
    if reports.all {
        figures.push((reports.sign_ins_refused, tr!(reports.sign_ins_refused), app.link(Spot::Audit)));
    }
    let lines = figures.into_iter().map(|(count, label, link)| {
        view! {
            <li>
                <a class="figure" class:good=count == 0 href=link>
                    <strong>{number(count)}</strong><span>{label}</span>
                </a>
            </li>
        }
    });
    view! { <ul class="figures" aria-label=tr!(reports.figures)>{lines.collect_view()}</ul> }.into_any()
}

fn activity(app: App, reports: &Reports) -> AnyView {
    let scope = if reports.all { tr!(reports.all) } else { tr!(audit.own_only) };
    let cut = reports.cut.then(|| view! { <p class="hint">{tr!(reports.cut)}</p> });
    let legend = ActKind::ALL.into_iter().enumerate().map(|(at, kind)| {
        view! { <li><svg class="key" aria-hidden="true" viewBox="0 0 10 10"><rect class=class_of(at) width="10" height="10" rx="2"></rect></svg>{kind_name(kind)}</li> }
    });
    view! {
        <h3>{tr!(reports.activity)}</h3>
        <p class="muted">{scope}" "<a href=app.link(Spot::Audit)>{tr!(audit.title)}</a></p>
        {cut}
        {chart(&reports.days)}
        <ul class="chart-legend">{legend.collect_view()}</ul>
        {table(&reports.days)}
    }
    .into_any()
}

fn total(of: &ActivityDay) -> u32 {
    of.counts.iter().sum()
}

fn class_of(kind: usize) -> &'static str {
    ["kind-sign-in", "kind-release", "kind-change", "kind-people", "kind-refusal"]
        .get(kind)
        .copied()
        .unwrap_or_default()
}

/// Stacked bars, one a day.
fn chart(days: &[ActivityDay]) -> AnyView {
    let most = days.iter().map(total).max().unwrap_or_default().max(1);
    let all: u32 = days.iter().map(total).sum();
    let step = f64::from(WIDTH) / f64::from(u32::try_from(days.len().max(1)).unwrap_or(1));
    let scale = f64::from(HEIGHT) / f64::from(most);
    let bars = days.iter().zip(0_u32..).map(|(of, at)| {
        let left = f64::from(at) * step;
        let mut below = 0;
        let parts = of.counts.iter().enumerate().filter(|(_, count)| **count > 0).map(|(kind, count)| {
            below += count;
            let top = f64::from(HEIGHT) - f64::from(below) * scale;
            let height = f64::from(*count) * scale;
            view! {
                <rect class=class_of(kind) x=format!("{left:.2}") y=format!("{top:.2}") width=format!("{:.2}", step * 0.8) height=format!("{height:.2}")></rect>
            }
        });
        parts.collect_view()
    });
    let bars = bars.collect_view();
    let label = tr!(reports.chart, count = number(all), most = number(most));
    view! {
        <svg class="chart" role="img" aria-label=label viewBox=format!("0 0 {WIDTH} {HEIGHT}") preserveAspectRatio="none">{bars}</svg>
    }
    .into_any()
}

/// The same as a table, the newest day first; days on which nothing happened are left out.
fn table(days: &[ActivityDay]) -> AnyView {
    let heads = ActKind::ALL.map(|kind| view! { <th scope="col">{kind_name(kind)}</th> }).collect_view();
    let lines = days.iter().rev().filter(|of| total(of) > 0).map(|of| {
        let cells = of.counts.map(|count| view! { <td>{number(count)}</td> }).collect_view();
        view! { <tr><th scope="row">{day(of.day)}</th>{cells}</tr> }
    });
    let lines = lines.collect_view();
    view! {
        <details class="people-past">
            <summary>{tr!(reports.as_table)}</summary>
            <div class="chart-table" tabindex="0" role="region" aria-label=tr!(reports.activity)>
                <table><thead><tr><th scope="col">{tr!(reports.day)}</th>{heads}</tr></thead><tbody>{lines}</tbody></table>
            </div>
        </details>
    }
    .into_any()
}
