//! The queue for a secret that one person has at a time: who has it, and whose turn comes before.

use super::judging::{Known, judge, open_of};
use crate::{
    lease_keys::LeaseKeys,
    store::{Rows, StoreError, tables::FREED},
};
use sealward_contract::{
    ids::{MemberId, Timestamp},
    request::{Standing, Status},
};

/// How long whoever is next has the turn, once the secret is free: then it is the turn of whoever comes first.
const TURN: u64 = 10 * 60 * 1_000;

/// What stands before a request.
#[derive(Default)]
pub(super) struct Before {
    /// How many have the secret, or have the turn before it.
    pub(super) count: u32,
    /// Whoever has it, or else whose turn is first.
    pub(super) next: Option<Next>,
}

/// Whoever keeps a request from being checked out.
pub(super) struct Next {
    /// Who has the secret; `None` where it is free, and somebody else's turn.
    pub(super) holder: Option<MemberId>,
    /// Until when at the latest.
    pub(super) until: Timestamp,
}

/// What stands before a request now. What waits for approval does not, and neither does more time for whoever has the secret.
/// An emergency, and more time for one's own lease, wait for no turn.
///
/// # Errors
/// The store failed.
pub(super) fn before(
    rows: &impl Rows,
    keys: &LeaseKeys,
    standing: &Standing<'_>,
    known: &Known,
    now: Timestamp,
) -> Result<Before, StoreError> {
    let terms = standing.policy.and_then(|(_, policy)| policy.terms.as_ref());
    let mut before = Before::default();
    if !terms.is_some_and(|terms| terms.exclusive) {
        return Ok(before);
    }
    let (team, place, ask) = (standing.team, (known.row.vault, known.row.account), known.state.ask());
    let freed = FREED.get(rows, &(team.team(), place.0, place.1))?.unwrap_or_default();
    let mut others = Vec::new();
    for other in open_of(rows, team, place)? {
        let status = judge(rows, keys, standing, &other, now)?.0.status;
        others.push((other, status));
    }
    // More time goes before the queue for as long as there is a lease to go on with.
    let goes_on = ask.extends.is_some_and(|extended| {
        others.iter().any(|(other, status)| other.state.id() == extended && *status == Status::CheckedOut)
    });
    let mut asked_before = !ask.break_glass && !goes_on;
    let mut turns: Option<Timestamp> = None;
    for (other, status) in others {
        if other.state.id() == known.state.id() {
            asked_before = false;
            continue;
        }
        match status {
            Status::CheckedOut if ask.extends != Some(other.state.id()) => {
                let Some(lease) = other.state.lease() else { continue };
                before.count += 1;
                before.next = Some(Next { holder: Some(other.state.requester()), until: lease.until });
            }
            // Whoever asked before has the turn, but not for ever.
            Status::Approved if asked_before && other.state.ask().extends.is_none() => {
                let since = freed.max(other.state.time()).max(other.state.ask().from);
                let until = since.plus_millis(TURN);
                if since <= now && now < until {
                    before.count += 1;
                    turns = Some(turns.map_or(until, |turns| turns.min(until)));
                }
            }
            _ => {}
        }
    }
    let turn = turns.map(|until| Next { holder: None, until });
    before.next = before.next.or(turn);
    Ok(before)
}
