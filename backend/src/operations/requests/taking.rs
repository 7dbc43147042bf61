//! What taking a step of a request and of an approval given ahead have in common: it is said by whoever asks, at about the
//! time that it names, and judged again when the chain moves while it waits in the queue.

use super::refuse;
use crate::{
    operations::{Caller, Refusal, answers::Keyed},
    server::App,
    store::{
        WriteTx,
        tables::{GrantRow, TEAMS},
    },
};
use sealward_contract::{
    crypto::hash,
    ids::{MemberId, TeamId, Timestamp},
    limits,
    operations::requests::{Grant, RequestError},
    problem::Rejection,
    request::{GrantNamed, RequestRefused},
};
use serde::{Serialize, de::DeserializeOwned};
use std::sync::Arc;

/// Times that a step is judged again when the chain moves while it waits in the queue.
const JUDGED: usize = 8;

/// Whether a statement is the caller's, and their clock about right.
///
/// # Errors
/// [`RequestRefused::Malformed`]; [`RequestError::ClockRefused`].
pub(crate) fn check_said(
    caller: &Caller,
    (team, author, time): (TeamId, MemberId, Timestamp),
    now: Timestamp,
) -> Result<(), Refusal<RequestError>> {
    if (team, author) != (caller.team, caller.member) {
        return Err(refuse(RequestRefused::Malformed));
    }
    let skew = time.since(now).max(now.since(time));
    if skew > limits::CLOCK_SKEW {
        return Err(Refusal::Own(RequestError::ClockRefused));
    }
    Ok(())
}

/// Takes a step in the writer, by the newest chain.
///
/// # Errors
/// What `step` refuses; [`Rejection::Unavailable`] when the chain moves all the time.
pub(crate) async fn write_judged<R, F>(
    app: &Arc<App>,
    mut caller: Caller,
    (keyed, now): (Option<Keyed>, Timestamp),
    step: F,
) -> Result<R, Refusal<RequestError>>
where
    R: Serialize + DeserializeOwned + Send + 'static,
    F: Fn(&mut WriteTx<'_, '_>, &App, &Caller) -> Result<R, Refusal<RequestError>> + Clone + Send + 'static,
{
    for _ in 0..JUDGED {
        let (shared, by, step) = (Arc::clone(app), caller.clone(), step.clone());
        let taken = app.write(keyed, now, move |tx| {
            if TEAMS.get(tx, &by.team)?.is_none_or(|team| team.hash != by.state.position().hash) {
                return Err(Refusal::Moved);
            }
            step(tx, &shared, &by)
        });
        match taken.await {
            Err(Refusal::Moved) => {
                let state = app.store.read(|tx| app.teams.state(tx, &caller.team))?;
                caller.state = state.ok_or(Rejection::NotFound)?;
            }
            taken => return taken,
        }
    }
    Err(Rejection::Unavailable.into())
}

/// A grant as it is kept, where a statement names one: the server's part sealed under a key of the leases.
///
/// # Errors
/// [`RequestRefused::Grant`] when it is not the one that is named; the key cannot be kept.
pub(crate) fn sealed_grant(
    app: &App,
    (named, grant): (Option<GrantNamed>, Option<&Grant>),
    bound: &[u8],
    hour: impl FnOnce() -> Result<u64, Refusal<RequestError>>,
) -> Result<Option<GrantRow>, Refusal<RequestError>> {
    let grant = match (named, grant) {
        (None, None) => return Ok(None),
        (Some(named), Some(grant)) if fits(named, grant) => grant,
        _ => return Err(refuse(RequestRefused::Grant)),
    };
    let hour = hour()?;
    let part = app.lease_keys.seal(hour, bound, &grant.part, app.random.as_ref()).ok_or(Rejection::Internal)?;
    Ok(Some(GrantRow { envelope: grant.envelope.clone(), part, hour }))
}

/// Whether a grant is the one that a statement names.
fn fits(named: GrantNamed, grant: &Grant) -> bool {
    hash(&grant.envelope) == named.envelope
        && hash(&grant.part) == named.part
        && grant.part.len() == 32
        && grant.envelope.len() <= limits::GRANT_ENVELOPE
}
