//! Sets a policy for a vault, a resource or an account, or takes it back.

use std::sync::Arc;

use sealward_contract::{
    audit::AuditedAct,
    chain::{Body, PolicyScope, Refused},
    operations::vault::{ChainError, SetVaultPolicy, Stated},
    record::RecordKind,
};

use super::statement::{follow, store, while_moving};
use crate::{
    memory::hub::Hint,
    operations::{
        Call, Handler, Outcome, Refusal, Reply,
        audit::{self, Audited},
    },
    server::App,
    store::tables::ENTRIES,
};

impl Handler for SetVaultPolicy {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let caller = call.caller()?.clone();
        caller.role(&call.path.vault)?;
        let (statement, keyed, address, now) = (call.body.statement, call.keyed, call.address, call.now);
        let vault = call.path.vault;
        let unknown = || Refusal::Own(ChainError::StatementRefused { reason: Refused::Unknown });
        let stated = while_moving(app, &caller, |caller| {
            let (app, statement) = (Arc::clone(app), statement.clone());
            async move {
                let followed = app.store.read(|tx| follow(tx, &caller, &statement, now))?;
                let scope = match &followed.body {
                    Body::SetPolicy(set) if set.vault == vault => set.scope,
                    _ => return Err(unknown()),
                };
                let state = Arc::clone(&followed.state);
                let stated = app
                    .write(keyed, now, move |tx| {
                        let there = match scope {
                            PolicyScope::Vault => true,
                            PolicyScope::Resource(id) => ENTRIES.contains(tx, &(vault, RecordKind::Resource, id))?,
                            PolicyScope::Account(id) => ENTRIES.contains(tx, &(vault, RecordKind::Account, id))?,
                        };
                        if !there {
                            return Err(unknown());
                        }
                        let sequence = store(tx, &caller, &followed)?;
                        let what = AuditedAct::PolicySet { vault };
                        let statement = Some(followed.wire.clone());
                        let (team, member) = (caller.team, Some(caller.member));
                        audit::append(tx, now, Audited { team, member, address, what, statement })?;
                        Ok(Stated { sequence })
                    })
                    .await?;
                app.teams.keep(state.team(), state);
                Ok(stated)
            }
        })
        .await?;
        app.hub.tell(&caller.team, Hint::Team);
        Ok(Reply::Value(stated))
    }
}
