//! Releases many secrets by one signed statement: each is judged as a single release is, all are released or none, and
//! one event with the whole list is written in the same transaction. The records then follow as a stream.

use std::{collections::VecDeque, sync::Arc};

use axum::body::Body;
use bytes::Bytes as Chunked;
use futures_util::stream;
use sealward_contract::{
    audit::AuditedAct,
    bytes::Bytes,
    codec,
    crypto::Signed,
    ids::Timestamp,
    limits,
    operations::{
        export::{ExportError, ExportFrame, ExportPlace, ExportSecrets},
        records::ReleaseError,
        wire::Format,
    },
    problem::Rejection,
    record::RecordKind,
    release::{ExportStatement, ExportedSecret},
    suite::SUITE,
};

use super::{
    Call, Caller, Handler, Outcome, Refusal, Reply,
    audit::{self, Audited},
    records::{Asked, Wanted, judge_release},
};
use crate::{
    server::App,
    store::{
        ReadTx, StoreError, WriteTx,
        tables::{RECORDS, RELEASES, TEAMS},
    },
};

/// Times that an export is judged again when the chain moves while it waits in the queue.
const JUDGED: usize = 8;
/// Secrets in one part of the answer.
const PART: usize = 512;
/// Bytes after which a part ends.
const PART_BYTES: usize = 256 * 1024;

impl Handler for ExportSecrets {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let announced = app.store.announce();
        let mut caller = call.caller()?.clone();
        let (now, address, format) = (call.now, call.address, call.format);
        let refused = || Refusal::Own(ExportError::ReleaseRefused);
        let signed = Signed::<ExportStatement>::parse(&call.body.statement).map_err(|_| refused())?;
        let statement = signed.value();
        if statement.secrets.len() > limits::EXPORT_SECRETS {
            return Err(Rejection::TooLarge { limit: limits::EXPORT_SECRETS as u64 }.into());
        }
        let fits = statement.suite == SUITE
            && statement.team == caller.team
            && statement.member == caller.member
            && statement.is_ordered()
            && statement.reason.as_ref().is_none_or(|reason| reason.len() <= limits::SEALED_REASON)
            && caller.state.has_position(&statement.position);
        if !fits || signed.verify(&caller.signing_key()?).is_err() {
            return Err(refused());
        }
        let skew = statement.time.since(now).max(now.since(statement.time));
        if skew > limits::CLOCK_SKEW {
            return Err(Refusal::Own(ExportError::ClockRefused));
        }
        drop(announced);
        let (statement, wire) = (Arc::new(statement.clone()), signed.to_wire());
        for _ in 0..JUDGED {
            let announced = app.store.announce();
            let (now_caller, asked, wire) = (caller.clone(), Arc::clone(&statement), wire.clone());
            let released = app.store.write(move |tx| {
                drop(announced);
                let audited = Audited {
                    team: now_caller.team,
                    member: Some(now_caller.member),
                    address,
                    what: AuditedAct::SecretsExported {
                        count: u32::try_from(asked.secrets.len()).unwrap_or(u32::MAX),
                        format: asked.format,
                    },
                    statement: Some(wire),
                };
                release(tx, &now_caller, &asked, audited, now)
            });
            match released.await {
                Err(Refusal::Moved) => {
                    let state = app.store.read(|tx| app.teams.state(tx, &caller.team))?;
                    caller.state = state.ok_or(Rejection::NotFound)?;
                }
                Err(refusal) => return Err(refusal),
                Ok(()) => {
                    let secrets = statement.secrets.iter().copied().collect();
                    return Ok(answer(app.store.snapshot()?, secrets, format));
                }
            }
        }
        Err(Rejection::Unavailable.into())
    }
}

fn release(
    tx: &mut WriteTx<'_, '_>,
    caller: &Caller,
    statement: &ExportStatement,
    audited: Audited,
    now: Timestamp,
) -> Result<(), Refusal<ExportError>> {
    if TEAMS.get(tx, &caller.team)?.is_none_or(|team| team.hash != caller.state.position().hash) {
        return Err(Refusal::Moved);
    }
    for secret in &statement.secrets {
        let ExportedSecret { vault, account, version } = *secret;
        let wanted = Wanted { asked: Asked::Secret, vault, id: account, version, reason: statement.reason.as_ref() };
        judge_release(tx, caller, &wanted).map_err(|refusal| refusal.map(|error| of_secret(error, secret)))?;
    }
    let place = (caller.team, statement.id);
    if RELEASES.contains(tx, &place)? {
        return Err(Refusal::Own(ExportError::ReleaseRefused));
    }
    RELEASES.put(tx, &place, &now)?;
    Ok(audit::append(tx, now, audited)?)
}

fn of_secret(error: ReleaseError, secret: &ExportedSecret) -> ExportError {
    let ExportedSecret { vault, account, .. } = *secret;
    let place = ExportPlace { vault, account };
    match error {
        ReleaseError::Forbidden => ExportError::Forbidden(place),
        ReleaseError::Deleted => ExportError::Deleted(place),
        ReleaseError::StaleVersion { current } => ExportError::StaleVersion { vault, account, current },
        ReleaseError::ReleaseRefused => ExportError::ReleaseRefused,
        ReleaseError::ClockRefused => ExportError::ClockRefused,
        ReleaseError::ReasonRequired => ExportError::ReasonRequired(place),
        ReleaseError::ApprovalRequired => ExportError::ApprovalRequired(place),
    }
}

/// The records, part by part as the client takes them. A version of a record never changes, so any snapshot after the
/// release has those that were released.
fn answer(snapshot: ReadTx, secrets: VecDeque<ExportedSecret>, format: Format) -> Reply<ExportFrame> {
    let parts = stream::try_unfold(Some((Arc::new(snapshot), secrets)), move |walk| async move {
        let Some((snapshot, secrets)) = walk else { return Ok(None) };
        if secrets.is_empty() {
            return Ok(Some((encode(&ExportFrame::End, format)?, None)));
        }
        let rows = Arc::clone(&snapshot);
        let building = tokio::task::spawn_blocking(move || build(&rows, secrets, format));
        let (part, left) = building.await.map_err(|_| StoreError::Panicked)??;
        Ok::<_, StoreError>(Some((part, Some((snapshot, left)))))
    });
    Reply::Stream(format.sequence_media_type(), Body::from_stream(parts))
}

/// The next part, and what is left after it.
fn build(
    rows: &ReadTx,
    mut secrets: VecDeque<ExportedSecret>,
    format: Format,
) -> Result<(Chunked, VecDeque<ExportedSecret>), StoreError> {
    let mut records: Vec<Bytes> = Vec::new();
    let mut size = 0;
    while size < PART_BYTES && records.len() < PART {
        let Some(ExportedSecret { vault, account, version }) = secrets.pop_front() else { break };
        let record = RECORDS.get(rows, &(vault, RecordKind::Secret, account, version.0))?;
        let record = record.ok_or(StoreError::Damaged { table: "records" })?;
        size += record.len();
        records.push(record);
    }
    Ok((encode(&ExportFrame::Secrets { records }, format)?, secrets))
}

fn encode(frame: &ExportFrame, format: Format) -> Result<Chunked, StoreError> {
    match format {
        Format::Cbor => Ok(codec::encode(frame).into()),
        Format::Json => {
            let mut line = serde_json::to_vec(frame).map_err(|error| StoreError::Engine(error.to_string()))?;
            line.push(b'\n');
            Ok(line.into())
        }
    }
}

#[cfg(test)]
mod tests;
