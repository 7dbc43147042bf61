//! Deletes the personal vaults of people who were removed, once they have been kept for their time. What is in one nobody
//! else could ever open; the chain goes on naming it, and an event says when it went.

use std::{ops::ControlFlow, sync::Arc};

use sealward_contract::{
    audit::AuditedAct,
    ids::{TeamId, Timestamp, VaultId},
};

use crate::{
    operations::{
        audit::{Audited, append},
        files,
    },
    server::App,
    store::{
        Order, Rows, StoreError, WriteTx,
        tables::{
            CHANGES, ENTRIES, ENVELOPES, FILE_RELEASES, FILES, HEADS, KEPT_VAULTS, KeptState, KeptVaultRow, NUMBERED,
            PURGED, RECORDS, RESTS, UPLOADS,
        },
    },
};

/// A day in milliseconds.
const DAY: u64 = 24 * 60 * 60 * 1_000;

/// Most rows of each table removed in one transaction.
const REMOVED: usize = 1_000;

/// Deletes those that have been kept for this many days.
///
/// # Errors
/// The store failed; what is left is deleted the next time.
pub async fn delete_over(app: &Arc<App>, days: u32) -> Result<(), StoreError> {
    let now = app.clock.now();
    let over = app.store.read(|tx| find_over(tx, now, u64::from(days) * DAY))?;
    for (team, vault) in over {
        app.store.write(move |tx| begin(tx, team, vault, now)).await?;
        while app.store.write(move |tx| remove_some(tx, team, vault)).await? {}
        app.chunks.forget(&vault);
    }
    Ok(())
}

fn find_over(rows: &impl Rows, now: Timestamp, kept: u64) -> Result<Vec<(TeamId, VaultId)>, StoreError> {
    let mut over = Vec::new();
    KEPT_VAULTS.scan(rows, &(), Order::Forward, |place, row| {
        if row.state != KeptState::Deleted && now.since(row.since) >= kept {
            over.push(place);
        }
        Ok(ControlFlow::Continue(()))
    })?;
    Ok(over)
}

/// The keys and the head go first: from then on nothing of it can be opened or told of.
fn begin(tx: &mut WriteTx<'_, '_>, team: TeamId, vault: VaultId, now: Timestamp) -> Result<(), StoreError> {
    let Some(row) = KEPT_VAULTS.get(tx, &(team, vault))?.filter(|row| row.state == KeptState::Kept) else {
        return Ok(());
    };
    HEADS.delete(tx, &vault);
    let mut envelopes = Vec::new();
    ENVELOPES.scan(tx, &(team, row.owner), Order::Forward, |place, _| {
        envelopes.push(place);
        Ok(ControlFlow::Continue(()))
    })?;
    for place in &envelopes {
        ENVELOPES.delete(tx, place);
    }
    KEPT_VAULTS.put(tx, &(team, vault), &KeptVaultRow { state: KeptState::Deleting, ..row })?;
    let what = AuditedAct::PersonalVaultDeleted { vault, of: row.owner };
    append(tx, now, Audited { team, member: None, address: None, what, statement: None })
}

/// Removes some of what is left; whether there may be more.
fn remove_some(tx: &mut WriteTx<'_, '_>, team: TeamId, vault: VaultId) -> Result<bool, StoreError> {
    let Some(row) = KEPT_VAULTS.get(tx, &(team, vault))?.filter(|row| row.state == KeptState::Deleting) else {
        return Ok(false);
    };
    let mut found = 0;
    macro_rules! collect {
        ($table:ident, $prefix:expr, $take:expr) => {{
            let mut some = Vec::new();
            $table.scan(tx, $prefix, Order::Forward, |key, row| {
                some.push($take(key, row));
                Ok(if some.len() >= REMOVED { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
            })?;
            found += some.len();
            some
        }};
    }
    for key in collect!(RECORDS, &vault, |key, _| key) {
        RECORDS.delete(tx, &key);
    }
    for key in collect!(RESTS, &vault, |key, _| key) {
        RESTS.delete(tx, &key);
    }
    for key in collect!(CHANGES, &vault, |key, ()| key) {
        CHANGES.delete(tx, &key);
    }
    for key in collect!(PURGED, &vault, |key, _| key) {
        PURGED.delete(tx, &key);
    }
    for key in collect!(FILE_RELEASES, &vault, |key, _| key) {
        FILE_RELEASES.delete(tx, &key);
    }
    for key in collect!(UPLOADS, &(team, row.owner, vault), |key, _| key) {
        UPLOADS.delete(tx, &key);
    }
    for (_, file) in collect!(FILES, &vault, |key, _| key) {
        files::remove(tx, vault, file)?;
    }
    for (key, entry) in collect!(ENTRIES, &vault, |key, entry| (key, entry)) {
        ENTRIES.delete(tx, &key);
        // What was moved elsewhere bears its number there.
        let number = (team, entry.number.0);
        if NUMBERED.get(tx, &number)?.is_some_and(|bearer| bearer.vault == vault) {
            NUMBERED.delete(tx, &number);
        }
    }
    if found == 0 {
        KEPT_VAULTS.put(tx, &(team, vault), &KeptVaultRow { state: KeptState::Deleted, ..row })?;
    }
    Ok(found > 0)
}
