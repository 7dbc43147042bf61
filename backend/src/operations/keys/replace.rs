//! Replaces a person's keys: statement, login, bundle and envelopes in one transaction. What was sealed to the old keys
//! goes, and every other session ends.

use std::sync::Arc;

use sealward_contract::{
    chain::{Body, Refused, ReplaceKeys as Replacement},
    crypto::Signed,
    operations::{
        keys::{NewKeys, ReplaceKeys},
        vault::{ChainError, Stated},
    },
    problem::Rejection,
    session::ChangeLogin,
    suite::SUITE,
};

use super::Kept;
use crate::{
    memory::hub::Hint,
    operations::{
        Call, Caller, Handler, Outcome, Refusal, Reply, session,
        statement::{Author, Followed, Sent, refuse, take, take_turns},
    },
    server::App,
    store::{
        WriteTx,
        tables::{MEMBERS, MemberRow},
    },
};

/// What is stored of new keys, and who says so.
#[derive(Clone)]
struct Proven {
    kept: Kept,
    change: Signed<ChangeLogin>,
}

impl Handler for ReplaceKeys {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let caller = call.caller()?.clone();
        let change = Signed::<ChangeLogin>::parse(&call.body.change)
            .map_err(|_| Rejection::Malformed { at: "change".into() })?;
        let _turns = take_turns(app, &caller, &call.body.statement).await?;
        let sent = Sent::new(&call, &call.body.statement);
        let (new, by) = (call.body, caller.clone());
        let sessions = app.store.read(|tx| session::of_member(tx, caller.team, caller.member))?;
        let stated = take(
            app,
            Author::from(&caller),
            sent,
            |followed| match &followed.body {
                Body::ReplaceKeys(replace) => check(&by, followed, replace, &change, &new),
                _ => Err(refuse(Refused::Unknown)),
            },
            move |tx, followed, proven| keep(tx, followed, &caller, proven),
        )
        .await?;
        for (_, row) in sessions.into_iter().filter(|(_, row)| row.session != by.session) {
            app.hub.tell(&by.team, Hint::SessionEnded(row.session));
        }
        Ok(Reply::Value(stated))
    }
}

/// Checks what comes with the statement: the bundle and login key that it names, under the signature of the login key in
/// force, which `keep` verifies; and keys of the person's vaults.
fn check(
    caller: &Caller,
    followed: &Followed,
    replace: &Replacement,
    change: &Signed<ChangeLogin>,
    new: &NewKeys,
) -> Result<Proven, Refusal<ChainError>> {
    let ChangeLogin { suite, team, member, login_key, bundle, version } = *change.value();
    let own = suite == SUITE && team == caller.team && member == caller.member;
    if !own || login_key != replace.login_key || bundle != replace.bundle {
        return Err(refuse(Refused::Key));
    }
    // Whoever was recovered has no session.
    if replace.recovery.is_some() {
        return Err(refuse(Refused::Unknown));
    }
    let row = MemberRow { login_key, bundle: new.bundle.clone(), bundle_version: version, kit_tag: new.kit_tag };
    let kept = Kept::check(&followed.state, member, replace, row, (&new.directory, &new.envelopes))?;
    Ok(Proven { kept, change: change.clone() })
}

fn keep(
    tx: &mut WriteTx<'_, '_>,
    followed: &Followed,
    caller: &Caller,
    proven: Proven,
) -> Result<Stated, Refusal<ChainError>> {
    let place = (caller.team, caller.member);
    let before = MEMBERS.get(tx, &place)?.ok_or(Rejection::Unauthenticated)?;
    // Whoever holds an open session, and the keys with it, still has to know the password.
    if proven.change.verify(&before.login_key).is_err() {
        return Err(refuse(Refused::Signature));
    }
    proven.kept.store(tx, followed, caller.member)?;
    for (token, row) in session::of_member(tx, caller.team, caller.member)? {
        if row.session != caller.session {
            session::remove(tx, caller.team, caller.member, row.session, &token);
        }
    }
    Ok(Stated { sequence: followed.sequence() })
}
