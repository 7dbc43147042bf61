//! Second factors: what a member confirms with besides the password. They open nothing; that the server asks for them is
//! all there is to them, so everything about them is decided here, in one transaction each.

mod codes;
mod confirm;
pub(crate) mod confirmation;
mod list;
mod passkeys;
mod policy;
mod recovery;
mod take_away;
#[cfg(test)]
mod tests;

use sealward_contract::{
    audit::AuditedAct,
    factor::{FactorKind, FactorsHeld},
    ids::{MemberId, TeamId, Timestamp},
    operations::factors::FactorError,
    problem::Rejection,
};
use std::net::IpAddr;

use super::{
    Caller, Refusal,
    audit::{self, Audited},
};
use crate::store::{
    Rows, StoreError, WriteTx,
    tables::{CODE_FACTORS, FACTORS_TAKEN, PASSKEYS, RECOVERY_CODES},
};

/// What a member can confirm with.
///
/// # Errors
/// The store failed.
pub(crate) fn held(rows: &impl Rows, team: TeamId, member: MemberId) -> Result<FactorsHeld, StoreError> {
    let codes = CODE_FACTORS.get(rows, &(team, member))?.is_some_and(|row| row.since.is_some());
    let recovery = RECOVERY_CODES.get(rows, &(team, member))?.map_or(0, |row| row.codes.len());
    let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
    let passkeys = passkeys::of_member(rows, team, member)?.len();
    Ok(FactorsHeld { codes, passkeys: count(passkeys), recovery_codes: count(recovery) })
}

/// Removes everything that a member could confirm with.
///
/// # Errors
/// The store failed.
pub(crate) fn remove_all(tx: &mut WriteTx<'_, '_>, team: TeamId, member: MemberId) -> Result<(), StoreError> {
    CODE_FACTORS.delete(tx, &(team, member));
    RECOVERY_CODES.delete(tx, &(team, member));
    for (id, _) in passkeys::of_member(tx, team, member)? {
        PASSKEYS.delete(tx, &(team, member, id));
    }
    Ok(())
}

/// Forgets a member who left: the notice of what was taken away too.
///
/// # Errors
/// The store failed.
pub(crate) fn forget(tx: &mut WriteTx<'_, '_>, team: TeamId, member: MemberId) -> Result<(), StoreError> {
    FACTORS_TAKEN.delete(tx, &(team, member));
    remove_all(tx, team, member)
}

/// Recovery codes are for whoever has another factor: they go with the last one.
fn drop_lone_recovery(tx: &mut WriteTx<'_, '_>, caller: &Caller) -> Result<(), StoreError> {
    if !held(tx, caller.team, caller.member)?.any() {
        RECOVERY_CODES.delete(tx, &(caller.team, caller.member));
    }
    Ok(())
}

/// Where a call comes from, and when.
#[derive(Clone, Copy)]
pub(crate) struct Origin {
    pub(crate) address: IpAddr,
    pub(crate) now: Timestamp,
}

/// Writes down what was done about the caller's factors.
fn note(tx: &mut WriteTx<'_, '_>, caller: &Caller, from: Origin, what: AuditedAct) -> Result<(), StoreError> {
    let (team, member, address) = (caller.team, Some(caller.member), Some(from.address));
    audit::append(tx, from.now, Audited { team, member, address, what, statement: None })
}

/// What was decided in a transaction that keeps a refusal too: a wrong try has to be counted and written down.
type Decided<T> = Result<Result<T, Refusal<FactorError>>, Refusal<FactorError>>;

/// Judges a try and writes it down. Of six digits, whoever failed too often waits, and a right try ends the counting. What
/// nobody can guess is not counted: whoever has a stolen password must not keep the member from coming in by it.
fn judge_try(
    tx: &mut WriteTx<'_, '_>,
    caller: &Caller,
    from: Origin,
    factor: FactorKind,
    check: impl FnOnce(&mut WriteTx<'_, '_>) -> Result<bool, StoreError>,
) -> Decided<()> {
    let counted = super::session::attempts::Tries::of_factors(&caller.team, &caller.member);
    let can_be_guessed = factor == FactorKind::Codes;
    let wait = if can_be_guessed { counted.wait(tx, from.now)? } else { 0 };
    if wait > 0 {
        return Ok(Err(Rejection::RateLimited { retry_after: wait }.into()));
    }
    let right = check(tx)?;
    note(tx, caller, from, AuditedAct::FactorTried { factor, right })?;
    if right {
        counted.succeed(tx);
        Ok(Ok(()))
    } else {
        if can_be_guessed {
            counted.fail(tx, from.now)?;
        }
        Ok(Err(Refusal::Own(FactorError::FactorRefused)))
    }
}
