//! Removes for good what was deleted, on a custodian's signed statement: payloads and earlier versions go, the newest
//! header of each record stays, because the vault's root is over it.

use std::{collections::BTreeSet, ops::ControlFlow, sync::Arc};

use sealward_contract::{
    audit::AuditedAct,
    crypto::Signed,
    ids::{ObjectId, Timestamp, VaultId},
    limits,
    operations::records::{PurgeError, PurgeObjects, Purged},
    policy,
    problem::Rejection,
    purge::{PurgeStatement, PurgedObject},
    record::{Record, RecordKind, RecordState},
    suite::SUITE,
};

use crate::{
    operations::{
        Call, Caller, Handler, Outcome, Refusal, Reply,
        audit::{self, Audited},
        files,
    },
    server::App,
    store::{
        Order, Rows, StoreError, WriteTx,
        tables::{CHANGES, ENTRIES, Entry, HEADS, PURGED, RECORDS, TEAMS},
    },
};

/// Times that a purge is judged again when the chain moves while it waits in the queue.
const JUDGED: usize = 8;

impl Handler for PurgeObjects {
    async fn handle(app: &Arc<App>, call: Call<Self>) -> Outcome<Self> {
        let mut caller = call.caller()?.clone();
        let (vault, now, address) = (call.path.vault, call.now, call.address);
        caller.role(&vault)?;
        let refused = || Refusal::Own(PurgeError::PurgeRefused);
        let signed = Signed::<PurgeStatement>::parse(&call.body.statement).map_err(|_| refused())?;
        let statement = Arc::new(signed.value().clone());
        let fits = statement.suite == SUITE
            && statement.team == caller.team
            && statement.vault == vault
            && statement.member == caller.member
            && (1..=limits::PURGE_OBJECTS).contains(&statement.objects.len())
            && statement.objects.iter().all(|object| object.kind.is_purgeable())
            && caller.state.has_position(&statement.position);
        if !fits || signed.verify(&caller.signing_at(&statement.position)?).is_err() {
            return Err(refused());
        }
        if statement.time.since(now).max(now.since(statement.time)) > limits::CLOCK_SKEW {
            return Err(Refusal::Own(PurgeError::ClockRefused));
        }
        let wire = signed.to_wire();
        for _ in 0..JUDGED {
            let (now_caller, statement, wire) = (caller.clone(), Arc::clone(&statement), wire.clone());
            let purged = app.store.write(move |tx| {
                let count = purge(tx, &now_caller, &statement, now)?;
                if count > 0 {
                    let (team, member) = (now_caller.team, Some(now_caller.member));
                    let what = AuditedAct::ObjectsPurged { vault, count };
                    audit::append(
                        tx,
                        now,
                        Audited { team, member, address: Some(address), what, statement: Some(wire) },
                    )?;
                }
                Ok(Purged { count })
            });
            match purged.await {
                Err(Refusal::Moved) => {
                    let state = app.store.read(|tx| app.teams.state(tx, &caller.team))?;
                    caller.state = state.ok_or(Rejection::NotFound)?;
                }
                Ok(purged) => {
                    // The same head is now told otherwise.
                    app.chunks.forget(&vault);
                    return Ok(Reply::Value(purged));
                }
                Err(refusal) => return Err(refusal),
            }
        }
        Err(Rejection::Unavailable.into())
    }
}

fn purge(
    tx: &mut WriteTx<'_, '_>,
    caller: &Caller,
    statement: &PurgeStatement,
    now: Timestamp,
) -> Result<u32, Refusal<PurgeError>> {
    if TEAMS.get(tx, &caller.team)?.is_none_or(|team| team.hash != caller.state.position().hash) {
        return Err(Refusal::Moved);
    }
    let vault = statement.vault;
    if !policy::may_purge(caller.role(&vault)?) {
        return Err(Refusal::Own(PurgeError::Forbidden));
    }
    // Whoever comes next in this vault is told of it with the next head.
    let told = HEADS.get(tx, &vault)?.ok_or(Rejection::NotFound)?.sequence.saturating_add(1);
    let mut holders = BTreeSet::new();
    let mut count = 0;
    for PurgedObject { kind, id, version } in &statement.objects {
        let entry = ENTRIES.get(tx, &(vault, *kind, *id))?.ok_or(Rejection::NotFound)?;
        if entry.version != *version {
            let current = Some(entry.version);
            return Err(Refusal::Own(PurgeError::StaleVersion { id: *id, kind: *kind, current }));
        }
        if PURGED.contains(tx, &(vault, *kind, *id))? {
            continue;
        }
        if entry.state != RecordState::Deleted && !stands_in_purged(tx, vault, *kind, &entry)? {
            return Err(Refusal::Own(PurgeError::NotDeleted { id: *id }));
        }
        strip(tx, vault, *kind, *id, entry, (now, told))?;
        if *kind == RecordKind::Account {
            for kind in [RecordKind::Secret, RecordKind::Facts] {
                if let Some(entry) = ENTRIES.get(tx, &(vault, kind, *id))? {
                    strip(tx, vault, kind, *id, entry, (now, told))?;
                }
            }
        }
        if matches!(kind, RecordKind::Resource | RecordKind::Account) {
            holders.insert(*id);
        }
        count += 1;
    }
    for (id, entry) in files_of(tx, vault, &holders)? {
        if !PURGED.contains(tx, &(vault, RecordKind::File, id))? {
            strip(tx, vault, RecordKind::File, id, entry, (now, told))?;
        }
        files::remove(tx, vault, id)?;
    }
    Ok(count)
}

/// The files of resources and accounts.
fn files_of(
    rows: &impl Rows,
    vault: VaultId,
    holders: &BTreeSet<ObjectId>,
) -> Result<Vec<(ObjectId, Entry)>, StoreError> {
    let mut found = Vec::new();
    if holders.is_empty() {
        return Ok(found);
    }
    ENTRIES.scan(rows, &(vault, RecordKind::File), Order::Forward, |(_, _, id), entry| {
        if holders.contains(&entry.parent) {
            found.push((id, entry));
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(found)
}

/// What stands in something purged can never be reached again.
fn stands_in_purged(rows: &impl Rows, vault: VaultId, kind: RecordKind, entry: &Entry) -> Result<bool, StoreError> {
    let around = if kind == RecordKind::Account { RecordKind::Resource } else { RecordKind::ResourceGroup };
    Ok(PURGED.contains(rows, &(vault, around, entry.parent))?
        || PURGED.contains(rows, &(vault, RecordKind::Vault, vault.object()))?)
}

/// Leaves of a record the header of its newest version.
fn strip(
    tx: &mut WriteTx<'_, '_>,
    vault: VaultId,
    kind: RecordKind,
    id: ObjectId,
    entry: Entry,
    (now, told): (Timestamp, u64),
) -> Result<(), StoreError> {
    let mut earlier = Vec::new();
    RECORDS.scan(tx, &(vault, kind, id), Order::Forward, |(.., version), _| {
        earlier.push(version);
        Ok(ControlFlow::Continue(()))
    })?;
    let newest = (vault, kind, id, entry.version.0);
    for version in earlier.into_iter().filter(|version| *version != entry.version.0) {
        RECORDS.delete(tx, &(vault, kind, id, version));
    }
    let damaged = || StoreError::Damaged { table: "records" };
    let wire = RECORDS.get(tx, &newest)?.ok_or_else(damaged)?;
    RECORDS.put(tx, &newest, &Record::parse_header(&wire).map_err(|_| damaged())?.to_bare_wire())?;
    CHANGES.delete(tx, &(vault, entry.sequence, kind, id));
    CHANGES.put(tx, &(vault, told, kind, id), &())?;
    ENTRIES.put(tx, &(vault, kind, id), &Entry { sequence: told, ..entry })?;
    PURGED.put(tx, &(vault, kind, id), &now)
}
