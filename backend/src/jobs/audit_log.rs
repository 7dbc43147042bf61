//! Audit events as lines of JSON in a file, for whoever collects logs: what happened, by ids, and nothing of what is
//! sealed. A line is written after its event is durable. After a crash the last lines may come again, none is left out;
//! number and hash tell them apart. The file is opened anew for every run, so that it may be moved away.

use std::{
    fs::OpenOptions,
    io::{self, Write},
    ops::ControlFlow,
    path::{Path, PathBuf},
    sync::Arc,
    time::Duration,
};

use anyhow::Context;
use sealward_contract::{
    audit::{AuditEvent, AuditedAct},
    codec,
    crypto::Hash,
    ids::{MemberId, TeamId, Timestamp},
};
use serde::Serialize;

use crate::{
    server::App,
    store::{
        Order, Rows, StoreError,
        tables::{AUDIT_EVENTS, AUDIT_HEADS, AUDIT_LOGGED},
    },
};

/// Time between two looks at the newest events.
const LOOK: Duration = Duration::from_secs(1);

/// Most events of a team written in one go.
const AT_ONCE: usize = 1_000;

/// The file.
pub struct AuditLog {
    file: PathBuf,
}

/// A line of it. Names only grow, meanings stay.
#[derive(Serialize)]
struct Line<'a> {
    team: TeamId,
    sequence: u64,
    /// Milliseconds since 1970.
    time: Timestamp,
    member: Option<MemberId>,
    address: Option<&'a str>,
    #[serde(flatten)]
    what: &'a AuditedAct,
    /// Whether a signed statement stands behind it; it is in the chain, not here.
    signed: bool,
    hash: Hash,
}

impl AuditLog {
    /// Makes the file where there is none, so that a wrong path is known at the start.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn open(file: &Path) -> anyhow::Result<Self> {
        let log = Self { file: file.to_owned() };
        log.append(b"").with_context(|| format!("--audit-log {}", file.display()))?;
        Ok(log)
    }

    /// Writes until the task is dropped.
    pub async fn run(self: Arc<Self>, app: Arc<App>) {
        let mut look = tokio::time::interval(LOOK);
        loop {
            look.tick().await;
            if let Err(error) = Arc::clone(&self).catch_up(&app).await {
                tracing::warn!(%error, file = %self.file.display(), "audit events were not written to their file");
            }
        }
    }

    /// Writes what was not written yet.
    ///
    /// # Errors
    /// The store or the file failed; what is left is written the next time.
    pub async fn catch_up(self: Arc<Self>, app: &Arc<App>) -> anyhow::Result<()> {
        loop {
            let (log, shared) = (Arc::clone(&self), Arc::clone(app));
            let written = tokio::task::spawn_blocking(move || log.write_some(&shared)).await??;
            if written.is_empty() {
                return Ok(());
            }
            let noted = app.store.write(move |tx| {
                for (team, sequence) in &written {
                    AUDIT_LOGGED.put(tx, team, sequence)?;
                }
                Ok::<_, StoreError>(())
            });
            noted.await?;
        }
    }

    /// Writes the next lines of every team that has any. Up to where they were written.
    fn write_some(&self, app: &App) -> anyhow::Result<Vec<(TeamId, u64)>> {
        let (mut lines, mut written) = (Vec::new(), Vec::new());
        let snapshot = app.store.snapshot()?;
        let mut behind = Vec::new();
        AUDIT_HEADS.scan(&snapshot, &(), Order::Forward, |team, head| {
            behind.push((team, head.sequence));
            Ok(ControlFlow::Continue(()))
        })?;
        for (team, newest) in behind {
            let logged = AUDIT_LOGGED.get(&snapshot, &team)?.unwrap_or(0);
            if logged < newest {
                written.push((team, add_lines(&snapshot, team, logged, &mut lines)?));
            }
        }
        if !lines.is_empty() {
            self.append(&lines)?;
        }
        Ok(written)
    }

    fn append(&self, lines: &[u8]) -> io::Result<()> {
        let mut options = OpenOptions::new();
        options.append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let mut file = options.open(&self.file)?;
        file.write_all(lines)?;
        file.sync_data()
    }
}

/// Adds the lines of a team's next events, and says which was the last.
fn add_lines(rows: &impl Rows, team: TeamId, logged: u64, lines: &mut Vec<u8>) -> Result<u64, StoreError> {
    let (mut last, mut count) = (logged, 0);
    AUDIT_EVENTS.scan_after(rows, &team, &(team, logged), |(_, sequence), bytes| {
        if count >= AT_ONCE {
            return Ok(ControlFlow::Break(()));
        }
        count += 1;
        last = sequence;
        // One that cannot be read is a finding of `verify`.
        if let Ok(event) = codec::decode::<AuditEvent>(&bytes) {
            let line = Line {
                team,
                sequence,
                time: event.time,
                member: event.member,
                address: event.address.as_deref(),
                what: &event.what,
                signed: event.statement.is_some(),
                hash: event.hash(),
            };
            serde_json::to_writer(&mut *lines, &line).map_err(|_| StoreError::Damaged { table: "audit_events" })?;
            lines.push(b'\n');
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(last)
}
