//! Gives members what their group asks for in a vault, with the keys that go with it; or takes away what only groups had
//! brought.

use std::{collections::BTreeSet, sync::Arc};

use sealward_contract::{
    chain::{Body, GrantByGroup as Statement, Refused, TeamState},
    ids::{Epoch, MemberId},
    operations::{
        groups::{EndGroupGrants, GrantByGroup},
        vault::{ChainError, Envelope, Stated},
    },
};

use crate::{
    operations::{
        Call, Handler, Outcome, Refusal, Reply,
        statement::{Author, Sent, is_possible, refuse, store_envelopes, take, take_turns},
    },
    server::App,
};

impl Handler for GrantByGroup {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (caller, vault) = (call.caller()?.clone(), call.path.vault);
        caller.role(&vault)?;
        let sent = Sent::new(&call, &call.body.statement);
        let envelopes = Arc::new(call.body.envelopes);
        let stated = take(
            app,
            Author::from(&caller),
            sent,
            |followed| match &followed.body {
                Body::GrantByGroup(grant) if grant.vault == vault => {
                    let epoch = check_envelopes(&followed.state, grant, &envelopes)?;
                    Ok((epoch, Arc::clone(&envelopes)))
                }
                _ => Err(refuse(Refused::Unknown)),
            },
            move |tx, followed, (epoch, envelopes)| {
                store_envelopes(tx, followed, vault, epoch, &envelopes)?;
                Ok(Stated { sequence: followed.sequence() })
            },
        );
        Ok(Reply::Value(stated.await?))
    }
}

/// One envelope of a possible size for each member named, and none besides.
fn check_envelopes(state: &TeamState, grant: &Statement, envelopes: &[Envelope]) -> Result<Epoch, Refusal<ChainError>> {
    let given: BTreeSet<MemberId> = envelopes.iter().map(|envelope| envelope.recipient).collect();
    let fits = given.iter().eq(&grant.members)
        && given.len() == envelopes.len()
        && envelopes.iter().all(|envelope| is_possible(&envelope.sealed));
    let epoch = state.vault(&grant.vault).and_then(|vault| vault.epoch()).map(|epoch| epoch.epoch);
    epoch.filter(|_| fits).ok_or(Refusal::Own(ChainError::EnvelopesRefused))
}

impl Handler for EndGroupGrants {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (caller, vault) = (call.caller()?, call.path.vault);
        caller.role(&vault)?;
        let _turns = take_turns(app, caller, &call.body.statement).await?;
        let stated = take(
            app,
            Author::from(caller),
            Sent::new(&call, &call.body.statement),
            |followed| match &followed.body {
                Body::EndGroupGrants(end) if end.vault == vault => Ok(()),
                _ => Err(refuse(Refused::Unknown)),
            },
            |_, followed, ()| Ok(Stated { sequence: followed.sequence() }),
        );
        Ok(Reply::Value(stated.await?))
    }
}
