//! Gives a vault new keys. The statement names the vault's newest head: what was written before it counts, and nothing
//! written under the old keys comes after it.

use std::sync::Arc;

use sealward_contract::{
    audit::AuditedAct,
    chain::{Body, NewEpoch, Refused},
    operations::vault::{ChainError, StartEpoch, Stated},
    problem::Rejection,
};

use super::statement::{check_envelopes, follow, store, store_envelopes, while_moving};
use crate::{
    memory::hub::Hint,
    operations::{
        Call, Handler, Outcome, Refusal, Reply,
        audit::{self, Audited},
    },
    server::App,
    store::{Rows, tables::HEADS},
};

impl Handler for StartEpoch {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let caller = call.caller()?.clone();
        caller.role(&call.path.vault)?;
        let (body, keyed, address, now) = (Arc::new(call.body), call.keyed, call.address, call.now);
        let vault = call.path.vault;
        let _turn = app.turns.enter(vault, caller.session).await.map_err(|_| Rejection::Unavailable)?;
        let stated = while_moving(app, &caller, |caller| {
            let (app, body) = (Arc::clone(app), Arc::clone(&body));
            async move {
                let followed = app.store.read(|tx| follow(tx, &caller, &body.statement, now))?;
                let new = match &followed.body {
                    Body::NewEpoch(new) if new.vault == vault => new.clone(),
                    _ => return Err(Refusal::Own(ChainError::StatementRefused { reason: Refused::Unknown })),
                };
                check_envelopes(&followed.state, &vault, &body.envelopes)?;
                let state = Arc::clone(&followed.state);
                let stated = app
                    .write(keyed, now, move |tx| {
                        check_named_head(tx, &new)?;
                        let sequence = store(tx, &caller, &followed)?;
                        store_envelopes(tx, &followed, vault, new.epoch, &body.envelopes)?;
                        let what = AuditedAct::EpochStarted { vault, epoch: new.epoch };
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

/// The head that a new epoch names must be the newest.
fn check_named_head(rows: &impl Rows, new: &NewEpoch) -> Result<(), Refusal<ChainError>> {
    let newest = HEADS.get(rows, &new.vault)?;
    if newest.is_some_and(|newest| newest.sequence == new.head.sequence && newest.hash == new.head.hash) {
        Ok(())
    } else {
        Err(Refusal::Own(ChainError::HeadRefused))
    }
}
