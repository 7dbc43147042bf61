//! Taking a statement into the chain, whatever it says: judged outside the writer, stored if the chain has not moved
//! since, written down, and told to everyone who listens.

use std::{collections::BTreeSet, net::IpAddr, ops::ControlFlow, sync::Arc};

use sealward_contract::{
    audit::AuditedAct,
    bytes::Bytes,
    chain::{Body, Invitation, InvitationState, NamedHead, Refused, SignedStatement, TeamState, TouchedVault},
    ids::{Epoch, MemberId, TeamId, Timestamp, VaultId},
    limits,
    operations::{
        invitations::VaultEnvelope,
        vault::{ChainError, Envelope},
    },
    policy,
    problem::Rejection,
};
use serde::{Serialize, de::DeserializeOwned};

use super::{
    answers::Keyed,
    audit::{self, Audited},
    call::{Call, Caller, Refusal},
    factors::confirmation,
    recovery, requests,
};
use crate::{
    memory::{hub::Hint, turns::Turn},
    server::App,
    store::{
        Order, Rows, StoreError, WriteTx,
        tables::{ENVELOPES, EnvelopeRow, HEADS, STATEMENTS, TEAMS},
    },
};

/// Times that a statement is judged again when the chain moves while it waits in the queue.
const JUDGED: usize = 8;

/// Whose statement it has to be, and the chain that it has to follow.
#[derive(Clone)]
pub(super) struct Author {
    /// The team.
    pub(super) team: TeamId,
    /// Who.
    pub(super) member: MemberId,
    /// The team at its newest statement.
    pub(super) state: Arc<TeamState>,
    /// The session that the statement comes by; `None` for whoever has none yet.
    pub(super) caller: Option<Caller>,
}

impl From<&Caller> for Author {
    fn from(caller: &Caller) -> Self {
        Self {
            team: caller.team,
            member: caller.member,
            state: Arc::clone(&caller.state),
            caller: Some(caller.clone()),
        }
    }
}

/// A statement as it was sent.
#[derive(Clone)]
pub(super) struct Sent {
    pub(super) wire: Bytes,
    pub(super) keyed: Option<Keyed>,
    pub(super) address: IpAddr,
    pub(super) now: Timestamp,
}

impl Sent {
    /// The statement of a call.
    pub(super) fn new<O: sealward_contract::operations::Operation>(call: &Call<O>, wire: &Bytes) -> Self {
        Self { wire: wire.clone(), keyed: call.keyed, address: call.address, now: call.now }
    }
}

/// A statement that follows from the chain.
#[derive(Clone)]
pub(super) struct Followed {
    /// The statement as received.
    pub(super) wire: Bytes,
    /// What it says.
    pub(super) body: Body,
    /// The team with it.
    pub(super) state: Arc<TeamState>,
}

impl Followed {
    /// Its place in the chain.
    pub(super) fn sequence(&self) -> u64 {
        self.state.position().sequence
    }
}

/// A refusal for what a statement says.
pub(super) fn refuse(reason: Refused) -> Refusal<ChainError> {
    Refusal::Own(ChainError::StatementRefused { reason })
}

/// Takes a statement. `prepare` says whether it is the one that was asked for, and checks what goes with it; `keep` stores
/// that, in the transaction that stores the statement and its event.
///
/// # Errors
/// The first fault found; then nothing is stored.
pub(super) async fn take<P, T, K>(
    app: &Arc<App>,
    mut author: Author,
    sent: Sent,
    prepare: impl Fn(&Followed) -> Result<P, Refusal<ChainError>>,
    keep: K,
) -> Result<T, Refusal<ChainError>>
where
    P: Send + 'static,
    T: Serialize + DeserializeOwned + Send + 'static,
    K: Fn(&mut WriteTx<'_, '_>, &Followed, P) -> Result<T, Refusal<ChainError>> + Clone + Send + 'static,
{
    for _ in 0..JUDGED {
        let followed = app.store.read(|tx| follow(tx, &author, &sent.wire, sent.now))?;
        let prepared = prepare(&followed)?;
        let state = Arc::clone(&followed.state);
        let (keep, judged, Sent { keyed, address, now, .. }) = (keep.clone(), author.clone(), sent.clone());
        let shared = Arc::clone(app);
        let taken = app.write(keyed, now, move |tx| {
            check_heads(tx, &followed.body)?;
            store(tx, &judged, &followed)?;
            check_confirmed(tx, &judged, &followed.body, now)?;
            recovery::drop_void(tx, &judged.state, &followed.state)?;
            let answer = keep(tx, &followed, prepared)?;
            drop_closed(tx, &judged.state, &followed)?;
            requests::end_lost(tx, &shared.lease_keys, &followed.state, now)?;
            let what = AuditedAct::of_statement(&followed.body);
            let statement = Some(followed.wire);
            let (team, member, address) = (judged.team, Some(judged.member), Some(address));
            audit::append(tx, now, Audited { team, member, address, what, statement })?;
            Ok(answer)
        });
        match taken.await {
            Err(Refusal::Moved) => {
                let newest = app.store.read(|tx| app.teams.state(tx, &author.team))?;
                author.state = newest.ok_or(Rejection::NotFound)?;
            }
            Err(refusal) => return Err(refusal),
            Ok(answer) => {
                app.teams.keep(author.team, state);
                app.hub.tell(&author.team, Hint::Team);
                return Ok(answer);
            }
        }
    }
    Err(Rejection::Unavailable.into())
}

/// Judges a statement by the newest chain.
fn follow(rows: &impl Rows, author: &Author, wire: &Bytes, now: Timestamp) -> Result<Followed, Refusal<ChainError>> {
    if wire.len() > limits::STATEMENT {
        return Err(refuse(Refused::Limit));
    }
    let signed = SignedStatement::parse(wire).map_err(|_| refuse(Refused::Signature))?;
    let statement = signed.value();
    if statement.team != Some(author.team) {
        return Err(refuse(Refused::Team));
    }
    if statement.author != author.member {
        return Err(refuse(Refused::Author));
    }
    let newest = author.state.position();
    if statement.sequence != newest.sequence + 1 || statement.previous != newest.hash {
        let statements = since(rows, author.team, statement.sequence)?;
        return Err(Refusal::Own(ChainError::StaleChain { statements }));
    }
    if statement.time.since(now) > limits::CLOCK_SKEW || now.since(statement.time) > limits::CLOCK_SKEW {
        return Err(refuse(Refused::Time));
    }
    let mut state = TeamState::clone(&author.state);
    state.apply(&signed).map_err(refuse)?;
    Ok(Followed { wire: wire.clone(), body: statement.body.clone(), state: Arc::new(state) })
}

/// The statements from this number on, at most a page of them.
pub(super) fn since(rows: &impl Rows, team: TeamId, sequence: u64) -> Result<Vec<Bytes>, StoreError> {
    let mut statements = Vec::new();
    STATEMENTS.scan_from(rows, &team, &(team, sequence), |_, wire| {
        statements.push(wire);
        let full = statements.len() >= limits::SYNC_STATEMENTS;
        Ok(if full { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    Ok(statements)
}

/// The chain must not have moved since the statement was judged.
fn store(tx: &mut WriteTx<'_, '_>, author: &Author, followed: &Followed) -> Result<(), Refusal<ChainError>> {
    let mut team = TEAMS.get(tx, &author.team)?.ok_or(Refusal::Moved)?;
    if team.hash != author.state.position().hash {
        return Err(Refusal::Moved);
    }
    let position = followed.state.position();
    (team.sequence, team.hash) = (position.sequence, position.hash);
    TEAMS.put(tx, &author.team, &team)?;
    STATEMENTS.put(tx, &(author.team, position.sequence), &followed.wire)?;
    Ok(())
}

/// Rights are given with a fresh confirmation, by whoever has a second factor.
fn check_confirmed(rows: &impl Rows, author: &Author, body: &Body, now: Timestamp) -> Result<(), Refusal<ChainError>> {
    let Some(caller) = &author.caller else { return Ok(()) };
    if policy::gives_rights_needs_factor(&author.state, body) {
        confirmation::check_fresh(rows, caller, now)?;
    }
    Ok(())
}

/// The heads that a statement names, each with its vault.
pub(super) fn named_heads(body: &Body) -> Vec<(VaultId, NamedHead)> {
    let touched = |vaults: &[TouchedVault]| vaults.iter().map(|touched| (touched.vault, touched.head)).collect();
    match body {
        Body::NewEpoch(new) => vec![(new.vault, new.head)],
        Body::SetGrant(set) => set.head.map(|head| (set.vault, head)).into_iter().collect(),
        Body::Revoke(revoke) => revoke.head.map(|head| (revoke.vault, head)).into_iter().collect(),
        Body::Suspend(suspend) => touched(&suspend.vaults),
        Body::Remove(remove) => touched(&remove.vaults),
        Body::RenewService(renew) => touched(&renew.vaults),
        Body::EndGroupGrants(end) => vec![(end.vault, end.head)],
        Body::ReplaceKeys(replace) => touched(&replace.vaults),
        Body::SetPassword(set) => touched(&set.vaults),
        Body::Genesis(_)
        | Body::NewVault(_)
        | Body::SetPolicy(_)
        | Body::Invite(_)
        | Body::WithdrawInvite(_)
        | Body::Join(_)
        | Body::SetTeamRole(_)
        | Body::Resume(_)
        | Body::Admit(_)
        | Body::SetService(_)
        | Body::SetGroup(_)
        | Body::SetGroupRole(_)
        | Body::GrantByGroup(_)
        | Body::SetTeamPolicy(_)
        | Body::SetRecovery(_)
        | Body::Enrol(_)
        | Body::EndEnrolment(_)
        | Body::Recover(_)
        | Body::CancelRecovery(_)
        | Body::AdmitPerson(_)
        | Body::RegisterPerson(_) => Vec::new(),
    }
}

/// Every head that a statement names must be the newest: what was written before it counts, and nothing else does.
fn check_heads(rows: &impl Rows, body: &Body) -> Result<(), Refusal<ChainError>> {
    for (vault, named) in named_heads(body) {
        let newest = HEADS.get(rows, &vault)?;
        if newest.is_none_or(|newest| newest.sequence != named.sequence || newest.hash != named.hash) {
            return Err(Refusal::Own(ChainError::HeadRefused));
        }
    }
    Ok(())
}

/// The turns in the vaults whose heads a statement names, so that no writer is faster all the time. Nobody takes one where
/// they have no right to take a right away: others would wait for nothing.
pub(super) async fn take_turns(app: &App, caller: &Caller, wire: &Bytes) -> Result<Vec<Turn>, Rejection> {
    let signed = SignedStatement::parse(wire).ok();
    let named = signed.as_ref().map(|signed| named_heads(&signed.value().body)).unwrap_or_default();
    // Of keys of one's own, everyone.
    let own_keys = signed.is_some_and(|signed| matches!(signed.value().body, Body::ReplaceKeys(_)));
    let may_name = |vault: &VaultId| {
        let state = &caller.state;
        let may = policy::may_revoke(state, &caller.member, vault)
            || (own_keys && state.standing_role(vault, &caller.member).is_some());
        state.vault(vault).is_some() && may
    };
    let own = named.into_iter().map(|(vault, _)| vault).filter(may_name);
    let vaults: BTreeSet<VaultId> = own.collect();
    let mut turns = Vec::new();
    // In the order of their ids: two who wait never wait for each other.
    for vault in vaults {
        turns.push(app.turns.enter(vault, caller.session).await.map_err(|_| Rejection::Unavailable)?);
    }
    Ok(turns)
}

/// Stores the envelopes that a statement brings.
///
/// # Errors
/// The store failed.
pub(super) fn store_envelopes(
    tx: &mut WriteTx<'_, '_>,
    followed: &Followed,
    vault: VaultId,
    epoch: Epoch,
    envelopes: &[Envelope],
) -> Result<(), StoreError> {
    let (team, sequence) = (followed.state.team(), followed.state.position().sequence);
    for envelope in envelopes {
        let row = EnvelopeRow { epoch, sealed: envelope.sealed.clone() };
        ENVELOPES.put(tx, &(team, envelope.recipient, sequence, vault), &row)?;
    }
    Ok(())
}

/// What was sealed to invitations that this statement closes is for nobody any more.
fn drop_closed(tx: &mut WriteTx<'_, '_>, before: &TeamState, followed: &Followed) -> Result<(), StoreError> {
    let open = |state: &TeamState, invite| {
        state.invitation(invite).is_some_and(|invitation| invitation.state == InvitationState::Open)
    };
    for Invitation { invite, .. } in before.invitations() {
        if open(before, &invite.invite) && !open(&followed.state, &invite.invite) {
            take_envelopes(tx, before.team(), invite.invite.member())?;
        }
    }
    Ok(())
}

/// Takes all envelopes of a recipient out of the store: what was made for an invitation, or for whoever left.
///
/// # Errors
/// The store failed.
pub(super) fn take_envelopes(
    tx: &mut WriteTx<'_, '_>,
    team: TeamId,
    recipient: MemberId,
) -> Result<Vec<(VaultId, EnvelopeRow)>, StoreError> {
    let mut taken = Vec::new();
    ENVELOPES.scan(tx, &(team, recipient), Order::Forward, |place, row| {
        taken.push((place, row));
        Ok(ControlFlow::Continue(()))
    })?;
    for (place, _) in &taken {
        ENVELOPES.delete(tx, place);
    }
    Ok(taken.into_iter().map(|((.., vault), row)| (vault, row)).collect())
}

/// One envelope of a possible size for each who gets the vault's keys, and none besides.
pub(super) fn check_envelopes(
    state: &TeamState,
    vault: &VaultId,
    envelopes: &[Envelope],
) -> Result<(), Refusal<ChainError>> {
    let wanted: BTreeSet<MemberId> = state.recipients(vault).map(|recipient| recipient.member).collect();
    let given: BTreeSet<MemberId> = envelopes.iter().map(|envelope| envelope.recipient).collect();
    let sizes = envelopes.iter().all(|envelope| is_possible(&envelope.sealed));
    if sizes && wanted == given && envelopes.len() == given.len() && envelopes.len() <= limits::ENVELOPES {
        Ok(())
    } else {
        Err(Refusal::Own(ChainError::EnvelopesRefused))
    }
}

/// Whether an envelope may have this size.
pub(super) fn is_possible(sealed: &Bytes) -> bool {
    (1..=limits::ENVELOPE).contains(&sealed.len())
}

/// Keys to be stored: of which vault, and in which epoch they were made.
pub(super) type Wrapped = (VaultId, Epoch, Envelope);

/// The directory's key for somebody new, and the keys of each vault that is granted, of none besides.
pub(super) fn wrapped(
    state: &TeamState,
    recipient: MemberId,
    granted: &BTreeSet<VaultId>,
    directory: &Bytes,
    envelopes: &[VaultEnvelope],
) -> Result<Vec<Wrapped>, Refusal<ChainError>> {
    let refused = || Refusal::Own(ChainError::EnvelopesRefused);
    let given: BTreeSet<VaultId> = envelopes.iter().map(|envelope| envelope.vault).collect();
    let sizes = is_possible(directory) && envelopes.iter().all(|envelope| is_possible(&envelope.sealed));
    if !sizes || *granted != given || given.len() != envelopes.len() {
        return Err(refused());
    }
    let envelope = |sealed: &Bytes| Envelope { recipient, sealed: sealed.clone() };
    let mut wrapped = vec![(VaultId::DIRECTORY, state.directory_epoch(), envelope(directory))];
    for given in envelopes {
        let newest = state.vault(&given.vault).and_then(|vault| vault.epoch()).ok_or_else(refused)?;
        wrapped.push((given.vault, newest.epoch, envelope(&given.sealed)));
    }
    Ok(wrapped)
}

/// Stores such keys.
///
/// # Errors
/// The store failed.
pub(super) fn store_wrapped(
    tx: &mut WriteTx<'_, '_>,
    followed: &Followed,
    wrapped: Vec<Wrapped>,
) -> Result<(), StoreError> {
    for (vault, epoch, envelope) in wrapped {
        store_envelopes(tx, followed, vault, epoch, &[envelope])?;
    }
    Ok(())
}
