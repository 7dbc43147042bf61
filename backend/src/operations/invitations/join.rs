//! Joins a team by an invitation: statement, login and bundle in one transaction, and the envelopes given this once.

use std::sync::Arc;

use sealward_contract::{
    chain::{Body, Refused, SignedStatement},
    crypto::VerifyingKey,
    ids::{TeamId, Timestamp, VaultId},
    limits,
    operations::{
        invitations::{InvitationError, JoinError, JoinTeam, Joined, NewMember},
        sync::KeyEnvelope,
        vault::{ChainError, Envelope},
    },
};

use super::check_open;
use crate::{
    operations::{
        Call, Handler, Outcome, Refusal, Reply,
        session::login_key,
        statement::{Author, Followed, Sent, refuse, take, take_envelopes},
    },
    server::App,
    store::{
        WriteTx,
        tables::{LOGINS, MEMBERS, MemberRow},
    },
};

impl Handler for JoinTeam {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let author = author(app, call.path.team, &call.body, call.now)?;
        if call.body.bundle.is_empty() || call.body.bundle.len() > limits::BUNDLE {
            return Err(Refusal::Own(JoinError::EnvelopesRefused));
        }
        let sent = Sent::new(&call, &call.body.statement);
        let NewMember { login_key, kit_tag, bundle, .. } = call.body;
        let row = MemberRow { login_key, bundle, bundle_version: 1, kit_tag };
        let joined = take(
            app,
            author,
            sent,
            |followed| match &followed.body {
                Body::Join(_) => check_login(&row.login_key).map(|()| row.clone()),
                _ => Err(refuse(Refused::Unknown)),
            },
            keep,
        );
        Ok(Reply::Value(joined.await.map_err(|refusal| refusal.map(refused))?))
    }
}

/// Whoever joins, if they hold the link of an invitation that is open.
fn author(app: &App, team: TeamId, body: &NewMember, now: Timestamp) -> Result<Author, Refusal<JoinError>> {
    let unknown = || Refusal::Own(JoinError::InvitationRefused);
    let state = app.store.read(|tx| app.teams.state(tx, &team))?.ok_or_else(unknown)?;
    let signed = SignedStatement::parse(&body.statement).map_err(|_| unknown())?;
    let Body::Join(join) = &signed.value().body else { return Err(unknown()) };
    let invitation = state.invitation(&join.invite).ok_or_else(unknown)?;
    signed.verify_cosignature(&invitation.invite.signing).map_err(|_| unknown())?;
    check_open(invitation, now).map_err(|error| Refusal::Own(closed(error)))?;
    Ok(Author { team, member: join.keys.member, state, caller: None })
}

fn check_login(key: &VerifyingKey) -> Result<(), Refusal<ChainError>> {
    key.check().map_err(|_| refuse(Refused::Key))
}

fn keep(tx: &mut WriteTx<'_, '_>, followed: &Followed, row: MemberRow) -> Result<Joined, Refusal<ChainError>> {
    let Body::Join(join) = &followed.body else { return Err(refuse(Refused::Unknown)) };
    let (team, member) = (followed.state.team(), join.keys.member);
    LOGINS.put(tx, &(team, login_key(&join.keys.login_name)), &member)?;
    MEMBERS.put(tx, &(team, member), &row)?;
    let taken = take_envelopes(tx, team, member)?;
    let envelopes = taken.into_iter().map(|(vault, row)| KeyEnvelope {
        vault: (vault != VaultId::DIRECTORY).then_some(vault),
        epoch: row.epoch,
        envelope: Envelope { recipient: member, sealed: row.sealed },
    });
    Ok(Joined { member, envelopes: envelopes.collect() })
}

fn closed(error: InvitationError) -> JoinError {
    match error {
        InvitationError::InvitationUsed => JoinError::InvitationUsed,
        InvitationError::InvitationWithdrawn => JoinError::InvitationWithdrawn,
        InvitationError::InvitationExpired => JoinError::InvitationExpired,
        InvitationError::InvitationRefused | InvitationError::ClockRefused | InvitationError::OriginRefused => {
            JoinError::InvitationRefused
        }
    }
}

fn refused(error: ChainError) -> JoinError {
    match error {
        ChainError::StaleChain { statements } => JoinError::StaleChain { statements },
        // It was open when this was looked at first: somebody else was faster.
        ChainError::StatementRefused { reason: Refused::Closed } => JoinError::InvitationUsed,
        ChainError::StatementRefused { reason } => JoinError::StatementRefused { reason },
        ChainError::EnvelopesRefused | ChainError::RecordRefused | ChainError::HeadRefused => {
            JoinError::EnvelopesRefused
        }
    }
}
