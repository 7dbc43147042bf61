//! Gives the chain to whoever holds an open invitation's link, and shows that by a signature of its key.

use std::{net::IpAddr, sync::Arc};

use sealward_contract::{
    audit::AuditedAct,
    crypto::Signed,
    ids::{InviteId, TeamId, Timestamp},
    limits,
    operations::invitations::{InvitationError, OpenInvitation, OpenedChain},
    problem::Rejection,
    session::OpenInvitation as Statement,
    suite::SUITE,
};

use super::check_open;
use crate::{
    operations::{
        Call, Handler, Outcome, Refusal, Reply,
        audit::{self, Audited},
        statement::since,
    },
    server::App,
};

/// Writes down that a link was tried by whoever holds it, the same way once for a while.
async fn note(
    app: &Arc<App>,
    team: TeamId,
    invite: InviteId,
    opened: bool,
    (address, now): (IpAddr, Timestamp),
) -> Result<(), Refusal<InvitationError>> {
    let what = if opened { AuditedAct::InvitationOpened { invite } } else { AuditedAct::InvitationRefused { invite } };
    let told = [&[u8::from(opened)], address.to_string().as_bytes()].concat();
    if !app.noted.take(&invite.0, &told, now) {
        return Ok(());
    }
    app.store
        .write(move |tx| {
            let audited = Audited { team, member: None, address: Some(address), what, statement: None };
            Ok(audit::append(tx, now, audited)?)
        })
        .await
}

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
        let open = check_open(invitation, now);
        note(app, team, invite, open.is_ok(), (call.address, now)).await?;
        open.map_err(Refusal::Own)?;
        // Only now: strangers do not make the server read.
        let statements = app.store.read(|tx| since(tx, team, call.body.from))?;
        let told = call.body.from.saturating_add(statements.len() as u64);
        Ok(Reply::Value(OpenedChain { statements, complete: told > state.position().sequence }))
    }
}
