//! Removes a member: what the server kept for it to sign in and to open vaults goes with it.

use std::sync::Arc;

use sealward_contract::{
    chain::Body,
    ids::MemberId,
    operations::{members::RemoveMember, vault::ChainError},
};

use super::{change_and_end, end_sessions};
use crate::{
    operations::{
        Call, Handler, Outcome, Refusal, Reply,
        session::login_key,
        statement::{Followed, take_envelopes},
    },
    server::App,
    store::{
        WriteTx,
        tables::{LOGINS, MEMBERS, SERVICES},
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
    take_envelopes(tx, team, member)?;
    Ok(())
}
