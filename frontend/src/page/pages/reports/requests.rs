//! How secrets were asked for: day by day, how long approvals took, who approves whom, and what is to be changed.

use leptos::prelude::*;

use super::chart::Bars;
use super::sheet::{Cell, Sheet};
use crate::bridge::{RequestsReport, SecretNamed};
use crate::page::app::App;
use crate::page::components::form::alert;
use crate::page::explain::explain;
use crate::page::language::{number, span, tr};
use crate::page::pages::requests::secret_link;

/// All of it; nothing where nothing is guarded and nothing was asked for.
pub fn section(app: App, report: &RequestsReport) -> AnyView {
    let bars = Bars {
        name: "requests",
        title: tr!(reports.requests),
        series: [
            ("kind-sign-in", tr!(reports.asked)),
            ("kind-release", tr!(requests.status_approved)),
            ("kind-refusal", tr!(requests.status_rejected)),
            ("kind-people", tr!(requests.status_out)),
            ("kind-change", tr!(requests.glass_badge)),
        ],
        days: report.days.iter().map(|day| (day.day, day.counts)).collect(),
    };
    let is_due = !matches!(&report.due, None | Some(Ok(_))) || report.due.iter().flatten().any(|due| !due.is_empty());
    if bars.total() == 0 && !is_due && !app.counts.with_untracked(|counts| counts.guarded) {
        return ().into_any();
    }
    view! {
        {bars.view(app, ().into_any(), tr!(reports.no_requests))}
        {times(app, report)}
        {pairs(app, report)}
        {due(app, report)}
    }
    .into_any()
}

/// A length of time, rounded down to what people would say.
pub fn about(seconds: u32) -> String {
    let (large, small) = match seconds {
        0..60 => return span(seconds),
        60..3_600 => return span(seconds - seconds % 60),
        3_600..86_400 => (3_600, 60),
        _ => (86_400, 3_600),
    };
    let rest = seconds % large / small * small;
    let whole = span(seconds - seconds % large);
    if rest == 0 { whole } else { format!("{whole} {}", span(rest)) }
}

fn times(app: App, report: &RequestsReport) -> Option<AnyView> {
    let (median, slowest) = report.median.zip(report.slowest)?;
    let lines = [(tr!(reports.median), median), (tr!(reports.slowest), slowest)];
    let sheet = Sheet {
        name: "time-to-approve",
        title: tr!(reports.times),
        heads: vec![tr!(reports.times), tr!(reports.seconds)],
        rows: lines.iter().map(|(name, time)| vec![Cell::Text((*name).to_owned()), Cell::Time(*time)]).collect(),
    };
    let figures = lines.map(|(name, time)| {
        view! { <li><div class="figure plain"><strong>{about(time)}</strong><span>{name}</span></div></li> }
    });
    let hint = tr!(reports.times_hint, count = number(report.approved));
    Some(
        view! { {sheet.heading(app)}<p class="muted">{hint}</p><ul class="figures" aria-label=tr!(reports.times)>{figures.collect_view()}</ul> }
            .into_any(),
    )
}

fn pairs(app: App, report: &RequestsReport) -> Option<AnyView> {
    let rows = report
        .approvals
        .iter()
        .map(|pair| vec![Cell::Text(pair.by.clone()), Cell::Text(pair.of.clone()), Cell::Count(pair.count)]);
    let sheet = Sheet {
        name: "approvals",
        title: tr!(reports.pairs),
        heads: vec![tr!(reports.approved_by), tr!(requests.asked_by), tr!(requests.approvals)],
        rows: rows.collect(),
    };
    (!report.approvals.is_empty()).then(|| view! { {sheet.heading(app)}{sheet.table()} }.into_any())
}

fn due(app: App, report: &RequestsReport) -> Option<AnyView> {
    let due = match report.due.as_ref()? {
        Err(error) => return Some(view! { <h3>{tr!(reports.due)}</h3>{alert(explain(error))} }.into_any()),
        Ok(due) if due.is_empty() => {
            return Some(view! { <h3>{tr!(reports.due)}</h3><p class="muted">{tr!(reports.none_due)}</p> }.into_any());
        }
        Ok(due) => due,
    };
    let text = |text: &String| Cell::Text(text.clone());
    let row =
        |SecretNamed { vault, resource, account, .. }: &SecretNamed| vec![text(account), text(resource), text(vault)];
    let sheet = Sheet {
        name: "to-be-changed",
        title: tr!(reports.due),
        heads: vec![tr!(reports.account), tr!(reports.resource), tr!(audit.vault)],
        rows: due.iter().map(row).collect(),
    };
    let lines = due.iter().map(|secret| {
        view! {
            <li class="person-line"><span class="row-text">{secret_link(app, secret)}<span class="row-detail">{secret.vault.clone()}</span></span></li>
        }
    });
    Some(
        view! { {sheet.heading(app)}<ul class="people" aria-label=tr!(reports.due)>{lines.collect_view()}</ul> }
            .into_any(),
    )
}
