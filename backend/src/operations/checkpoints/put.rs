//! Takes a member's checkpoint. It has to be of the present state: so nobody can hand in one that other members' new
//! devices would take for a later state than there is.

use std::sync::Arc;

use sealward_contract::{
    audit::AuditEvent,
    checkpoint::{Checkpoint, SignedCheckpoint, check_checkpoint},
    codec, limits,
    operations::{
        Empty,
        checkpoints::{CheckpointError, PutCheckpoint},
    },
    policy,
    record::ChainPosition,
};

use crate::{
    operations::{Call, Caller, Handler, Outcome, Refusal, Reply, audit},
    server::App,
    store::{
        Rows, StoreError,
        tables::{AUDIT_EVENTS, CHECKPOINTS, HEADS, TEAMS},
    },
};

impl Handler for PutCheckpoint {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let caller = call.caller()?.clone();
        let refused = || Refusal::Own(CheckpointError::CheckpointRefused);
        let signed = SignedCheckpoint::parse(&call.body.checkpoint).map_err(|_| refused())?;
        let seen = signed.value();
        if seen.member != caller.member || check_checkpoint(&caller.state, &signed).is_err() {
            return Err(refused());
        }
        let skew = seen.time.since(call.now).max(call.now.since(seen.time));
        if skew > limits::CLOCK_SKEW {
            return Err(Refusal::Own(CheckpointError::ClockRefused));
        }
        app.store
            .write(move |tx| {
                let seen = signed.value();
                let place = (caller.team, caller.member);
                let before = CHECKPOINTS.get(tx, &place)?.and_then(|wire| SignedCheckpoint::parse(&wire).ok());
                if before.is_some_and(|before| seen.time < before.value().time) {
                    return Err(refused());
                }
                if !is_present(tx, &caller, seen)? {
                    return Err(Refusal::Own(CheckpointError::CheckpointStale));
                }
                CHECKPOINTS.put(tx, &place, &signed.to_wire())?;
                Ok(())
            })
            .await?;
        Ok(Reply::Value(Empty {}))
    }
}

/// Whether all of it is so now. Of the audit any event that is kept may be the newest that was seen: every sign-in adds one.
fn is_present(rows: &impl Rows, caller: &Caller, seen: &Checkpoint) -> Result<bool, StoreError> {
    if TEAMS.get(rows, &caller.team)?.is_none_or(|team| team.hash != seen.chain.hash) {
        return Ok(false);
    }
    for seen in &seen.heads {
        let role = caller.state.vault_role(&seen.vault, &caller.member);
        let newest = HEADS.get(rows, &seen.vault)?;
        let is_newest =
            newest.is_some_and(|newest| newest.hash == seen.head.hash && newest.sequence == seen.head.sequence);
        if !role.is_some_and(policy::may_read_catalog) || !is_newest {
            return Ok(false);
        }
    }
    let ChainPosition { sequence, hash } = seen.audit;
    let anchor = audit::anchor(rows, &caller.team)?;
    if sequence == anchor.sequence {
        return Ok(hash == anchor.hash);
    }
    let event = AUDIT_EVENTS.get(rows, &(caller.team, sequence))?;
    Ok(event.and_then(|event| codec::decode::<AuditEvent>(&event).ok()).is_some_and(|event| event.hash() == hash))
}
