//! Removes a member: what the server kept for it to sign in and to open shared vaults goes with it. Its personal vault is
//! kept, sealed, for its time.

use std::{ops::ControlFlow, sync::Arc};

use sealward_contract::{
    chain::{Body, Refused},
    ids::{MemberId, VaultId},
    limits,
    operations::{
        members::RemoveMember,
        vault::{ChainError, Envelope, Stated},
    },
    policy,
    record::RecordKind,
};

use super::end_sessions;
use crate::{
    memory::hub::Hint,
    operations::{
        Call, Handler, Outcome, Refusal, Reply, directory, factors, recovery,
        session::login_key,
        statement::{Author, Followed, Sent, is_possible, refuse, store_envelopes, take, take_turns},
    },
    server::App,
    store::{
        Order, WriteTx,
        tables::{ENVELOPES, KEPT_VAULTS, KeptState, KeptVaultRow, LOGINS, MEMBERS, SERVICES},
    },
};

impl Handler for RemoveMember {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let of = |body: &Body| match body {
            Body::Remove(remove) => Some(remove.member),
            _ => None,
        };
        let (caller, member) = (call.caller()?, call.path.member);
        // Nobody else could say it: no writer has to wait for it.
        if !policy::manages_people(&caller.state, &caller.member) {
            return Err(refuse(Refused::Right));
        }
        let _turns = take_turns(app, caller, &call.body.statement).await?;
        let stated = take(
            app,
            Author::from(caller),
            Sent::new(&call, &call.body.statement),
            |followed| match of(&followed.body) {
                Some(removed) if removed == member => check_directory(followed, &call.body.directory),
                _ => Err(refuse(Refused::Unknown)),
            },
            move |tx, followed, directory| {
                forget(tx, followed, member)?;
                store_envelopes(tx, followed, VaultId::DIRECTORY, followed.state.directory_epoch(), &directory)?;
                Ok(Stated { sequence: followed.sequence() })
            },
        )
        .await?;
        app.hub.tell(&call.path.team, Hint::MemberEnded(member));
        Ok(Reply::Value(stated))
    }
}

/// One envelope with the directory's new key for each who gets it, and none where it stays the same.
fn check_directory(followed: &Followed, given: &[Envelope]) -> Result<Vec<Envelope>, Refusal<ChainError>> {
    let renews = matches!(&followed.body, Body::Remove(remove) if remove.directory.is_some());
    let wanted = if renews { followed.state.directory_recipients() } else { Vec::new() };
    let mut brought: Vec<MemberId> = given.iter().map(|envelope| envelope.recipient).collect();
    brought.sort_unstable();
    let whole = brought.iter().eq(wanted.iter().map(|(member, _)| member));
    if whole && given.len() <= limits::ENVELOPES && given.iter().all(|envelope| is_possible(&envelope.sealed)) {
        Ok(given.to_vec())
    } else {
        Err(Refusal::Own(ChainError::EnvelopesRefused))
    }
}

fn forget(tx: &mut WriteTx<'_, '_>, followed: &Followed, member: MemberId) -> Result<(), Refusal<ChainError>> {
    end_sessions(tx, followed, member)?;
    let team = followed.state.team();
    if let Some(known) = followed.state.member(&member) {
        LOGINS.delete(tx, &(team, login_key(&known.sign_in_name())));
    }
    MEMBERS.delete(tx, &(team, member));
    SERVICES.delete(tx, &(team, member));
    factors::forget(tx, team, member)?;
    // What they said of themselves; the chain keeps the login name.
    directory::delete(tx, team, (RecordKind::Profile, member.object()))?;
    recovery::drop_requests(tx, followed.state.team(), member)?;
    keep_personal(tx, followed, member)
}

/// Of the envelopes those with the keys of the member's own vault stay as long as the vault does: only what the member has
/// opens them.
fn keep_personal(tx: &mut WriteTx<'_, '_>, followed: &Followed, member: MemberId) -> Result<(), Refusal<ChainError>> {
    let team = followed.state.team();
    let own = followed.state.personal_vault(&member).map(|(vault, _)| *vault);
    let mut others = Vec::new();
    ENVELOPES.scan(tx, &(team, member), Order::Forward, |place, _| {
        if Some(place.3) != own {
            others.push(place);
        }
        Ok(ControlFlow::Continue(()))
    })?;
    for place in &others {
        ENVELOPES.delete(tx, place);
    }
    if let Some(vault) = own {
        let since = followed.state.time();
        KEPT_VAULTS.put(tx, &(team, vault), &KeptVaultRow { owner: member, since, state: KeptState::Kept })?;
    }
    Ok(())
}
