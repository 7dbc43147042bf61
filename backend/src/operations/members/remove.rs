//! Removes a member: what the server kept for it to sign in and to open shared vaults goes with it. Its personal vault is
//! kept, sealed, for its time.

use std::{ops::ControlFlow, sync::Arc};

use sealward_contract::{
    chain::Body,
    ids::MemberId,
    operations::{members::RemoveMember, vault::ChainError},
};

use super::{change_and_end, end_sessions};
use crate::{
    operations::{Call, Handler, Outcome, Refusal, Reply, factors, recovery, session::login_key, statement::Followed},
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
        Ok(Reply::Value(change_and_end(app, &call, of, forget).await?))
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
