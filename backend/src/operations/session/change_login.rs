//! Changes password or Secret Key: a new login key and bundle under one signature of the old login key. Ends every
//! other session.

use std::sync::Arc;

use sealward_contract::{
    audit::AuditedAct,
    chain::MemberKind,
    crypto::{Signed, VerifyingKey, hash},
    ids::{SessionId, Timestamp},
    limits,
    operations::{
        Empty,
        session::{ChangeLogin as Operation, ChangeLoginError},
    },
    problem::Rejection,
    session::ChangeLogin,
    suite::SUITE,
};

use super::{of_member, remove};
use crate::{
    memory::hub::Hint,
    operations::{
        Call, Caller, Handler, Outcome, Refusal, Reply,
        audit::{self, Audited},
    },
    server::App,
    store::{
        WriteTx,
        tables::{MEMBERS, MemberRow},
    },
};

impl Handler for Operation {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let caller = call.caller()?.clone();
        // A service's token is renewed by whoever keeps it, and never by whoever holds it.
        if caller.state.member(&caller.member).is_none_or(|member| member.kind() == MemberKind::Service) {
            return Err(Refusal::Own(ChangeLoginError::LoginRefused));
        }
        let signed = Signed::<ChangeLogin>::parse(&call.body.change)
            .map_err(|_| Rejection::Malformed { at: "change".into() })?;
        let (change, bundle, kit_tag) = (signed.value().clone(), call.body.bundle, call.body.kit_tag);
        if bundle.len() > limits::BUNDLE {
            return Err(Rejection::TooLarge { limit: limits::BUNDLE as u64 }.into());
        }
        let fits = change.suite == SUITE
            && change.team == caller.team
            && change.member == caller.member
            && change.bundle == hash(&bundle)
            && !bundle.is_empty()
            && change.login_key.check().is_ok();
        let known = app.store.read(|tx| MEMBERS.get(tx, &(caller.team, caller.member)))?;
        let known = known.ok_or(Rejection::Unauthenticated)?.login_key;
        if !fits || signed.verify(&known).is_err() {
            return Err(Refusal::Own(ChangeLoginError::LoginRefused));
        }
        let audited = Audited {
            team: caller.team,
            member: Some(caller.member),
            address: Some(call.address),
            what: AuditedAct::LoginChanged,
            statement: Some(signed.to_wire()),
        };
        let (team, now) = (caller.team, call.now);
        let row = MemberRow { login_key: change.login_key, bundle, bundle_version: change.version, kit_tag };
        let ended = app.store.write(move |tx| replace(tx, &caller, &known, row, audited, now)).await?;
        for session in ended {
            app.hub.tell(&team, Hint::SessionEnded(session));
        }
        Ok(Reply::Value(Empty {}))
    }
}

fn replace(
    tx: &mut WriteTx<'_, '_>,
    caller: &Caller,
    known: &VerifyingKey,
    new: MemberRow,
    audited: Audited,
    now: Timestamp,
) -> Result<Vec<SessionId>, Refusal<ChangeLoginError>> {
    let place = (caller.team, caller.member);
    let row = MEMBERS.get(tx, &place)?.ok_or(Rejection::Unauthenticated)?;
    if row.bundle_version.checked_add(1) != Some(new.bundle_version) {
        return Err(Refusal::Own(ChangeLoginError::StaleBundle { current: row.bundle_version }));
    }
    if row.login_key != *known {
        return Err(Refusal::Own(ChangeLoginError::LoginRefused));
    }
    MEMBERS.put(tx, &place, &new)?;
    let mut ended = Vec::new();
    for (token, row) in of_member(tx, caller.team, caller.member)? {
        if row.session != caller.session {
            remove(tx, caller.team, caller.member, row.session, &token);
            ended.push(row.session);
        }
    }
    audit::append(tx, now, audited)?;
    Ok(ended)
}
