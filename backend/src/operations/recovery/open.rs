//! Gives a device what there is of the recovery that names it: the chain and the shares, and once those are enough, what
//! they open.

use std::{ops::ControlFlow, sync::Arc};

use sealward_contract::{
    chain::{Recovery, TeamState},
    crypto::Signed,
    ids::{MemberId, TeamId, VaultId},
    limits,
    operations::{
        recovery::{OpenRecovery, OpenedShare, RecoveryError, RecoveryOpened, RecoveryRest},
        sync::{KeyEnvelope, VaultHead},
        vault::Envelope,
    },
    problem::Rejection,
    session::OpenRecovery as Statement,
    suite::SUITE,
};

use super::{session::login_key, share::given, statement::since};
use crate::{
    operations::{Call, Handler, Outcome, Refusal, Reply},
    server::App,
    store::{
        Order, ReadTx, StoreError,
        tables::{ENVELOPES, HEADS, LOGINS, MEMBERS, RECOVERY_COPIES},
    },
};

impl Handler for OpenRecovery {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let refuse = |error| Err(Refusal::Own(error));
        let (team, now) = (call.path.team, call.now);
        let signed = Signed::<Statement>::parse(&call.body.opening)
            .map_err(|_| Rejection::Malformed { at: "opening".into() })?;
        let said = signed.value();
        if !app.config.origins.contains(&said.origin) {
            return refuse(RecoveryError::OriginRefused);
        }
        let opened = app.store.read(|tx| {
            let Some(state) = app.teams.state(tx, &team)? else { return Ok(None) };
            let Some(member) = LOGINS.get(tx, &(team, login_key(&said.login_name)))? else { return Ok(None) };
            let Some(recovery) = state.recovery_of(&member, now) else { return Ok(None) };
            let proven =
                (said.suite, said.team) == (SUITE, team) && signed.verify(&recovery.recover.device.signing).is_ok();
            let in_time = said.time.since(now).max(now.since(said.time)) <= limits::CLOCK_SKEW;
            match (proven, in_time) {
                (false, _) => Ok(None),
                (true, false) => Ok(Some(Err(RecoveryError::ClockRefused))),
                (true, true) => Ok::<_, StoreError>(Some(Ok(open(tx, &state, recovery, call.body.from)?))),
            }
        })?;
        match opened {
            Some(Ok(opened)) => Ok(Reply::Value(opened)),
            Some(Err(error)) => refuse(error),
            None => refuse(RecoveryError::RecoveryUnknown),
        }
    }
}

fn open(rows: &ReadTx, state: &TeamState, recovery: &Recovery, from: u64) -> Result<RecoveryOpened, StoreError> {
    let (team, member) = (state.team(), recovery.recover.member);
    let statements = since(rows, team, from)?;
    let complete = from.saturating_add(statements.len() as u64) > state.position().sequence;
    let given = given(rows, team, member, recovery.since)?;
    let needed = state.recovery_group().map_or(usize::MAX, |group| usize::from(group.needed));
    let rest = if given.len() >= needed { rest(rows, state, team, member)? } else { None };
    let shares = given.into_iter().map(|(trustee, row)| OpenedShare { trustee, sealed: row.sealed });
    Ok(RecoveryOpened { statements, complete, shares: shares.collect(), rest })
}

fn rest(rows: &ReadTx, state: &TeamState, team: TeamId, member: MemberId) -> Result<Option<RecoveryRest>, StoreError> {
    let (Some(copy), Some(row)) = (RECOVERY_COPIES.get(rows, &(team, member))?, MEMBERS.get(rows, &(team, member))?)
    else {
        return Ok(None);
    };
    let (mut envelopes, mut heads) = (Vec::new(), Vec::new());
    ENVELOPES.scan(rows, &(team, member), Order::Forward, |(_, recipient, _, vault), row| {
        let envelope = Envelope { recipient, sealed: row.sealed };
        let vault = (vault != VaultId::DIRECTORY).then_some(vault);
        envelopes.push(KeyEnvelope { vault, epoch: row.epoch, envelope });
        Ok(ControlFlow::Continue(()))
    })?;
    for vault in state.standing_vaults(&member) {
        let row = HEADS.get(rows, vault)?.ok_or(StoreError::Damaged { table: "heads" })?;
        heads.push(VaultHead { vault: *vault, head: row.head });
    }
    Ok(Some(RecoveryRest { copy, bundle_version: row.bundle_version, envelopes, heads }))
}
