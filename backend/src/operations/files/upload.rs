//! Begins an upload, says how far it is, and gives it up.

use std::{collections::BTreeMap, ops::ControlFlow, sync::Arc};

use sealward_contract::{
    file::Layout,
    ids::{MemberId, ObjectId, VaultId},
    limits,
    operations::{
        Empty,
        files::{BeginUpload, EndUpload, GetUpload, Upload, UploadError},
    },
    policy,
    problem::Rejection,
    record::RecordKind,
};

use super::remove;
use crate::{
    operations::{Call, Caller, Handler, Outcome, Refusal, Reply},
    server::App,
    store::{
        Order, Rows, StoreError, WriteTx,
        tables::{ENTRIES, FILES, FileRow, FileState, UPLOADS},
    },
};

fn progress(row: &FileRow) -> Upload {
    Upload { sealed_length: row.sealed_length, present: row.chunks.keys().copied().collect() }
}

/// An upload of this member's.
pub(super) fn find(
    rows: &impl Rows,
    member: &MemberId,
    vault: VaultId,
    id: ObjectId,
) -> Result<Option<FileRow>, StoreError> {
    let row = FILES.get(rows, &(vault, id))?;
    Ok(row.filter(|row| row.owner == *member && row.state == FileState::Uploading))
}

impl Handler for BeginUpload {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let caller = call.caller()?.clone();
        let (vault, now, new) = (call.path.vault, call.now, call.body);
        if !policy::may_upload(caller.role(&vault)?) {
            return Err(Refusal::Own(UploadError::Forbidden));
        }
        if Layout::of_sealed(new.sealed_length).is_none() {
            return Err(Refusal::Own(UploadError::UploadRefused));
        }
        let begun = app.store.write(move |tx| {
            if let Some(known) = find(tx, &caller.member, vault, new.id)? {
                let same = known.sealed_length == new.sealed_length;
                return if same { Ok(progress(&known)) } else { Err(Refusal::Own(UploadError::AlreadyExists)) };
            }
            if FILES.contains(tx, &(vault, new.id))? || ENTRIES.contains(tx, &(vault, RecordKind::File, new.id))? {
                return Err(Refusal::Own(UploadError::AlreadyExists));
            }
            if uploads(tx, &caller)? >= limits::UPLOADS {
                return Err(Refusal::Own(UploadError::TooManyUploads));
            }
            let row = FileRow {
                owner: caller.member,
                sealed_length: new.sealed_length,
                state: FileState::Uploading,
                chunks: BTreeMap::new(),
            };
            FILES.put(tx, &(vault, new.id), &row)?;
            UPLOADS.put(tx, &(caller.team, caller.member, vault, new.id), &now)?;
            Ok(progress(&row))
        });
        begun.await.map(Reply::Value)
    }
}

/// How many uploads a member has begun and not attached.
fn uploads(tx: &WriteTx<'_, '_>, caller: &Caller) -> Result<usize, StoreError> {
    let mut count = 0;
    UPLOADS.scan(tx, &(caller.team, caller.member), Order::Forward, |_, _| {
        count += 1;
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(count)
}

impl Handler for GetUpload {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let caller = call.caller()?;
        caller.role(&call.path.vault)?;
        let found = app.store.read(|tx| find(tx, &caller.member, call.path.vault, call.path.id))?;
        Ok(Reply::Value(progress(&found.ok_or(Rejection::NotFound)?)))
    }
}

impl Handler for EndUpload {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let caller = call.caller()?.clone();
        let (vault, id) = (call.path.vault, call.path.id);
        caller.role(&vault)?;
        app.store
            .write(move |tx| {
                find(tx, &caller.member, vault, id)?.ok_or(Rejection::NotFound)?;
                remove(tx, vault, id)?;
                UPLOADS.delete(tx, &(caller.team, caller.member, vault, id));
                Ok::<_, Refusal<_>>(())
            })
            .await?;
        Ok(Reply::Value(Empty {}))
    }
}
