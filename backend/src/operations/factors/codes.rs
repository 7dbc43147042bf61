//! One-time codes (RFC 6238): begun with a seed that the server makes and has to keep, good from the first right code on.
//! No step is taken twice, nor one before a step that was taken.

use std::sync::Arc;

use sealward_contract::{
    audit::AuditedAct,
    chain::MemberKind,
    factor::FactorKind,
    ids::Timestamp,
    limits,
    operations::{
        Empty,
        factors::{BeginCodes, CodesBegun, ConfirmCodes, FactorError, FactorText, RemoveCodes},
    },
};
use subtle::ConstantTimeEq;
use totp_rs::{Algorithm, Builder, Secret};

use super::{Origin, confirmation, drop_lone_recovery, judge_try, note};
use crate::{
    operations::{Call, Caller, Handler, Outcome, Refusal, Reply},
    server::App,
    store::{
        StoreError, WriteTx,
        tables::{CODE_FACTORS, CodeFactorRow},
    },
    surroundings::make_bytes,
};

/// Seconds that a code is valid.
const STEP: u64 = 30;
/// Digits of a code.
const DIGITS: u8 = 6;
/// Steps before and after the present one whose codes count: clocks differ, and typing takes a while.
const SKEW: u64 = 1;

impl Handler for BeginCodes {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (caller, now) = (call.caller()?.clone(), call.now);
        // A token is all that a service has.
        if caller.state.member(&caller.member).is_none_or(|member| member.kind() == MemberKind::Service) {
            return Err(Refusal::Own(FactorError::FactorRefused));
        }
        let seed: [u8; 20] = make_bytes(app.random.as_ref());
        let (shown, proof) = (FactorText::new(Secret::from(seed).to_base32()), call.body.proof);
        app.store
            .write(move |tx| {
                confirmation::check_may_add(tx, &caller, proof.as_ref(), now)?;
                let place = (caller.team, caller.member);
                if CODE_FACTORS.get(tx, &place)?.is_some_and(|row| row.since.is_some()) {
                    return Err(Refusal::Own(FactorError::FactorExists));
                }
                CODE_FACTORS.put(tx, &place, &CodeFactorRow { seed, begun: now, since: None, step: 0 })?;
                Ok(())
            })
            .await?;
        Ok(Reply::Value(CodesBegun { seed: shown }))
    }
}

impl Handler for ConfirmCodes {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (caller, from) = (call.caller()?.clone(), Origin { address: call.address, now: call.now });
        let typed = call.body.code;
        let decided = app.store.write(move |tx| {
            confirmation::check_fresh(tx, &caller, from.now)?;
            let place = (caller.team, caller.member);
            let row = CODE_FACTORS.get(tx, &place)?.ok_or(Refusal::Own(FactorError::FactorMissing))?;
            if row.since.is_some() {
                return Err(Refusal::Own(FactorError::FactorExists));
            }
            if from.now.since(row.begun) > limits::CODES_BEGUN {
                return Err(Refusal::Own(FactorError::FactorMissing));
            }
            let right = judge_try(tx, &caller, from, FactorKind::Codes, |tx| {
                let Some(step) = matching_step(&row, typed.expose(), from.now) else { return Ok(false) };
                CODE_FACTORS.put(tx, &place, &CodeFactorRow { since: Some(from.now), step, ..row })?;
                Ok(true)
            })?;
            if right.is_ok() {
                confirmation::confirm(tx, &caller, from.now)?;
                note(tx, &caller, from, AuditedAct::FactorAdded { factor: FactorKind::Codes })?;
            }
            Ok(right)
        });
        decided.await?.map(|()| Reply::Value(Empty {}))
    }
}

impl Handler for RemoveCodes {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (caller, from) = (call.caller()?.clone(), Origin { address: call.address, now: call.now });
        app.store
            .write(move |tx| {
                confirmation::check_fresh(tx, &caller, from.now)?;
                let place = (caller.team, caller.member);
                let row = CODE_FACTORS.get(tx, &place)?.ok_or(Refusal::Own(FactorError::FactorMissing))?;
                CODE_FACTORS.delete(tx, &place);
                drop_lone_recovery(tx, &caller)?;
                // What was only begun was no factor yet.
                if row.since.is_some() {
                    note(tx, &caller, from, AuditedAct::FactorRemoved { factor: FactorKind::Codes })?;
                }
                Ok::<_, Refusal<FactorError>>(())
            })
            .await?;
        Ok(Reply::Value(Empty {}))
    }
}

/// Whether a code is right; if it is, its step is taken.
pub(super) fn take(tx: &mut WriteTx<'_, '_>, caller: &Caller, typed: &str, now: Timestamp) -> Result<bool, StoreError> {
    let place = (caller.team, caller.member);
    let Some(row) = CODE_FACTORS.get(tx, &place)?.filter(|row| row.since.is_some()) else { return Ok(false) };
    let Some(step) = matching_step(&row, typed, now) else { return Ok(false) };
    CODE_FACTORS.put(tx, &place, &CodeFactorRow { step, ..row })?;
    Ok(true)
}

/// The step, later than the last one taken, whose code this is.
fn matching_step(row: &CodeFactorRow, typed: &str, now: Timestamp) -> Option<u64> {
    let typed: String = typed.chars().filter(|character| !character.is_whitespace()).collect();
    let present = now.0 / 1_000 / STEP;
    let steps = present.saturating_sub(SKEW)..=present.saturating_add(SKEW);
    steps.filter(|step| *step > row.step).find(|step| {
        let same: bool = code_at(&row.seed, *step).as_bytes().ct_eq(typed.as_bytes()).into();
        same
    })
}

/// The code of a step.
fn code_at(seed: &[u8], step: u64) -> String {
    // "Noncompliant" is the only way without an error path: seed, digits and step are constants here.
    let totp = Builder::new()
        .with_algorithm(Algorithm::SHA1)
        .with_digits(DIGITS)
        .with_step_duration(STEP)
        .with_secret(Secret::from(seed))
        .build_noncompliant();
    totp.generate(step.saturating_mul(STEP)).to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, the rows of SHA-1: the last six of its eight digits.
    #[test]
    fn codes_are_those_of_the_rfc() {
        let rows = [
            (59, "287082"),
            (1_111_111_109, "081804"),
            (1_111_111_111, "050471"),
            (1_234_567_890, "005924"),
            (2_000_000_000, "279037"),
            (20_000_000_000, "353130"),
        ];
        for (seconds, code) in rows {
            assert_eq!(code_at(b"12345678901234567890", seconds / STEP), code, "{seconds}");
        }
    }

    #[test]
    fn a_code_counts_around_its_time_and_never_again() {
        let row = |step| CodeFactorRow { seed: *b"12345678901234567890", begun: Timestamp(0), since: None, step };
        let at = |seconds: u64| Timestamp(seconds * 1_000);
        // The step of the code 081804 is 37,037,036: from 1,111,111,080 to 1,111,111,109.
        let step = 37_037_036;
        assert_eq!(matching_step(&row(0), "081804", at(1_111_111_109)), Some(step));
        assert_eq!(matching_step(&row(0), " 081 804 ", at(1_111_111_139)), Some(step));
        assert_eq!(matching_step(&row(0), "081804", at(1_111_111_050)), Some(step));
        assert_eq!(matching_step(&row(0), "081804", at(1_111_111_140)), None);
        assert_eq!(matching_step(&row(0), "081804", at(1_111_111_049)), None);
        assert_eq!(matching_step(&row(step), "081804", at(1_111_111_109)), None);
        // A later step was taken: its earlier neighbour counts no more.
        assert_eq!(matching_step(&row(step + 1), "081804", at(1_111_111_109)), None);
        for wrong in ["", "081805", "81804", "0818040", "08180", "０８１８０４"] {
            assert_eq!(matching_step(&row(0), wrong, at(1_111_111_109)), None, "{wrong}");
        }
    }
}
