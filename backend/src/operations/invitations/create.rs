//! Invites somebody: the statement, and the keys that whoever joins will need, sealed to the invitation.

use std::{collections::BTreeSet, sync::Arc};

use sealward_contract::{
    chain::{Body, Invite, Refused, TeamState},
    ids::{Epoch, VaultId},
    operations::{
        invitations::{CreateInvitation, NewInvitation},
        vault::{ChainError, Envelope, Stated},
    },
};

use crate::{
    operations::{
        Call, Handler, Outcome, Refusal, Reply,
        statement::{Author, Sent, is_possible, refuse, store_envelopes, take},
    },
    server::App,
};

/// Keys to be stored: of which vault, and in which epoch they were made.
type Wrapped = (VaultId, Epoch, Envelope);

impl Handler for CreateInvitation {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let author = Author::from(call.caller()?);
        let sent = Sent::new(&call, &call.body.statement);
        let body = call.body;
        let stated = take(
            app,
            author,
            sent,
            |followed| match &followed.body {
                Body::Invite(invite) => wrapped(&followed.state, invite, &body),
                _ => Err(refuse(Refused::Unknown)),
            },
            |tx, followed, wrapped| {
                for (vault, epoch, envelope) in wrapped {
                    store_envelopes(tx, followed, vault, epoch, &[envelope])?;
                }
                Ok(Stated { sequence: followed.sequence() })
            },
        );
        Ok(Reply::Value(stated.await?))
    }
}

/// The directory's key, and those of each vault that is granted, of none besides.
fn wrapped(state: &TeamState, invite: &Invite, body: &NewInvitation) -> Result<Vec<Wrapped>, Refusal<ChainError>> {
    let refused = || Refusal::Own(ChainError::EnvelopesRefused);
    let granted: BTreeSet<VaultId> = invite.grants.iter().map(|grant| grant.vault).collect();
    let given: BTreeSet<VaultId> = body.envelopes.iter().map(|envelope| envelope.vault).collect();
    let sizes = is_possible(&body.directory) && body.envelopes.iter().all(|envelope| is_possible(&envelope.sealed));
    if !sizes || granted != given || given.len() != body.envelopes.len() {
        return Err(refused());
    }
    let envelope = |sealed: &sealward_contract::bytes::Bytes| Envelope {
        recipient: invite.invite.member(),
        sealed: sealed.clone(),
    };
    let mut wrapped = vec![(VaultId::DIRECTORY, Epoch::FIRST, envelope(&body.directory))];
    for given in &body.envelopes {
        let newest = state.vault(&given.vault).and_then(|vault| vault.epoch()).ok_or_else(refused)?;
        wrapped.push((given.vault, newest.epoch, envelope(&given.sealed)));
    }
    Ok(wrapped)
}
