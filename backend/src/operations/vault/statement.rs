//! Taking a statement into the chain: judged outside the writer, stored if the chain has not moved since.

use std::{collections::BTreeSet, future::Future, ops::ControlFlow, sync::Arc};

use sealward_contract::{
    bytes::Bytes,
    chain::{Body, Refused, SignedStatement, TeamState},
    ids::{Epoch, MemberId, Timestamp, VaultId},
    limits,
    operations::vault::{ChainError, Envelope},
    problem::Rejection,
};

use crate::{
    operations::{Caller, Refusal},
    server::App,
    store::{
        Rows, StoreError, WriteTx,
        tables::{ENVELOPES, EnvelopeRow, STATEMENTS, TEAMS},
    },
};

/// Times that a statement is judged again when the chain moves while it waits in the queue.
const JUDGED: usize = 8;

/// A statement that follows from the caller's state of the chain.
#[derive(Clone)]
pub(super) struct Followed {
    /// The statement as received.
    pub(super) wire: Bytes,
    /// What it says.
    pub(super) body: Body,
    /// The team with it.
    pub(super) state: Arc<TeamState>,
}

/// Judges a statement by the newest chain.
///
/// # Errors
/// [`ChainError`] with the first fault found.
pub(super) fn follow(
    rows: &impl Rows,
    caller: &Caller,
    wire: &Bytes,
    now: Timestamp,
) -> Result<Followed, Refusal<ChainError>> {
    let refuse = |reason| Err(Refusal::Own(ChainError::StatementRefused { reason }));
    if wire.len() > limits::STATEMENT {
        return refuse(Refused::Limit);
    }
    let Ok(signed) = SignedStatement::parse(wire) else { return refuse(Refused::Signature) };
    let statement = signed.value();
    if statement.team != Some(caller.team) {
        return refuse(Refused::Team);
    }
    if statement.author != caller.member {
        return refuse(Refused::Author);
    }
    let newest = caller.state.position();
    if statement.sequence != newest.sequence + 1 || statement.previous != newest.hash {
        let statements = since(rows, caller, statement.sequence)?;
        return Err(Refusal::Own(ChainError::StaleChain { statements }));
    }
    if statement.time.since(now) > limits::CLOCK_SKEW || now.since(statement.time) > limits::CLOCK_SKEW {
        return refuse(Refused::Time);
    }
    let mut state = TeamState::clone(&caller.state);
    if let Err(reason) = state.apply(&signed) {
        return refuse(reason);
    }
    Ok(Followed { wire: wire.clone(), body: statement.body.clone(), state: Arc::new(state) })
}

/// The statements from this number on.
fn since(rows: &impl Rows, caller: &Caller, sequence: u64) -> Result<Vec<Bytes>, StoreError> {
    let mut statements = Vec::new();
    STATEMENTS.scan_from(rows, &caller.team, &(caller.team, sequence), |_, wire| {
        statements.push(wire);
        let full = statements.len() >= limits::SYNC_STATEMENTS;
        Ok(if full { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    Ok(statements)
}

/// Stores a statement.
///
/// # Errors
/// [`Refusal::Moved`] when the chain has moved since it was judged.
pub(super) fn store(
    tx: &mut WriteTx<'_, '_>,
    caller: &Caller,
    followed: &Followed,
) -> Result<u64, Refusal<ChainError>> {
    let mut team = TEAMS.get(tx, &caller.team)?.ok_or(Refusal::Moved)?;
    if team.hash != caller.state.position().hash {
        return Err(Refusal::Moved);
    }
    let position = followed.state.position();
    (team.sequence, team.hash) = (position.sequence, position.hash);
    TEAMS.put(tx, &caller.team, &team)?;
    STATEMENTS.put(tx, &(caller.team, position.sequence), &followed.wire)?;
    Ok(position.sequence)
}

/// Stores the envelopes that a statement brings.
///
/// # Errors
/// The store failed.
pub(super) fn store_envelopes(
    tx: &mut WriteTx<'_, '_>,
    followed: &Followed,
    vault: VaultId,
    epoch: Epoch,
    envelopes: &[Envelope],
) -> Result<(), StoreError> {
    let (team, sequence) = (followed.state.team(), followed.state.position().sequence);
    for envelope in envelopes {
        let row = EnvelopeRow { epoch, sealed: envelope.sealed.clone() };
        ENVELOPES.put(tx, &(team, envelope.recipient, sequence, vault), &row)?;
    }
    Ok(())
}

/// One envelope of a possible size for each member with a role in the vault, and none besides.
pub(super) fn check_envelopes(
    state: &TeamState,
    vault: &VaultId,
    envelopes: &[Envelope],
) -> Result<(), Refusal<ChainError>> {
    let wanted: BTreeSet<MemberId> =
        state.vault(vault).into_iter().flat_map(|vault| vault.grants().map(|(member, _)| *member)).collect();
    let given: BTreeSet<MemberId> = envelopes.iter().map(|envelope| envelope.recipient).collect();
    let sizes = envelopes.iter().all(|envelope| (1..=limits::ENVELOPE).contains(&envelope.sealed.len()));
    if sizes && wanted == given && envelopes.len() == given.len() && envelopes.len() <= limits::ENVELOPES {
        Ok(())
    } else {
        Err(Refusal::Own(ChainError::EnvelopesRefused))
    }
}

/// Tries again with the newest chain while it moves between judging and storing.
///
/// # Errors
/// What `attempt` returns.
pub(super) async fn while_moving<T, A, F>(
    app: &Arc<App>,
    caller: &Caller,
    mut attempt: A,
) -> Result<T, Refusal<ChainError>>
where
    A: FnMut(Caller) -> F,
    F: Future<Output = Result<T, Refusal<ChainError>>>,
{
    let mut caller = caller.clone();
    for _ in 0..JUDGED {
        match attempt(caller.clone()).await {
            Err(Refusal::Moved) => {
                let state = app.store.read(|tx| app.teams.state(tx, &caller.team))?;
                caller.state = state.ok_or(Rejection::NotFound)?;
            }
            other => return other,
        }
    }
    Err(Rejection::Unavailable.into())
}
