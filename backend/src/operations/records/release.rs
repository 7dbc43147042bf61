//! Releases one version of one secret to whoever asked for it with a signed statement, and writes that down in the
//! same transaction. With the export, which asks the same of every secret on its list, the only way on which a secret's
//! ciphertext leaves the server.

use std::sync::Arc;

use sealward_contract::{
    audit::AuditedAct,
    bytes::Bytes,
    chain::{Requirement, VaultRole},
    crypto::Signed,
    ids::{ObjectId, Timestamp, VaultId, Version},
    limits,
    operations::records::{RecordListed, ReleaseError, ReleaseSecret},
    policy,
    problem::Rejection,
    record::{RecordKind, RecordState, Tier},
    release::ReleaseStatement,
    suite::SUITE,
};

use super::list::newest;
use crate::{
    operations::{
        Call, Caller, Handler, Outcome, Refusal, Reply,
        audit::{self, Audited},
    },
    server::App,
    store::{
        Rows, StoreError, WriteTx,
        tables::{ENTRIES, Entry, RELEASES, TEAMS},
    },
};

/// Times that a release is judged again when the chain moves while it waits in the queue.
const JUDGED: usize = 8;

impl Handler for ReleaseSecret {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let announced = app.store.announce();
        let mut caller = call.caller()?.clone();
        let (vault, account, now, address) = (call.path.vault, call.path.id, call.now, call.address);
        caller.role(&vault)?;
        let refused = || Refusal::Own(ReleaseError::ReleaseRefused);
        let signed = Signed::<ReleaseStatement>::parse(&call.body.statement).map_err(|_| refused())?;
        let statement = signed.value().clone();
        let fits = statement.suite == SUITE
            && statement.team == caller.team
            && statement.vault == vault
            && statement.account == account
            && statement.member == caller.member
            && statement.reason.as_ref().is_none_or(|reason| reason.len() <= limits::SEALED_REASON)
            && caller.state.has_position(&statement.position);
        if !fits || signed.verify(&caller.signing_key()?).is_err() {
            return Err(refused());
        }
        let skew = statement.time.since(now).max(now.since(statement.time));
        if skew > limits::CLOCK_SKEW {
            return Err(Refusal::Own(ReleaseError::ClockRefused));
        }
        drop(announced);
        let wire = signed.to_wire();
        for _ in 0..JUDGED {
            let announced = app.store.announce();
            let (now_caller, statement, wire) = (caller.clone(), statement.clone(), wire.clone());
            let released = app.store.write(move |tx| {
                drop(announced);
                let audited = Audited {
                    team: now_caller.team,
                    member: Some(now_caller.member),
                    address,
                    what: AuditedAct::SecretReleased { vault, account, version: statement.version },
                    statement: Some(wire),
                };
                release(tx, &now_caller, &statement, audited, now)
            });
            match released.await {
                Err(Refusal::Moved) => {
                    let state = app.store.read(|tx| app.teams.state(tx, &caller.team))?;
                    caller.state = state.ok_or(Rejection::NotFound)?;
                }
                other => return other.map(Reply::Value),
            }
        }
        Err(Rejection::Unavailable.into())
    }
}

fn release(
    tx: &mut WriteTx<'_, '_>,
    caller: &Caller,
    statement: &ReleaseStatement,
    audited: Audited,
    now: Timestamp,
) -> Result<RecordListed, Refusal<ReleaseError>> {
    if TEAMS.get(tx, &caller.team)?.is_none_or(|team| team.hash != caller.state.position().hash) {
        return Err(Refusal::Moved);
    }
    let (vault, id) = (statement.vault, statement.account);
    let wanted = Wanted { vault, account: id, version: statement.version, reason: statement.reason.as_ref() };
    let secret = judge(tx, caller, &wanted)?;
    let place = (caller.team, statement.id);
    if RELEASES.contains(tx, &place)? {
        return Err(Refusal::Own(ReleaseError::ReleaseRefused));
    }
    RELEASES.put(tx, &place, &now)?;
    audit::append(tx, now, audited)?;
    Ok(newest(tx, vault, RecordKind::Secret, id, &secret)?)
}

/// A secret that someone asks for.
pub(crate) struct Wanted<'a> {
    /// Its vault.
    pub(crate) vault: VaultId,
    /// Its account.
    pub(crate) account: ObjectId,
    /// Its version.
    pub(crate) version: Version,
    /// The sealed reason, where one is given.
    pub(crate) reason: Option<&'a Bytes>,
}

/// Whether a caller may be given a secret now, by the rows; asked in the transaction that writes it down.
pub(crate) fn judge(rows: &impl Rows, caller: &Caller, wanted: &Wanted<'_>) -> Result<Entry, Refusal<ReleaseError>> {
    let own = |error| Err(Refusal::Own(error));
    let (vault, id) = (wanted.vault, wanted.account);
    let role = caller.role(&vault)?;
    let account = ENTRIES.get(rows, &(vault, RecordKind::Account, id))?.ok_or(Rejection::NotFound)?;
    let Some(secret) = ENTRIES.get(rows, &(vault, RecordKind::Secret, id))? else {
        return if role == VaultRole::Viewer { own(ReleaseError::Forbidden) } else { Err(Rejection::NotFound.into()) };
    };
    let sequence = caller.state.position().sequence;
    let known = caller.state.vault(&vault).ok_or(Rejection::NotFound)?;
    let in_force = known.policy_at(&id, Some(&account.parent), sequence);
    // A secret sealed before its policy grew stricter is given by the stricter rule.
    let tier = secret.tier.max(known.tier_at(&id, Some(&account.parent), sequence));
    if !policy::may_release(role, tier) {
        let open = policy::may_release(role, Tier::Open);
        return own(if open { ReleaseError::ApprovalRequired } else { ReleaseError::Forbidden });
    }
    if secret.state == RecordState::Deleted || is_deleted(rows, vault, id)? {
        return own(ReleaseError::Deleted);
    }
    if secret.version != wanted.version {
        return own(ReleaseError::StaleVersion { current: secret.version });
    }
    let required = in_force.is_some_and(|policy| policy.reason == Requirement::Required);
    if required && wanted.reason.is_none_or(|reason| reason.is_empty()) {
        return own(ReleaseError::ReasonRequired);
    }
    Ok(secret)
}

/// Whether an account, or anything that it stands in, is deleted.
fn is_deleted(rows: &impl Rows, vault: VaultId, account: ObjectId) -> Result<bool, StoreError> {
    let entry = |kind, id| ENTRIES.get(rows, &(vault, kind, id));
    let (mut kind, mut at) = (RecordKind::Account, account);
    // One step for the account, one for the resource, then groups, then the vault.
    for _ in 0..limits::DEPTH + 3 {
        let (found, is_vault) =
            if at == vault.object() { (entry(RecordKind::Vault, at)?, true) } else { (entry(kind, at)?, false) };
        let Some(found) = found.filter(|found| found.state == RecordState::Live) else { return Ok(true) };
        if is_vault {
            return Ok(false);
        }
        kind = if kind == RecordKind::Account { RecordKind::Resource } else { RecordKind::ResourceGroup };
        at = found.parent;
    }
    Ok(true)
}
