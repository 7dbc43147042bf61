//! Gives a member a role in a vault, or another one.

use std::sync::Arc;

use sealward_contract::{
    chain::{Body, Refused, SetGrant as Statement, TeamState},
    ids::Epoch,
    operations::vault::{ChainError, Envelope, SetGrant, Stated},
};

use crate::{
    operations::{
        Call, Handler, Outcome, Refusal, Reply,
        statement::{Author, Sent, is_possible, refuse, store_envelopes, take, take_turns},
    },
    server::App,
};

impl Handler for SetGrant {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (caller, vault) = (call.caller()?.clone(), call.path.vault);
        caller.role(&vault)?;
        let _turns = take_turns(app, &caller, &call.body.statement).await?;
        let sent = Sent::new(&call, &call.body.statement);
        let envelope = call.body.envelope;
        let stated = take(
            app,
            Author::from(&caller),
            sent,
            |followed| match &followed.body {
                Body::SetGrant(set) if set.vault == vault => {
                    let epoch = check_envelope(&followed.state, set, envelope.as_ref())?;
                    Ok((epoch, envelope.clone()))
                }
                _ => Err(refuse(Refused::Unknown)),
            },
            move |tx, followed, (epoch, envelope)| {
                store_envelopes(tx, followed, vault, epoch, envelope.as_slice())?;
                Ok(Stated { sequence: followed.sequence() })
            },
        );
        Ok(Reply::Value(stated.await?))
    }
}

/// A greater role brings its keys; for a lesser one there are none, as new ones are due.
fn check_envelope(
    state: &TeamState,
    set: &Statement,
    envelope: Option<&Envelope>,
) -> Result<Epoch, Refusal<ChainError>> {
    let fits = match envelope {
        Some(envelope) => set.head.is_none() && envelope.recipient == set.member && is_possible(&envelope.sealed),
        None => set.head.is_some(),
    };
    let epoch = state.vault(&set.vault).and_then(|vault| vault.epoch()).map(|epoch| epoch.epoch);
    epoch.filter(|_| fits).ok_or(Refusal::Own(ChainError::EnvelopesRefused))
}
