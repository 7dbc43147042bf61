//! Envelopes with a vault's keys: given to whoever they are for, and kept when they were wrapped anew.

use std::{net::IpAddr, ops::ControlFlow, sync::Arc};

use sealward_contract::{
    audit::AuditedAct,
    chain::Member,
    ids::{Epoch, Timestamp, VaultId},
    operations::{
        Empty,
        sync::KeyEnvelope,
        vault::{Envelope, ListEnvelopes, RewrapError, RewrapKeys, Rewrapping, VaultEnvelopes},
    },
    policy,
    problem::Rejection,
};

use crate::{
    memory::hub::Hint,
    operations::{
        Call, Caller, Handler, Outcome, Refusal, Reply,
        audit::{self, Audited},
        statement::is_possible,
    },
    server::App,
    store::{
        Order, StoreError, WriteTx,
        tables::{ENVELOPES, EnvelopeRow, TEAMS, WRAPPED},
    },
};

/// Times that an answer is judged again when the chain moves meanwhile.
const JUDGED: usize = 8;

impl Handler for ListEnvelopes {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (caller, wanted) = (call.caller()?, call.path.vault);
        caller.role(&wanted)?;
        let envelopes = app.store.read(|tx| {
            let mut envelopes = Vec::new();
            ENVELOPES.scan(tx, &(caller.team, caller.member), Order::Forward, |(_, recipient, _, vault), row| {
                if vault == wanted {
                    let envelope = Envelope { recipient, sealed: row.sealed };
                    envelopes.push(KeyEnvelope { vault: Some(vault), epoch: row.epoch, envelope });
                }
                Ok(ControlFlow::Continue(()))
            })?;
            Ok::<_, StoreError>(envelopes)
        })?;
        Ok(Reply::Value(VaultEnvelopes { envelopes }))
    }
}

impl Handler for RewrapKeys {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let mut caller = call.caller()?.clone();
        let (address, now) = (call.address, call.now);
        let body = Arc::new(call.body);
        for _ in 0..JUDGED {
            let (now_caller, body) = (caller.clone(), Arc::clone(&body));
            match app.store.write(move |tx| keep(tx, &now_caller, &body, (address, now))).await {
                Err(Refusal::Moved) => {
                    let state = app.store.read(|tx| app.teams.state(tx, &caller.team))?;
                    caller.state = state.ok_or(Rejection::NotFound)?;
                }
                Err(refusal) => return Err(refusal),
                Ok(()) => {
                    app.hub.tell(&caller.team, Hint::Team);
                    return Ok(Reply::Value(Empty {}));
                }
            }
        }
        Err(Rejection::Unavailable.into())
    }
}

fn keep(
    tx: &mut WriteTx<'_, '_>,
    caller: &Caller,
    Rewrapping { envelopes, renewed }: &Rewrapping,
    (address, now): (IpAddr, Timestamp),
) -> Result<(), Refusal<RewrapError>> {
    let position = caller.state.position();
    if TEAMS.get(tx, &caller.team)?.is_none_or(|team| team.hash != position.hash) {
        return Err(Refusal::Moved);
    }
    for KeyEnvelope { vault, epoch, envelope } in envelopes {
        let recipient = envelope.recipient;
        let fits = match vault {
            None => recipient == caller.member && *epoch == caller.state.directory_epoch(),
            Some(vault) => {
                policy::may_wrap(&caller.state, &caller.member, vault, &recipient) && is_newest(caller, vault, *epoch)
            }
        };
        if !fits || !is_possible(&envelope.sealed) {
            return Err(Refusal::Own(RewrapError::EnvelopesRefused));
        }
        // Sealed late, to keys that the recipient has lost: it would take the place of what was sealed to the new ones.
        let keys = caller.state.member(&recipient).and_then(Member::renewed);
        if renewed.iter().find(|known| known.member == recipient).map(|known| known.since) != keys {
            return Err(Refusal::Own(RewrapError::KeysReplaced));
        }
        let place = (caller.team, recipient, position.sequence, vault.unwrap_or(VaultId::DIRECTORY));
        ENVELOPES.put(tx, &place, &EnvelopeRow { epoch: *epoch, sealed: envelope.sealed.clone() })?;
        if let Some(vault) = vault.filter(|_| recipient != caller.member) {
            let (team, member, address) = (caller.team, Some(caller.member), Some(address));
            WRAPPED.put(tx, &(team, recipient, vault), &position.sequence)?;
            let what = AuditedAct::KeysWrapped { vault, of: recipient };
            audit::append(tx, now, Audited { team, member, address, what, statement: None })?;
        }
    }
    Ok(())
}

fn is_newest(caller: &Caller, vault: &VaultId, epoch: Epoch) -> bool {
    caller.state.vault(vault).and_then(|vault| vault.epoch()).is_some_and(|newest| newest.epoch == epoch)
}
