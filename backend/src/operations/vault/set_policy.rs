//! Sets a policy for a vault, a resource or an account, or takes it back.

use std::sync::Arc;

use sealward_contract::{
    chain::{Body, PolicyScope, Refused},
    operations::vault::{SetVaultPolicy, Stated},
    record::RecordKind,
};

use crate::{
    operations::{
        Call, Handler, Outcome, Reply,
        statement::{Author, Sent, refuse, take},
    },
    server::App,
    store::tables::ENTRIES,
};

impl Handler for SetVaultPolicy {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (caller, vault) = (call.caller()?, call.path.vault);
        caller.role(&vault)?;
        let stated = take(
            app,
            Author::from(caller),
            Sent::new(&call, &call.body.statement),
            |followed| match &followed.body {
                Body::SetPolicy(set) if set.vault == vault => Ok(set.scope),
                _ => Err(refuse(Refused::Unknown)),
            },
            move |tx, followed, scope| {
                let there = match scope {
                    PolicyScope::Vault => true,
                    PolicyScope::Resource(id) => ENTRIES.contains(tx, &(vault, RecordKind::Resource, id))?,
                    PolicyScope::Account(id) => ENTRIES.contains(tx, &(vault, RecordKind::Account, id))?,
                };
                if there { Ok(Stated { sequence: followed.sequence() }) } else { Err(refuse(Refused::Unknown)) }
            },
        );
        Ok(Reply::Value(stated.await?))
    }
}
