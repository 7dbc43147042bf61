//! Lists who wrote the versions of a secret, and when: headers and signatures, never a payload.

use std::{ops::ControlFlow, sync::Arc};

use sealward_contract::{
    ids::{ObjectId, VaultId},
    operations::{
        Page,
        records::{ListSecretVersions, ListVersionsError, RecordListed},
    },
    policy,
    problem::Rejection,
    record::{Record, RecordKind},
};

use crate::{
    operations::{Call, Handler, Outcome, Refusal, Reply},
    server::App,
    store::{
        Order, Rows, StoreError,
        tables::{ENTRIES, RECORDS},
    },
};

impl Handler for ListSecretVersions {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (vault, account) = (call.path.vault, call.path.id);
        let role = call.caller()?.role(&vault)?;
        if !policy::may_list_versions(role) {
            return Err(Refusal::Own(ListVersionsError::Forbidden));
        }
        let malformed = |at: &str| Rejection::Malformed { at: at.to_owned() };
        let limit = call.query.limit().ok_or_else(|| malformed("limit"))?;
        let before = match &call.query.cursor {
            None => None,
            Some(cursor) => Some(cursor.parse::<u32>().map_err(|_| malformed("cursor"))?),
        };
        let found = app.store.read(|tx| {
            let known = ENTRIES.contains(tx, &(vault, RecordKind::Account, account))?;
            known.then(|| list(tx, vault, account, before, limit)).transpose()
        })?;
        Ok(Reply::Value(found.ok_or(Rejection::NotFound)?))
    }
}

fn list(
    rows: &impl Rows,
    vault: VaultId,
    account: ObjectId,
    before: Option<u32>,
    limit: u32,
) -> Result<Page<RecordListed>, StoreError> {
    let (mut items, mut next, mut last) = (Vec::new(), None, 0);
    RECORDS.scan(rows, &(vault, RecordKind::Secret, account), Order::Reverse, |(.., version), wire| {
        if before.is_some_and(|before| version >= before) {
            return Ok(ControlFlow::Continue(()));
        }
        if items.len() as u64 >= u64::from(limit) {
            next = Some(last);
            return Ok(ControlFlow::Break(()));
        }
        let record = Record::parse_header(&wire).map_err(|_| StoreError::Damaged { table: "records" })?;
        items.push(RecordListed { record: record.to_bare_wire() });
        last = version;
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(Page { items, next: next.map(|version: u32| version.to_string()) })
}
