//! Gives an approver what an approval needs of a secret: header and wrapped key, never the payload.

use std::sync::Arc;

use sealward_contract::{
    ids::{ObjectId, VaultId},
    operations::requests::{GetRequestedSecret, RequestError, RequestedSecret},
    policy,
    problem::Rejection,
    record::{Record, RecordKind},
};

use super::{
    judging::{Account, find},
    step::is_concerned,
};
use crate::{
    operations::{Call, Handler, Outcome, Refusal, Reply},
    server::App,
    store::{Rows, StoreError, tables::RECORDS},
};

impl Handler for GetRequestedSecret {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let caller = call.caller()?;
        let given = app.store.read(|tx| {
            let known = find(tx, &caller.state, call.path.request)?;
            let known = known.ok_or(Rejection::NotFound)?;
            if !is_concerned(tx, &caller.state, caller, &known)? {
                return Err(Rejection::NotFound.into());
            }
            let (vault, account) = (known.row.vault, known.row.account);
            let role = caller.role(&vault)?;
            // Whoever has the guarded key, and nobody else, can do anything with it.
            if !policy::may_grant(role) {
                return Err(Refusal::Own(RequestError::Forbidden));
            }
            requested_secret(tx, (vault, account), &Account::look(tx, vault, account)?)
        })?;
        Ok(Reply::Value(given))
    }
}

/// Header and wrapped key of an account's newest secret.
///
/// # Errors
/// [`RequestError::Deleted`] where there is none; the store failed.
pub(crate) fn requested_secret(
    rows: &impl Rows,
    (vault, account): (VaultId, ObjectId),
    looked_at: &Account,
) -> Result<RequestedSecret, Refusal<RequestError>> {
    let secret = looked_at.secret.ok_or(Refusal::Own(RequestError::Deleted))?;
    let damaged = || StoreError::Damaged { table: "records" };
    let wire = RECORDS.get(rows, &(vault, RecordKind::Secret, account, secret.version.0))?.ok_or_else(damaged)?;
    let record = Record::parse(&wire).map_err(|_| damaged())?;
    let wrapped_key = record.wrapped_key().cloned();
    Ok(RequestedSecret { record: record.to_bare_wire(), wrapped_key })
}
