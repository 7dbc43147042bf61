//! Releases many secrets and files by one signed statement: each is judged as a single release is, all are released or
//! none, and one event with the whole lists is written in the same transaction. The records then follow as a stream.

use std::{collections::VecDeque, sync::Arc};

use axum::body::Body;
use bytes::Bytes as Chunked;
use futures_util::stream;
use sealward_contract::{
    audit::AuditedAct,
    bytes::Bytes,
    codec,
    ids::{ObjectId, Timestamp, VaultId, Version},
    limits,
    operations::{
        export::{ExportError, ExportFrame, ExportPlace, ExportSecrets},
        records::ReleaseError,
        wire::Format,
    },
    problem::Rejection,
    record::RecordKind,
    release::{ExportStatement, ExportedFile, ExportedSecret},
};

use super::{
    Call, Caller, Handler, Outcome, Refusal, Reply,
    records::{Asked, Wanted, give},
    releasing::{self, Asking, Terms, Unfit},
};
use crate::{
    server::App,
    store::{ReadTx, StoreError, WriteTx, tables::RECORDS},
};

/// Records in one part of the answer.
const PART: usize = 512;
/// Bytes after which a part ends.
const PART_BYTES: usize = 256 * 1024;

/// A record that was released.
type Released = (VaultId, RecordKind, ObjectId, Version);

impl Handler for ExportSecrets {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (caller, from) = (call.caller()?.clone(), (call.address, call.now));
        let released =
            releasing::release(app, caller, Many { app: Arc::clone(app) }, &call.body.statement, from).await?;
        Ok(answer(app.store.snapshot()?, released, call.format))
    }
}

/// Asking for everything on the lists of an export.
#[derive(Clone)]
struct Many {
    app: Arc<App>,
}

impl Asking for Many {
    type Statement = ExportStatement;
    type Refused = ExportError;
    type Given = VecDeque<Released>;

    fn terms(statement: &ExportStatement) -> Terms<'_> {
        let ExportStatement { suite, id, team, member, position, time, reason, .. } = statement;
        let (suite, id, team, member, time) = (*suite, *id, *team, *member, *time);
        Terms { suite, id, team, member, position, time, reason: reason.as_ref() }
    }

    fn check(&self, statement: &ExportStatement) -> Result<(), Refusal<ExportError>> {
        if statement.count() > limits::EXPORT_ITEMS {
            return Err(Rejection::TooLarge { limit: limits::EXPORT_ITEMS as u64 }.into());
        }
        if statement.is_ordered() { Ok(()) } else { Err(Refusal::Own(ExportError::ReleaseRefused)) }
    }

    fn act(&self, statement: &ExportStatement) -> AuditedAct {
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let ExportStatement { secrets, files, format, .. } = statement;
        AuditedAct::SecretsExported { count: count(secrets.len()), format: *format, files: count(files.len()) }
    }

    fn give(
        &self,
        tx: &mut WriteTx<'_, '_>,
        caller: &Caller,
        statement: &ExportStatement,
        now: Timestamp,
    ) -> Result<VecDeque<Released>, Refusal<ExportError>> {
        let reason = statement.reason.as_ref();
        let mut released = VecDeque::with_capacity(statement.count());
        // The last one of each account has to be the newest.
        let secrets = statement.each_secret().map(|(secret, last)| {
            let ExportedSecret { vault, account, version } = secret;
            let asked = if last { Asked::Secret } else { Asked::Version };
            Wanted { asked, vault, id: account, version, reason }
        });
        let files = statement.files.iter().map(|file| {
            let ExportedFile { vault, id, version } = *file;
            Wanted { asked: Asked::File, vault, id, version, reason }
        });
        for wanted in secrets.chain(files) {
            give(tx, &self.app.lease_keys, caller, &wanted, now)
                .map_err(|refusal| refusal.map(|error| at_place(error, &wanted)))?;
            released.push_back((wanted.vault, wanted.asked.kind(), wanted.id, wanted.version));
        }
        Ok(released)
    }
}

impl From<Unfit> for ExportError {
    fn from(unfit: Unfit) -> Self {
        match unfit {
            Unfit::Statement => Self::ReleaseRefused,
            Unfit::Clock => Self::ClockRefused,
        }
    }
}

fn at_place(error: ReleaseError, wanted: &Wanted<'_>) -> ExportError {
    let (vault, account) = (wanted.vault, wanted.id);
    let place = ExportPlace { vault, account };
    match error {
        ReleaseError::Forbidden => ExportError::Forbidden(place),
        ReleaseError::Deleted => ExportError::Deleted(place),
        ReleaseError::StaleVersion { current } => ExportError::StaleVersion { vault, account, current },
        ReleaseError::ReleaseRefused => ExportError::ReleaseRefused,
        ReleaseError::ClockRefused => ExportError::ClockRefused,
        ReleaseError::ReasonRequired => ExportError::ReasonRequired(place),
        ReleaseError::ApprovalRequired | ReleaseError::CheckOutRequired => ExportError::ApprovalRequired(place),
    }
}

/// The records, part by part as the client takes them. A version of a record never changes, so any snapshot after the
/// release has those that were released.
fn answer(snapshot: ReadTx, released: VecDeque<Released>, format: Format) -> Reply<ExportFrame> {
    let parts = stream::try_unfold(Some((Arc::new(snapshot), released)), move |walk| async move {
        let Some((snapshot, released)) = walk else { return Ok(None) };
        if released.is_empty() {
            return Ok(Some((encode(&ExportFrame::End, format)?, None)));
        }
        let rows = Arc::clone(&snapshot);
        let building = tokio::task::spawn_blocking(move || build(&rows, released, format));
        let (part, left) = building.await.map_err(|_| StoreError::Panicked)??;
        Ok::<_, StoreError>(Some((part, Some((snapshot, left)))))
    });
    Reply::Stream(format.sequence_media_type(), Body::from_stream(parts))
}

/// The next part, and what is left after it.
fn build(
    rows: &ReadTx,
    mut released: VecDeque<Released>,
    format: Format,
) -> Result<(Chunked, VecDeque<Released>), StoreError> {
    let mut records: Vec<Bytes> = Vec::new();
    let mut size = 0;
    while size < PART_BYTES && records.len() < PART {
        let Some((vault, kind, id, version)) = released.pop_front() else { break };
        let record = RECORDS.get(rows, &(vault, kind, id, version.0))?;
        let record = record.ok_or(StoreError::Damaged { table: "records" })?;
        size += record.len();
        records.push(record);
    }
    Ok((encode(&ExportFrame::Records { records }, format)?, released))
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
