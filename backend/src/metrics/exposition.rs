//! The counters in Prometheus's text format (version 0.0.4).

use std::{fmt::Display, ops::ControlFlow, sync::atomic::Ordering};

use sealward_contract::operations::{Operation, records::ReleaseSecret};

use super::{Requests, SECONDS};
use crate::{
    memory::lock,
    server::App,
    store::{Order, StoreError, tables},
};

/// Media type of the format.
pub(super) const TEXT: &str = "text/plain; version=0.0.4; charset=utf-8";

/// Lines of families and their samples.
#[derive(Default)]
struct Text(String);

impl Text {
    /// Begins a family; its samples follow.
    fn family(&mut self, name: &str, kind: &str, help: &str) {
        self.line(format_args!("# HELP {name} {help}\n# TYPE {name} {kind}"));
    }

    fn sample(&mut self, name: &str, labels: &[(&str, &dyn Display)], value: &dyn Display) {
        let mut inside = String::new();
        for (label, of) in labels {
            let comma = if inside.is_empty() { "" } else { "," };
            inside.push_str(&format!("{comma}{label}=\"{of}\""));
        }
        match inside.as_str() {
            "" => self.line(format_args!("{name} {value}")),
            inside => self.line(format_args!("{name}{{{inside}}} {value}")),
        }
    }

    /// A family of one sample.
    fn single(&mut self, name: &str, kind: &str, help: &str, value: &dyn Display) {
        self.family(name, kind, help);
        self.sample(name, &[], value);
    }

    fn line(&mut self, line: impl Display) {
        self.0.push_str(&format!("{line}\n"));
    }
}

/// Everything, as it is now.
///
/// # Errors
/// The store cannot be read.
pub(super) fn write(app: &App) -> Result<String, StoreError> {
    let mut text = Text::default();
    text.family("sealward_info", "gauge", "The version that runs; its value is always 1.");
    text.sample("sealward_info", &[("version", &env!("CARGO_PKG_VERSION"))], &1);
    write_requests(app, &mut text);
    write_store(app, &mut text)?;
    let metrics = &app.metrics;
    let connections = metrics.connections.load(Ordering::Relaxed);
    text.single("sealward_connections", "gauge", "Open connections.", &connections);
    let turned_away = metrics.turned_away.load(Ordering::Relaxed);
    let help = "Connections that were closed at once, because there were too many.";
    text.single("sealward_connections_turned_away_total", "counter", help, &turned_away);
    text.single("sealward_event_streams", "gauge", "Open event streams.", &app.hub.open_streams());
    if let Some(bytes) = resident() {
        text.single("process_resident_memory_bytes", "gauge", "Memory that the process occupies.", &bytes);
    }
    Ok(text.0)
}

fn write_requests(app: &App, text: &mut Text) {
    let requests = lock(&app.metrics.requests).clone();
    text.family("sealward_requests_total", "counter", "Requests by operation and status.");
    for (operation, Requests { statuses, .. }) in &requests {
        for (status, count) in statuses {
            text.sample("sealward_requests_total", &[("operation", operation), ("status", status)], count);
        }
    }
    let name = "sealward_request_seconds";
    text.family(name, "histogram", "Time until a request's answer began.");
    for (operation, requests) in &requests {
        let mut below = 0;
        for (bound, count) in SECONDS.iter().zip(&requests.latencies) {
            below += count;
            text.sample(&format!("{name}_bucket"), &[("operation", operation), ("le", bound)], &below);
        }
        text.sample(&format!("{name}_bucket"), &[("operation", operation), ("le", &"+Inf")], &requests.count());
        text.sample(&format!("{name}_sum"), &[("operation", operation)], &requests.seconds);
        text.sample(&format!("{name}_count"), &[("operation", operation)], &requests.count());
    }
    text.family("sealward_refusals_total", "counter", "Refused requests by the code of the problem.");
    for (code, count) in lock(&app.metrics.refusals).iter() {
        text.sample("sealward_refusals_total", &[("code", code)], count);
    }
    let released = requests.get(ReleaseSecret::NAME).map_or(0, |requests| {
        requests.statuses.iter().filter(|(status, _)| **status < 300).map(|(_, count)| count).sum::<u64>()
    });
    text.single("sealward_releases_total", "counter", "Secrets that were released.", &released);
}

fn write_store(app: &App, text: &mut Text) -> Result<(), StoreError> {
    let store = app.store.measures();
    text.single("sealward_store_commits_total", "counter", "Durable commits.", &store.commits);
    let name = "sealward_store_commit_operations";
    text.family(name, "histogram", "Operations that shared a commit.");
    let (mut below, mut most) = (0, 1_u64);
    for count in store.batches {
        below += count;
        text.sample(&format!("{name}_bucket"), &[("le", &most)], &below);
        most *= 2;
    }
    text.sample(&format!("{name}_bucket"), &[("le", &"+Inf")], &below);
    text.sample(&format!("{name}_sum"), &[], &store.committed);
    text.sample(&format!("{name}_count"), &[], &below);
    text.single("sealward_store_queue", "gauge", "Writes that wait for the writer.", &store.queued);
    text.single("sealward_store_file_bytes", "gauge", "Length of the data file.", &store.length);
    let read_only = u8::from(app.store.broken().is_some());
    text.single("sealward_store_read_only", "gauge", "1 while the disk takes no writes.", &read_only);
    let now = app.clock.now();
    let (teams, sessions) = app.store.read(|tx| {
        let mut open = 0_u64;
        tables::SESSIONS.scan(tx, &(), Order::Forward, |_, row| {
            open += u64::from(row.expires > now);
            Ok(ControlFlow::Continue(()))
        })?;
        Ok::<_, StoreError>((tables::TEAM_COUNTER.get(tx, &())?.unwrap_or_default(), open))
    })?;
    text.single("sealward_teams", "gauge", "Teams on this server.", &teams);
    text.single("sealward_sessions", "gauge", "Open sessions.", &sessions);
    Ok(())
}

/// Memory that the process occupies, where the system tells.
fn resident() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"))?;
    line.trim().strip_suffix(" kB")?.trim().parse::<u64>().ok()?.checked_mul(1_024)
}
