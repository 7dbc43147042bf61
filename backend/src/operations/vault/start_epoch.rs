//! Gives a vault new keys. The statement names the vault's newest head: what was written before it counts, and nothing
//! written under the old keys comes after it.

use std::sync::Arc;

use sealward_contract::{
    chain::{Body, Refused},
    operations::vault::{StartEpoch, Stated},
};

use crate::{
    operations::{
        Call, Handler, Outcome, Reply,
        statement::{Author, Sent, check_envelopes, refuse, store_envelopes, take, take_turns},
    },
    server::App,
};

impl Handler for StartEpoch {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (caller, vault) = (call.caller()?.clone(), call.path.vault);
        caller.role(&vault)?;
        let _turns = take_turns(app, &caller, &call.body.statement).await?;
        let sent = Sent::new(&call, &call.body.statement);
        let envelopes = Arc::new(call.body.envelopes);
        let stated = take(
            app,
            Author::from(&caller),
            sent,
            |followed| match &followed.body {
                Body::NewEpoch(new) if new.vault == vault => {
                    check_envelopes(&followed.state, &vault, &envelopes)?;
                    Ok((new.epoch, Arc::clone(&envelopes)))
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
