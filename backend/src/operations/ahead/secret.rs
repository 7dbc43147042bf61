//! Gives a custodian what an approval needs of a secret: header and wrapped key, never the payload.

use std::sync::Arc;

use sealward_contract::{
    operations::{ahead::GetSecretToGrant, requests::RequestError},
    policy,
    problem::Rejection,
};

use crate::{
    operations::{
        Call, Handler, Outcome, Refusal, Reply,
        requests::{Account, requested_secret},
    },
    server::App,
};

impl Handler for GetSecretToGrant {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let caller = call.caller()?;
        let (vault, account) = (call.path.vault, call.path.id);
        let role = caller.role(&vault)?;
        let given = app.store.read(|tx| {
            let looked_at = Account::look(tx, vault, account)?;
            if looked_at.resource.is_none() {
                return Err(Rejection::NotFound.into());
            }
            // Whoever has the guarded key, and nobody else, can do anything with it.
            if !policy::may_grant(role) {
                return Err(Refusal::Own(RequestError::Forbidden));
            }
            requested_secret(tx, (vault, account), &looked_at)
        })?;
        Ok(Reply::Value(given))
    }
}
