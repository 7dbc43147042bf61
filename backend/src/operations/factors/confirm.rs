//! Confirms a session with a second factor.

use std::sync::Arc;

use sealward_contract::{
    factor::FactorKind,
    operations::factors::{ConfirmSession, Confirmed, FactorError, FactorProof},
};

use super::{Origin, codes, confirmation, judge_try, passkeys, recovery};
use crate::{
    operations::{Call, Handler, Outcome, Refusal, Reply},
    server::App,
};

impl Handler for ConfirmSession {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let (caller, from) = (call.caller()?.clone(), Origin { address: call.address, now: call.now });
        let proof = call.body.proof;
        let verified = match &proof {
            FactorProof::Passkey(answer) => passkeys::verify(app, &caller, answer.expose(), from.now),
            FactorProof::Codes(_) | FactorProof::RecoveryCodes(_) => None,
        };
        let decided = app.store.write(move |tx| {
            let kind = match &proof {
                FactorProof::Codes(_) => FactorKind::Codes,
                FactorProof::RecoveryCodes(_) => FactorKind::RecoveryCodes,
                FactorProof::Passkey(_) => FactorKind::Passkey,
            };
            let right = judge_try(tx, &caller, from, kind, |tx| match &proof {
                FactorProof::Codes(typed) => codes::take(tx, &caller, typed.expose(), from.now),
                FactorProof::RecoveryCodes(typed) => recovery::take(tx, &caller, typed.expose()),
                FactorProof::Passkey(_) => match &verified {
                    Some(verified) => passkeys::take(tx, &caller, verified, from.now),
                    None => Ok(false),
                },
            })?;
            match right {
                Ok(()) => {
                    let until = confirmation::confirm(tx, &caller, from.now)?;
                    Ok::<_, Refusal<FactorError>>(Ok(Confirmed { until }))
                }
                Err(refusal) => Ok(Err(refusal)),
            }
        });
        decided.await?.map(Reply::Value)
    }
}
