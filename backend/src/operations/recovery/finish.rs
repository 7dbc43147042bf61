//! Replaces the keys of somebody who was recovered: by their signature under a recovery that was begun, by that of the
//! device which it names, and after enough trustees have given it their shares. Whoever stole the keys alone has no way
//! around the password here.

use std::sync::Arc;

use sealward_contract::{
    chain::{Body, Refused, SignedStatement, TeamState},
    crypto::context::Label,
    ids::MemberId,
    operations::{
        recovery::{FinishRecovery, RecoveredKeys},
        vault::{ChainError, Stated},
    },
};

use super::{Author, Sent, drop_requests, refuse, share::given, take};
use crate::{
    memory::hub::Hint,
    operations::{Call, Handler, Outcome, Refusal, Reply, keys::Kept, members::end_sessions},
    server::App,
    store::tables::MemberRow,
};

impl Handler for FinishRecovery {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let team = call.path.team;
        let author = author(app, &call)?;
        let member = author.member;
        let sent = Sent::new(&call, &call.body.statement);
        let RecoveredKeys { kit_tag, bundle, bundle_version, directory, envelopes, .. } = call.body;
        let stated = take(
            app,
            author,
            sent,
            |followed| match &followed.body {
                Body::ReplaceKeys(replace) if let Some(recovery) = replace.recovery => {
                    check_given(app, &followed.state, member, recovery)?;
                    let login_key = replace.login_key;
                    let row = MemberRow { login_key, bundle: bundle.clone(), bundle_version, kit_tag };
                    Kept::check(&followed.state, member, replace, row, (&directory, &envelopes))
                }
                _ => Err(refuse(Refused::Unknown)),
            },
            move |tx, followed, kept| {
                kept.store(tx, followed, member)?;
                end_sessions(tx, followed, member)?;
                drop_requests(tx, team, member)?;
                Ok(Stated { sequence: followed.sequence() })
            },
        )
        .await?;
        app.hub.tell(&team, Hint::MemberEnded(member));
        Ok(Reply::Value(stated))
    }
}

/// Whoever signed, where a recovery of theirs is open, and on the device that it names: strangers do not get as far as the
/// chain's rules.
fn author(app: &App, call: &Call<FinishRecovery>) -> Result<Author, Refusal<ChainError>> {
    let unknown = || refuse(Refused::Closed);
    let team = call.path.team;
    let state = app.store.read(|tx| app.teams.state(tx, &team))?.ok_or_else(unknown)?;
    let signed = SignedStatement::parse(&call.body.statement).map_err(|_| unknown())?;
    let member = signed.value().author;
    let recovery = state.recovery_of(&member, call.now).ok_or_else(unknown)?;
    // Of another recovery than the one that it names the device's key says nothing.
    let named = matches!(&signed.value().body, Body::ReplaceKeys(replace) if replace.recovery == Some(recovery.since));
    let device = recovery.recover.device.signing;
    let proven = device.verify(Label::FinishRecovery, signed.bytes(), &call.body.device).is_ok();
    if !named || !proven {
        return Err(unknown());
    }
    let known = state.member(&member).ok_or_else(unknown)?;
    signed.verify_cosignature(&known.keys.signing).map_err(|_| unknown())?;
    Ok(Author { team, member, state, caller: None })
}

/// Enough trustees have given their share to this recovery. Those stay until a statement ends it, and whatever was judged by
/// this chain is stored on no other.
fn check_given(app: &App, state: &TeamState, member: MemberId, recovery: u64) -> Result<(), Refusal<ChainError>> {
    let needed = state.recovery_group().map_or(usize::MAX, |group| usize::from(group.needed));
    let given = app.store.read(|tx| given(tx, state.team(), member, recovery))?;
    if given.len() < needed { Err(refuse(Refused::Recovery)) } else { Ok(()) }
}
