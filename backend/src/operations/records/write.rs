//! The way of a write through the server: verified, in its turn, judged, stored.

use std::{net::IpAddr, sync::Arc};

use sealward_contract::{
    ids::Timestamp,
    operations::records::{VaultWrite, WriteError, Written},
    problem::Rejection,
};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    commit::{Judged, commit},
    judge::judge,
    verify::{Verified, Wanted, verify},
};
use crate::{
    memory::{hub::Hint, turns::Turn},
    operations::{Caller, Refusal, answers::Keyed},
    server::App,
    store::StoreError,
};

/// Times that a write is judged again when the chain moves while it waits in the queue.
const JUDGED: usize = 8;

/// From so many records on, verifying moves to a thread of its own.
const HEAVY: usize = 16;

/// Writes to one or two vaults in one transaction; `answer` makes the answer that an Idempotency-Key stores.
///
/// # Errors
/// The first fault found; then nothing is written.
pub async fn write<T>(
    app: &Arc<App>,
    caller: &Caller,
    writes: Vec<VaultWrite>,
    wanted: Wanted,
    keyed: Option<Keyed>,
    (address, now): (IpAddr, Timestamp),
    answer: fn(Vec<Written>) -> Option<T>,
) -> Result<T, Refusal<WriteError>>
where
    T: Serialize + DeserializeOwned + Send + 'static,
{
    let announced = app.store.announce();
    for write in &writes {
        caller.role(&write.vault)?;
    }
    let heavy = writes.iter().map(|write| write.records.len()).sum::<usize>() >= HEAVY;
    let author = caller.state.member(&caller.member).cloned().ok_or(Rejection::Unauthenticated)?;
    let verify_all =
        move || writes.into_iter().map(|write| verify(write, wanted, &author, now)).collect::<Result<Vec<_>, _>>();
    let verified = if heavy {
        tokio::task::spawn_blocking(verify_all).await.map_err(|_| Rejection::Internal)?
    } else {
        verify_all()
    };
    let verified = Arc::new(verified.map_err(Refusal::Own)?);
    // Who waits for a turn does not hold up the commit of others.
    drop(announced);
    let turns = take_turns(app, caller, &verified).await?;
    let mut caller = caller.clone();
    for _ in 0..JUDGED {
        let announced = app.store.announce();
        let judged = match judge_all(app, &caller, &verified, heavy).await {
            Ok(judged) => judged,
            Err(refusal) => {
                if matches!(refusal, Refusal::Own(WriteError::StaleHead(_))) {
                    turns.into_iter().for_each(Turn::keep);
                }
                return Err(refusal);
            }
        };
        let judged = Arc::new(judged);
        let stored = {
            let (judged, caller) = (Arc::clone(&judged), caller.clone());
            app.write(keyed, now, move |tx| {
                drop(announced);
                answer(commit(tx, &caller, address, now, &judged)?).ok_or(Refusal::Rejected(Rejection::Internal))
            })
        };
        match stored.await {
            Err(Refusal::Moved) => {
                let state = app.store.read(|tx| app.teams.state(tx, &caller.team))?;
                caller.state = state.ok_or(Rejection::NotFound)?;
            }
            Err(refusal) => return Err(refusal),
            Ok(answer) => {
                for write in judged.iter() {
                    app.trees.advance(&write.vault, &write.previous, write.head.hash, &write.leaves);
                    app.hub.tell(&caller.team, Hint::Vault(write.vault));
                }
                drop(turns);
                return Ok(answer);
            }
        }
    }
    Err(Rejection::Unavailable.into())
}

/// The turns of all vaults concerned, in the order of their ids: two moves never wait for each other.
async fn take_turns(app: &Arc<App>, caller: &Caller, verified: &[Verified]) -> Result<Vec<Turn>, Rejection> {
    let mut vaults: Vec<_> = verified.iter().map(|write| write.vault).collect();
    vaults.sort();
    let mut turns = Vec::with_capacity(vaults.len());
    for vault in vaults {
        turns.push(app.turns.enter(vault, caller.session).await.map_err(|_| Rejection::Unavailable)?);
    }
    Ok(turns)
}

async fn judge_all(
    app: &Arc<App>,
    caller: &Caller,
    verified: &Arc<Vec<Verified>>,
    heavy: bool,
) -> Result<Vec<Judged>, Refusal<WriteError>> {
    let (shared, caller, verified) = (Arc::clone(app), caller.clone(), Arc::clone(verified));
    let judge_all = move || {
        let snapshot = shared.store.snapshot()?;
        verified.iter().map(|write| judge(&snapshot, &shared.trees, &caller, write)).collect()
    };
    if heavy { tokio::task::spawn_blocking(judge_all).await.map_err(|_| StoreError::Panicked)? } else { judge_all() }
}
