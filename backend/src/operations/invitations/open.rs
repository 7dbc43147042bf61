//! Gives the chain to whoever holds an open invitation's link, and shows that by a signature of its key.

use std::sync::Arc;

use sealward_contract::{
    crypto::Signed,
    limits,
    operations::invitations::{InvitationError, OpenInvitation, OpenedChain},
    problem::Rejection,
    session::OpenInvitation as Statement,
    suite::SUITE,
};

use super::check_open;
use crate::{
    operations::{Call, Handler, Outcome, Refusal, Reply, statement::since},
    server::App,
};

impl Handler for OpenInvitation {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let refuse = |error| Err(Refusal::Own(error));
        let (team, invite, now) = (call.path.team, call.path.invite, call.now);
        let signed = Signed::<Statement>::parse(&call.body.opening)
            .map_err(|_| Rejection::Malformed { at: "opening".into() })?;
        let said = signed.value();
        if !app.config.origins.contains(&said.origin) {
            return refuse(InvitationError::OriginRefused);
        }
        let state = app.store.read(|tx| app.teams.state(tx, &team))?;
        let invitation = state.as_ref().and_then(|state| state.invitation(&invite));
        let proven = invitation.filter(|invitation| {
            (said.suite, said.team, said.invite) == (SUITE, team, invite)
                && signed.verify(&invitation.invite.signing).is_ok()
        });
        let (Some(invitation), Some(state)) = (proven, &state) else {
            return refuse(InvitationError::InvitationRefused);
        };
        if said.time.since(now).max(now.since(said.time)) > limits::CLOCK_SKEW {
            return refuse(InvitationError::ClockRefused);
        }
        check_open(invitation, now).map_err(Refusal::Own)?;
        // Only now: strangers do not make the server read.
        let statements = app.store.read(|tx| since(tx, team, call.body.from))?;
        let told = call.body.from.saturating_add(statements.len() as u64);
        Ok(Reply::Value(OpenedChain { statements, complete: told > state.position().sequence }))
    }
}
