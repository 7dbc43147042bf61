//! What runs by itself: writing down last uses of sessions, and removing what is over. Each is an operation of the
//! writer like any other.

pub mod audit_hints;
pub mod audit_log;
pub mod personal_vaults;

use std::{ops::ControlFlow, sync::Arc, time::Duration};

use sealward_contract::{
    crypto::Hash,
    ids::{MemberId, ObjectId, SessionId, TeamId, Timestamp, VaultId},
    limits,
};

use crate::{
    operations::{
        audit::prune::prune,
        files,
        recovery::request,
        requests,
        session::{attempts, remove},
    },
    server::App,
    store::{
        Order, Rows, StoreError,
        tables::{ANSWERS, ATTEMPTS, FILE_RELEASES, RECOVERY_REQUESTS, SERVICES, SESSIONS, ServiceRow, UPLOADS},
    },
};

/// Time between two runs of a job.
const AUDIT: Duration = Duration::from_secs(1);
const PRESENCE: Duration = Duration::from_secs(60);
const LEASES: Duration = Duration::from_secs(5);
const SWEEP: Duration = Duration::from_secs(15 * 60);

/// Most rows removed in one transaction.
const REMOVED: usize = 2_000;

/// Runs the jobs until the task is dropped.
pub async fn run(app: Arc<App>) {
    let (mut audit, mut told) = (tokio::time::interval(AUDIT), audit_hints::Told::new());
    let mut presence = tokio::time::interval(PRESENCE);
    let mut leases = tokio::time::interval(LEASES);
    let mut sweep = tokio::time::interval(SWEEP);
    loop {
        let done = tokio::select! {
            _ = audit.tick() => audit_hints::look(&app, &mut told),
            _ = presence.tick() => write_presence(&app).await,
            _ = leases.tick() => end_leases(&app).await,
            _ = sweep.tick() => self::sweep(&app).await,
        };
        if let Err(error) = done {
            tracing::warn!(%error, "a job failed and will run again");
        }
    }
}

/// Writes down when and from where sessions were last used.
///
/// # Errors
/// The store failed.
pub async fn write_presence(app: &App) -> Result<(), StoreError> {
    let seen = app.presence.take();
    if seen.is_empty() {
        return Ok(());
    }
    app.store
        .write(move |tx| {
            for (token, seen) in &seen {
                if let Some(mut row) = SESSIONS.get(tx, token)? {
                    row.used = row.used.max(seen.at);
                    row.address = Some(seen.from.to_string());
                    SESSIONS.put(tx, token, &row)?;
                    // Only services have a row there.
                    let service = (row.team, row.member);
                    if SERVICES.get(tx, &service)?.is_some_and(|known| known.used < seen.at) {
                        let address = seen.from.to_string();
                        SERVICES.put(tx, &service, &ServiceRow { used: seen.at, address })?;
                    }
                }
            }
            Ok(())
        })
        .await
}

/// Ends leases and requests that are over, and destroys the keys that no lease needs any more.
///
/// # Errors
/// The store failed.
pub async fn end_leases(app: &Arc<App>) -> Result<(), StoreError> {
    requests::sweep(app).await
}

/// Removes sessions that are over, answers that nobody will ask for again, forgiven failures, uploads that nothing was
/// attached to, releases of files and requests for a recovery that are over, audit events that are older than they are kept, and personal vaults of people
/// who were removed long enough ago.
///
/// # Errors
/// The store failed.
pub async fn sweep(app: &Arc<App>) -> Result<(), StoreError> {
    if let Some(days) = app.config.audit_days {
        prune(app, days).await?;
    }
    personal_vaults::delete_over(app, app.config.keep_personal_days).await?;
    let now = app.clock.now();
    loop {
        let shared = Arc::clone(app);
        let looking = tokio::task::spawn_blocking(move || shared.store.read(|tx| find_over(tx, now)));
        let over = looking.await.map_err(|_| StoreError::Panicked)??;
        if over.is_empty() {
            return Ok(());
        }
        app.store
            .write(move |tx| {
                for (token, team, member, session) in over.sessions {
                    remove(tx, team, member, session, &token);
                }
                // Looked at again: a failure or an answer may have come meanwhile.
                for key in over.answers {
                    if ANSWERS.get(tx, &key)?.is_some_and(|row| row.until <= now) {
                        ANSWERS.delete(tx, &key);
                    }
                }
                for key in over.attempts {
                    if ATTEMPTS.get(tx, &key)?.is_some_and(|row| attempts::left(&row, now) == 0) {
                        ATTEMPTS.delete(tx, &key);
                    }
                }
                // An upload may have been attached meanwhile: then it is not in this table any more.
                for key in over.uploads {
                    if UPLOADS.contains(tx, &key)? {
                        files::remove(tx, key.2, key.3)?;
                        UPLOADS.delete(tx, &key);
                    }
                }
                for key in over.requests {
                    if RECOVERY_REQUESTS.get(tx, &key)?.is_some_and(|row| request::is_over(&row, now)) {
                        RECOVERY_REQUESTS.delete(tx, &key);
                    }
                }
                for key in over.releases {
                    if FILE_RELEASES.get(tx, &key)?.is_some_and(|until| until <= now) {
                        FILE_RELEASES.delete(tx, &key);
                    }
                }
                Ok::<_, StoreError>(())
            })
            .await?;
    }
}

#[derive(Default)]
struct Over {
    sessions: Vec<(Hash, TeamId, MemberId, SessionId)>,
    answers: Vec<Hash>,
    attempts: Vec<Hash>,
    uploads: Vec<(TeamId, MemberId, VaultId, ObjectId)>,
    requests: Vec<(TeamId, MemberId, Hash)>,
    releases: Vec<(VaultId, ObjectId, MemberId)>,
}

impl Over {
    fn is_empty(&self) -> bool {
        self.sessions.is_empty()
            && self.answers.is_empty()
            && self.attempts.is_empty()
            && self.uploads.is_empty()
            && self.requests.is_empty()
            && self.releases.is_empty()
    }
}

fn find_over(rows: &impl Rows, now: Timestamp) -> Result<Over, StoreError> {
    let mut over = Over::default();
    let go_on = |found: usize| if found >= REMOVED { ControlFlow::Break(()) } else { ControlFlow::Continue(()) };
    SESSIONS.scan(rows, &(), Order::Forward, |token, row| {
        if row.expires <= now {
            over.sessions.push((token, row.team, row.member, row.session));
        }
        Ok(go_on(over.sessions.len()))
    })?;
    ANSWERS.scan(rows, &(), Order::Forward, |key, row| {
        if row.until <= now {
            over.answers.push(key);
        }
        Ok(go_on(over.answers.len()))
    })?;
    ATTEMPTS.scan(rows, &(), Order::Forward, |key, row| {
        if attempts::left(&row, now) == 0 {
            over.attempts.push(key);
        }
        Ok(go_on(over.attempts.len()))
    })?;
    UPLOADS.scan(rows, &(), Order::Forward, |key, begun| {
        if now.since(begun) >= limits::UPLOAD_KEPT {
            over.uploads.push(key);
        }
        Ok(go_on(over.uploads.len()))
    })?;
    RECOVERY_REQUESTS.scan(rows, &(), Order::Forward, |key, row| {
        if request::is_over(&row, now) {
            over.requests.push(key);
        }
        Ok(go_on(over.requests.len()))
    })?;
    FILE_RELEASES.scan(rows, &(), Order::Forward, |key, until| {
        if until <= now {
            over.releases.push(key);
        }
        Ok(go_on(over.releases.len()))
    })?;
    Ok(over)
}
