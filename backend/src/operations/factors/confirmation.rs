//! Whether a session is confirmed. A confirmation belongs to its session and ends with it; how long it lasts is the team's
//! policy.

use sealward_contract::{
    bytes::Bytes,
    chain::{MemberKind, TeamPolicy, TeamState},
    crypto::{Hash, Signed},
    factor::FactorsHeld,
    ids::{MemberId, TeamId, Timestamp},
    limits,
    operations::factors::FactorError,
    policy,
    problem::Rejection,
    record::Tier,
    session::ProveLogin,
    suite::SUITE,
};

use super::held;
use crate::{
    operations::{Caller, Refusal},
    store::{
        Rows, StoreError, WriteTx,
        tables::{CONFIRMATIONS, ConfirmationRow, MEMBERS},
    },
};

/// For how many milliseconds a confirmation lasts that nothing was released by.
fn duration(policy: &TeamPolicy) -> u64 {
    match policy.confirmation {
        0 => limits::CONFIRMATION_ONCE,
        seconds => u64::from(seconds) * 1_000,
    }
}

/// Until when a session is confirmed, where it is.
///
/// # Errors
/// The store failed.
pub(super) fn until(rows: &impl Rows, caller: &Caller, now: Timestamp) -> Result<Option<Timestamp>, StoreError> {
    let Some(ConfirmationRow { confirmed: Some(confirmed), used, .. }) = CONFIRMATIONS.get(rows, &caller.token)? else {
        return Ok(None);
    };
    let policy = caller.state.team_policy();
    let end = match used.filter(|_| policy.confirmation == 0) {
        Some(used) => {
            used.plus_millis(limits::CONFIRMATION_TAIL).min(confirmed.plus_millis(limits::CONFIRMATION_FRESH))
        }
        None => confirmed.plus_millis(duration(policy)),
    };
    // A clock that was put back does not make a confirmation last longer.
    Ok(Some(end).filter(|end| confirmed <= now && *end > now))
}

/// Confirms a session.
///
/// # Errors
/// The store failed.
pub(super) fn confirm(tx: &mut WriteTx<'_, '_>, caller: &Caller, now: Timestamp) -> Result<Timestamp, StoreError> {
    CONFIRMATIONS.put(tx, &caller.token, &ConfirmationRow { confirmed: Some(now), owed: false, used: None })?;
    Ok(now.plus_millis(duration(caller.state.team_policy())))
}

/// Whether the caller may be given a secret or a file of this tier, as far as a second factor goes. Where its policy demands
/// one, everyone who has one is asked.
///
/// # Errors
/// [`Rejection::SecondFactorNeeded`], or the store failed.
pub(crate) fn check_release(
    rows: &impl Rows,
    caller: &Caller,
    tier: Tier,
    demanded: bool,
    now: Timestamp,
) -> Result<(), ConfirmationMissing> {
    let needed = policy::needs_factor(&caller.state, &caller.member, tier) || demanded;
    if !needed || until(rows, caller, now)?.is_some() {
        return Ok(());
    }
    Err(ConfirmationMissing::Needed(held(rows, caller.team, caller.member)?))
}

/// Notes that something was released: a confirmation that is good for one thing is over soon. One that is over stays so,
/// whatever is released that needs none.
///
/// # Errors
/// The store failed.
pub(crate) fn spend(tx: &mut WriteTx<'_, '_>, caller: &Caller, now: Timestamp) -> Result<(), StoreError> {
    if caller.state.team_policy().confirmation > 0 || until(tx, caller, now)?.is_none() {
        return Ok(());
    }
    match CONFIRMATIONS.get(tx, &caller.token)? {
        Some(row) if row.confirmed.is_some() => {
            CONFIRMATIONS.put(tx, &caller.token, &ConfirmationRow { used: Some(now), ..row })
        }
        _ => Ok(()),
    }
}

/// Whether the caller may change factors or what the team asks of them, or give rights: whoever has one confirmed with it a
/// short while ago.
///
/// # Errors
/// [`Rejection::SecondFactorNeeded`], or the store failed.
pub(crate) fn check_fresh(rows: &impl Rows, caller: &Caller, now: Timestamp) -> Result<(), ConfirmationMissing> {
    let held = held(rows, caller.team, caller.member)?;
    let confirmed = CONFIRMATIONS.get(rows, &caller.token)?.and_then(|row| row.confirmed);
    let is_fresh = confirmed.is_some_and(|confirmed| now.since(confirmed) < limits::CONFIRMATION_FRESH);
    if !held.any() || (is_fresh && until(rows, caller, now)?.is_some()) {
        return Ok(());
    }
    Err(ConfirmationMissing::Needed(held))
}

/// Whether the caller may begin a factor: confirmed with one that they have, or else with their password. Whoever came by an
/// open session alone must not make its confirmations theirs.
///
/// # Errors
/// [`Rejection::SecondFactorNeeded`], [`FactorError::LoginProofNeeded`], or the store failed.
pub(super) fn check_may_add(
    rows: &impl Rows,
    caller: &Caller,
    proof: Option<&Bytes>,
    now: Timestamp,
) -> Result<(), Refusal<FactorError>> {
    if held(rows, caller.team, caller.member)?.any() {
        return Ok(check_fresh(rows, caller, now)?);
    }
    let row = MEMBERS.get(rows, &(caller.team, caller.member))?.ok_or(Rejection::Unauthenticated)?;
    let signed = proof.and_then(|wire| Signed::<ProveLogin>::parse(wire).ok());
    let proven = signed.is_some_and(|signed| {
        let ProveLogin { suite, team, member, session, time } = *signed.value();
        let own = (suite, team, member, session) == (SUITE, caller.team, caller.member, caller.session);
        let in_time = time.since(now).max(now.since(time)) <= limits::CLOCK_SKEW;
        own && in_time && signed.verify(&row.login_key).is_ok()
    });
    if proven { Ok(()) } else { Err(Refusal::Own(FactorError::LoginProofNeeded)) }
}

/// Notes at sign-in that a session is to be confirmed before anything else, where the team asks for that and the member
/// has something to confirm with.
///
/// # Errors
/// The store failed.
pub(crate) fn begin(
    tx: &mut WriteTx<'_, '_>,
    state: &TeamState,
    (team, member): (TeamId, MemberId),
    token: &Hash,
) -> Result<(), StoreError> {
    if policy::needs_factor_to_sign_in(state) && held(tx, team, member)?.any() {
        CONFIRMATIONS.put(tx, token, &ConfirmationRow { confirmed: None, owed: true, used: None })?;
    }
    Ok(())
}

/// What a session has still to be confirmed with before it may do anything else; `None` where it may.
///
/// # Errors
/// The store failed.
pub(crate) fn owed(
    rows: &impl Rows,
    state: &TeamState,
    (team, member): (TeamId, MemberId),
    token: &Hash,
) -> Result<Option<FactorsHeld>, StoreError> {
    let owes = CONFIRMATIONS.get(rows, token)?.is_some_and(|row| row.owed);
    let person = state.member(&member).is_some_and(|known| known.kind() == MemberKind::Person);
    if !owes || !person || !policy::needs_factor_to_sign_in(state) {
        return Ok(None);
    }
    // Factors that were taken away meanwhile are not asked for.
    Ok(Some(held(rows, team, member)?).filter(FactorsHeld::any))
}

/// Why something does not go on without a confirmation.
pub(crate) enum ConfirmationMissing {
    /// It is needed.
    Needed(FactorsHeld),
    /// Whether it is cannot be said.
    Store(StoreError),
}

impl From<StoreError> for ConfirmationMissing {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl<E> From<ConfirmationMissing> for crate::operations::Refusal<E> {
    fn from(missing: ConfirmationMissing) -> Self {
        match missing {
            ConfirmationMissing::Needed(held) => Rejection::SecondFactorNeeded { held }.into(),
            ConfirmationMissing::Store(error) => error.into(),
        }
    }
}
