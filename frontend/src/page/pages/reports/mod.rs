//! The reports: numbers that lead to the list behind them; what happened day by day, as a picture and as a table; how
//! secrets were asked for; and how passwords are. Each is saved as a sheet.

mod chart;
mod passwords;
mod requests;
mod sheet;

use std::sync::Arc;

use leptos::prelude::*;
use leptos::task::spawn_local;

use self::chart::Bars;
use self::sheet::{Cell, Sheet};
use super::audit::kind_name;
use super::people_index::Section;
use crate::bridge::{ActKind, AuditAsk, Error, ReadReports, Reports};
use crate::page::address::Spot;
use crate::page::app::App;
use crate::page::components::field::choice;
use crate::page::components::icon::icon;
use crate::page::engine::ask;
use crate::page::explain::explain;
use crate::page::language::{number, tr};

const SPANS: [u16; 2] = [30, 90];

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
        Some(reports) => untrack(|| view! { {all(app, &reports)} }.into_any()),
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

fn all(app: App, reports: &Reports) -> AnyView {
    view! {
        {figures(app, reports)}
        {activity(app, reports)}
        {requests::section(app, &reports.requests)}
        {passwords::section(app, &reports.vaults)}
    }
    .into_any()
}

/// A number, what it counts, and where it leads.
struct Figure {
    count: Result<u32, Error>,
    label: &'static str,
    link: String,
    /// Which events the audit lists there.
    events: Option<AuditAsk>,
}

fn figures(app: App, reports: &Reports) -> AnyView {
    let figure = |count, label, link| Figure { count: Ok(count), label, link, events: None };
    let mut figures = Vec::new();
    if let Some(count) = reports.without_factor {
        figures.push(figure(count, tr!(reports.without_factor), Section::Members.link(app)));
    }
    if let Some(services) = reports.services {
        figures.push(figure(services.unused, tr!(reports.services_unused), Section::Services.link(app)));
        figures.push(figure(services.expiring, tr!(reports.services_expiring), Section::Services.link(app)));
    }
    if let Some(count) = reports.exposed.clone() {
        figures.push(Figure { count, ..figure(0, tr!(exposure.title), app.link(Spot::Exposed)) });
    }
    figures.push(figure(reports.unhealthy, tr!(reports.unhealthy), app.link(Spot::Health)));
    if reports.all {
        let refused = AuditAsk { kind: Some(ActKind::Refusal), from: Some(reports.from), ..AuditAsk::default() };
        let figure = figure(reports.sign_ins_refused, tr!(reports.sign_ins_refused), app.link(Spot::Audit));
        figures.push(Figure { events: Some(refused), ..figure });
    }
    let counted = figures.iter().filter_map(|figure| {
        Some(vec![Cell::Text(figure.label.to_owned()), Cell::Count(*figure.count.as_ref().ok()?)])
    });
    let sheet = Sheet {
        name: "figures",
        title: tr!(reports.figures),
        heads: vec![tr!(reports.figures), tr!(reports.count)],
        rows: counted.collect(),
    };
    let lines = figures.into_iter().map(|figure| figure_view(app, figure)).collect_view();
    view! { {sheet.heading(app)}<ul class="figures" aria-label=tr!(reports.figures)>{lines}</ul> }.into_any()
}

fn figure_view(app: App, figure: Figure) -> AnyView {
    let Figure { count, label, link, events } = figure;
    let (is_good, shown) = match &count {
        Ok(count) => (*count == 0, number(*count)),
        Err(_) => (false, "–".to_owned()),
    };
    let fault = count.err().map(|error| view! { <span class="figure-fault">{explain(&error)}</span> });
    let go = move |event: leptos::ev::MouseEvent| {
        if let Some(wanted) = &events {
            event.prevent_default();
            app.list_events(wanted.clone());
        }
    };
    view! {
        <li>
            <a class="figure" class:good=is_good href=link on:click=go>
                <strong>{shown}</strong><span>{label}</span>{fault}
            </a>
        </li>
    }
    .into_any()
}

fn activity(app: App, reports: &Reports) -> AnyView {
    let scope = if reports.all { tr!(reports.all) } else { tr!(audit.own_only) };
    let cut = reports.cut.then(|| view! { <p class="hint">{tr!(reports.cut)}</p> });
    let said = view! {
        <p class="muted">{scope}" "<a href=app.link(Spot::Audit)>{tr!(audit.title)}</a></p>
        {cut}
    };
    let classes = ["kind-sign-in", "kind-release", "kind-change", "kind-people", "kind-refusal"];
    let mut series = [("", ""); 5];
    for (slot, (class, kind)) in series.iter_mut().zip(classes.into_iter().zip(ActKind::ALL)) {
        *slot = (class, kind_name(kind));
    }
    let bars = Bars {
        name: "activity",
        title: tr!(reports.activity),
        series,
        days: reports.days.iter().map(|day| (day.day, day.counts)).collect(),
    };
    bars.view(app, said.into_any(), tr!(reports.no_events))
}
