//! Says what changed in the team: statements, envelopes to the caller, newest heads, the directory, the audit's head.

use std::{ops::ControlFlow, sync::Arc};

use sealward_contract::{
    audit::AuditHead,
    crypto::Hash,
    ids::VaultId,
    limits,
    operations::{
        sync::{KeyEnvelope, MissedKeys, SyncTeam, TeamChanges, TeamSyncQuery, VaultHead},
        vault::Envelope,
    },
    policy,
};

use crate::{
    operations::{Call, Caller, Handler, Outcome, Reply, audit, directory},
    server::App,
    store::{
        ReadTx, StoreError,
        tables::{ENVELOPES, HEADS, STATEMENTS, WRAPPED},
    },
};

impl Handler for SyncTeam {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let mut caller = call.caller()?.clone();
        let changes = app.store.read(|tx| {
            // Chain and heads must be of one moment.
            if let Some(state) = app.teams.state(tx, &caller.team)? {
                caller.state = state;
            }
            changes(tx, &caller, &call.query)
        })?;
        Ok(Reply::Value(changes))
    }
}

fn changes(rows: &ReadTx, caller: &Caller, query: &TeamSyncQuery) -> Result<TeamChanges, StoreError> {
    let (team, from) = (caller.team, query.from);
    let mut answer = TeamChanges {
        statements: Vec::new(),
        complete: true,
        heads: Vec::new(),
        envelopes: Vec::new(),
        directory: Vec::new(),
        directory_at: 0,
        audit: AuditHead { sequence: 0, hash: Hash::ZERO },
        missed: Vec::new(),
    };
    STATEMENTS.scan_from(rows, &team, &(team, from), |_, wire| {
        if answer.statements.len() >= limits::SYNC_STATEMENTS {
            answer.complete = false;
            return Ok(ControlFlow::Break(()));
        }
        answer.statements.push(wire);
        Ok(ControlFlow::Continue(()))
    })?;
    let end = from.saturating_add(answer.statements.len() as u64);
    let mine = (team, caller.member);
    ENVELOPES.scan_from(rows, &mine, &(team, caller.member, from), |(_, recipient, sequence, vault), row| {
        if sequence >= end {
            return Ok(ControlFlow::Break(()));
        }
        answer.envelopes.push(KeyEnvelope {
            vault: (vault != VaultId::DIRECTORY).then_some(vault),
            epoch: row.epoch,
            envelope: Envelope { recipient, sealed: row.sealed },
        });
        Ok(ControlFlow::Continue(()))
    })?;
    if !answer.complete {
        return Ok(answer);
    }
    for (vault, _) in caller.state.vaults() {
        let role = caller.state.vault_role(vault, &caller.member);
        if !role.is_some_and(policy::may_read_catalog) {
            continue;
        }
        if let Some(head) = HEADS.get(rows, vault)? {
            answer.heads.push(VaultHead { vault: *vault, head: head.head });
        }
    }
    // Whoever has not read the directory yet may lack its newest key, whenever a statement brought it.
    if query.directory.is_none() {
        let mut newest = None;
        ENVELOPES.scan_from(rows, &mine, &(team, caller.member, 0_u64), |(_, recipient, sequence, vault), row| {
            if sequence >= from {
                return Ok(ControlFlow::Break(()));
            }
            if vault == VaultId::DIRECTORY {
                let envelope = Envelope { recipient, sealed: row.sealed };
                newest = Some(KeyEnvelope { vault: None, epoch: row.epoch, envelope });
            }
            Ok(ControlFlow::Continue(()))
        })?;
        answer.envelopes.extend(newest);
    }
    // Names are for those who have keys of their own.
    if !caller.is_made() {
        (answer.directory, answer.directory_at) = directory::since(rows, team, query.directory)?;
    }
    answer.audit = audit::head(rows, &team)?;
    answer.missed = missed(rows, caller)?;
    Ok(answer)
}

/// Whom the caller, as a custodian, still has to wrap keys to: whoever should have some that nobody wrapped since.
fn missed(rows: &ReadTx, caller: &Caller) -> Result<Vec<MissedKeys>, StoreError> {
    let Caller { team, member: own, state, .. } = caller;
    let mut missed = Vec::new();
    for (vault, _) in state.vaults() {
        if !state.vault_role(vault, own).is_some_and(policy::may_grant) {
            continue;
        }
        for member in state.missed_keys(vault).map(|to| to.member) {
            let since = state.missed_since(vault, &member);
            if WRAPPED.get(rows, &(*team, member, *vault))? < since {
                missed.push(MissedKeys { vault: *vault, member });
            }
        }
    }
    Ok(missed)
}
