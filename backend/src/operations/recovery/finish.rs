//! Replaces the keys of somebody who was recovered. Their signature, under a recovery that was begun, is all that is asked
//! for: what gives it, only enough trustees together could open.

use std::sync::Arc;

use sealward_contract::{
    chain::{Body, Refused, SignedStatement},
    operations::{
        recovery::{FinishRecovery, RecoveredKeys},
        vault::{ChainError, Stated},
    },
};

use super::{Author, Sent, drop_requests, refuse, take};
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
                Body::ReplaceKeys(replace) if replace.recovery.is_some() => {
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

/// Whoever signed, where a recovery of theirs is open: strangers do not get as far as the chain's rules.
fn author(app: &App, call: &Call<FinishRecovery>) -> Result<Author, Refusal<ChainError>> {
    let unknown = || refuse(Refused::Closed);
    let team = call.path.team;
    let state = app.store.read(|tx| app.teams.state(tx, &team))?.ok_or_else(unknown)?;
    let signed = SignedStatement::parse(&call.body.statement).map_err(|_| unknown())?;
    let member = signed.value().author;
    state.recovery_of(&member, call.now).ok_or_else(unknown)?;
    let known = state.member(&member).ok_or_else(unknown)?;
    signed.verify_cosignature(&known.keys.signing).map_err(|_| unknown())?;
    Ok(Author { team, member, state, caller: None })
}
