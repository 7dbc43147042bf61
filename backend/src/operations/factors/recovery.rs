//! Recovery codes: for whoever has lost the other factors. Random, kept as hashes, each good once.

use std::sync::Arc;

use sealward_contract::{
    audit::AuditedAct,
    crypto::hash,
    factor::FactorKind,
    limits,
    operations::factors::{FactorError, FactorText, MakeRecoveryCodes, RecoveryCodesMade},
};

use super::{Origin, confirmation, held, note};
use crate::{
    operations::{Call, Caller, Handler, Outcome, Refusal, Reply},
    server::App,
    store::{
        StoreError, WriteTx,
        tables::{RECOVERY_CODES, RecoveryRow},
    },
    surroundings::make_bytes,
};

/// Capital letters and the digits 2 to 7 (RFC 4648): none looks like another.
const ALPHABET: base32::Alphabet = base32::Alphabet::Rfc4648 { padding: false };
/// Characters between two dashes.
const GROUP: usize = 5;

impl Handler for MakeRecoveryCodes {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (caller, from) = (call.caller()?.clone(), Origin { address: call.address, now: call.now });
        let made: Vec<[u8; 16]> = (0..limits::RECOVERY_CODES).map(|_| make_bytes(app.random.as_ref())).collect();
        let codes = made.iter().map(|code| FactorText::new(show(code))).collect();
        app.store
            .write(move |tx| {
                confirmation::check_fresh(tx, &caller, from.now)?;
                if !held(tx, caller.team, caller.member)?.any() {
                    return Err(Refusal::Own(FactorError::FactorMissing));
                }
                let row = RecoveryRow { made: from.now, codes: made.iter().map(|code| hash(code)).collect() };
                RECOVERY_CODES.put(tx, &(caller.team, caller.member), &row)?;
                note(tx, &caller, from, AuditedAct::FactorAdded { factor: FactorKind::RecoveryCodes })?;
                Ok(())
            })
            .await?;
        Ok(Reply::Value(RecoveryCodesMade { codes }))
    }
}

/// Whether a recovery code is one that is left; if it is, it is used up.
pub(super) fn take(tx: &mut WriteTx<'_, '_>, caller: &Caller, typed: &str) -> Result<bool, StoreError> {
    let place = (caller.team, caller.member);
    let Some(code) = read(typed) else { return Ok(false) };
    let Some(mut row) = RECOVERY_CODES.get(tx, &place)? else { return Ok(false) };
    let (before, code) = (row.codes.len(), hash(&code));
    row.codes.retain(|left| *left != code);
    if row.codes.len() == before {
        return Ok(false);
    }
    RECOVERY_CODES.put(tx, &place, &row)?;
    Ok(true)
}

/// A code as it is shown: `ABCDE-FGHIJ-…`.
fn show(code: &[u8; 16]) -> String {
    let text = base32::encode(ALPHABET, code);
    let mut shown = String::with_capacity(text.len() + text.len() / GROUP);
    for (at, character) in text.chars().enumerate() {
        if at > 0 && at % GROUP == 0 {
            shown.push('-');
        }
        shown.push(character);
    }
    shown
}

/// A code as it was typed: small letters, spaces and dashes do not count.
fn read(typed: &str) -> Option<[u8; 16]> {
    let text: String = typed.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_uppercase()).collect();
    let code: [u8; 16] = base32::decode(ALPHABET, &text)?.try_into().ok()?;
    // Bits that stand for nothing make no second spelling.
    (base32::encode(ALPHABET, &code) == text).then_some(code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_read_as_they_are_shown() {
        // RFC 4648 of sixteen bytes from 0x00 to 0x0f, in groups of five.
        let code: [u8; 16] = core::array::from_fn(|at| u8::try_from(at).unwrap());
        assert_eq!(show(&code), "AAAQE-AYEAU-DAOCA-JBIFQ-YDIOB-4");
        assert_eq!(read("AAAQE-AYEAU-DAOCA-JBIFQ-YDIOB-4"), Some(code));
        assert_eq!(read(" aaaqe ayeau daoca jbifq ydiob4"), Some(code));
        for wrong in ["", "AAAQE", "AAAQE-AYEAU-DAOCA-JBIFQ-YDIOB-5", "AAAQE-AYEAU-DAOCA-JBIFQ-YDIOB-1", "4-4"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
    }
}
