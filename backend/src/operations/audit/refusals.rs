//! Writes down that a member asked for what it has no right to. One place for every operation: whoever adds one need not
//! think of it. The same request again, and more than a member can have meant, is not written down: nobody fills the
//! disk by being refused.

use std::net::IpAddr;

use sealward_contract::{
    audit::{AuditedAct, RefusedRequest},
    ids::{ObjectId, Timestamp, VaultId},
    operations::Operation,
    problem::Rejection,
};
use serde_json::Value;

use super::Audited;
use crate::{
    operations::{Caller, Refusal},
    server::App,
    store::StoreError,
};

/// A request of a member, as far as an event tells of it.
pub(crate) struct Attempt {
    caller: Caller,
    request: RefusedRequest,
    vault: Option<VaultId>,
    object: Option<ObjectId>,
    address: IpAddr,
    now: Timestamp,
}

impl Attempt {
    /// A request by its operation and path.
    pub(crate) fn of<O: Operation>(caller: &Caller, path: &O::Path, (address, now): (IpAddr, Timestamp)) -> Self {
        let path = serde_json::to_value(path).unwrap_or_default();
        let named = |part: &str| path.get(part).and_then(Value::as_str);
        Self {
            caller: caller.clone(),
            request: RefusedRequest::of_operation(O::NAME),
            vault: named("vault").and_then(|vault| vault.parse().ok()),
            object: named("id").and_then(|id| id.parse().ok()),
            address,
            now,
        }
    }

    /// Writes it down.
    pub(crate) async fn note(self, app: &App) {
        let Self { caller, request, vault, object, address, now } = self;
        let what = AuditedAct::RequestRefused { request, vault, object };
        if !app.noted.take(&caller.member.0, &sealward_contract::codec::encode(&what), now) {
            return;
        }
        let (team, member) = (caller.team, Some(caller.member));
        let audited = Audited { team, member, address: Some(address), what, statement: None };
        let noted = app.store.write(move |tx| super::append(tx, now, audited));
        // The caller is refused all the same; a store that fails is told of where it is asked for something.
        if let Err::<(), StoreError>(error) = noted.await {
            tracing::warn!(%error, "a refusal was not written down");
        }
    }

    /// Whether it was refused for lack of a right.
    pub(crate) fn lacks_right<E: serde::Serialize>(&self, refusal: &Refusal<E>) -> bool {
        match refusal {
            Refusal::Own(error) => {
                let said = serde_json::to_value(error).unwrap_or_default();
                let code = said.get("code").and_then(Value::as_str);
                let reason = said.get("reason").and_then(Value::as_str);
                matches!(
                    (code, reason),
                    (Some("forbidden" | "approval_required"), _)
                        | (Some("statement_refused" | "record_refused"), Some("right"))
                )
            }
            // A vault without a role in it is not there for the caller; that somebody asked for it is.
            Refusal::Rejected(Rejection::NotFound) => self.vault.is_some_and(|vault| {
                let state = &self.caller.state;
                state.vault(&vault).is_some() && state.vault_role(&vault, &self.caller.member).is_none()
            }),
            Refusal::Rejected(_) | Refusal::Moved => false,
        }
    }
}
