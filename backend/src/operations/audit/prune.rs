//! Removes events that are older than the server keeps them. The last one removed stays as the anchor, number and hash,
//! and an event says so: whoever checks the chain goes on from there, and nothing is removed without a word.

use std::{ops::ControlFlow, sync::Arc};

use sealward_contract::{
    audit::{AuditEvent, AuditedAct},
    codec,
    ids::{TeamId, Timestamp},
};

use super::Audited;
use crate::{
    server::App,
    store::{
        Order, Rows, StoreError, WriteTx,
        tables::{AUDIT_ANCHORS, AUDIT_EVENTS, AuditHeadRow, TEAMS},
    },
};

/// A day in milliseconds. Events are removed when the oldest is this much too old, so that it is written down about once
/// a day.
const DAY: u64 = 24 * 60 * 60 * 1_000;

/// Most events removed in one transaction.
const REMOVED: usize = 2_000;

/// Removes what is older than this many days, of every team.
///
/// # Errors
/// The store failed.
pub(crate) async fn prune(app: &Arc<App>, days: u32) -> Result<(), StoreError> {
    let now = app.clock.now();
    let kept = u64::from(days) * DAY;
    let shared = Arc::clone(app);
    let looking = tokio::task::spawn_blocking(move || shared.store.read(|tx| find_due(tx, now, kept + DAY)));
    for team in looking.await.map_err(|_| StoreError::Panicked)?? {
        while app.store.write(move |tx| remove(tx, team, now, kept)).await? {}
    }
    Ok(())
}

/// The teams whose oldest event is older than this.
fn find_due(rows: &impl Rows, now: Timestamp, age: u64) -> Result<Vec<TeamId>, StoreError> {
    let mut teams = Vec::new();
    TEAMS.scan(rows, &(), Order::Forward, |team, _| {
        teams.push(team);
        Ok(ControlFlow::Continue(()))
    })?;
    let mut due = Vec::new();
    for team in teams {
        let oldest = AUDIT_EVENTS.end(rows, &team, Order::Forward)?;
        let event = oldest.and_then(|(_, bytes)| codec::decode::<AuditEvent>(&bytes).ok());
        if event.is_some_and(|event| now.since(event.time) > age) {
            due.push(team);
        }
    }
    Ok(due)
}

/// Removes the oldest events of a team. Whether there may be more.
fn remove(tx: &mut WriteTx<'_, '_>, team: TeamId, now: Timestamp, kept: u64) -> Result<bool, StoreError> {
    let (mut over, mut last) = (Vec::new(), None);
    AUDIT_EVENTS.scan(tx, &team, Order::Forward, |(_, sequence), bytes| {
        // What cannot be read is a finding of `verify`, and stays.
        let Ok(event) = codec::decode::<AuditEvent>(&bytes) else { return Ok(ControlFlow::Break(())) };
        if now.since(event.time) <= kept || over.len() >= REMOVED {
            return Ok(ControlFlow::Break(()));
        }
        over.push(sequence);
        last = Some(AuditHeadRow { sequence, hash: event.hash(), time: event.time });
        Ok(ControlFlow::Continue(()))
    })?;
    let Some(anchor) = last else { return Ok(false) };
    for sequence in &over {
        AUDIT_EVENTS.delete(tx, &(team, *sequence));
    }
    AUDIT_ANCHORS.put(tx, &team, &anchor)?;
    let what = AuditedAct::EventsPruned { through: anchor.sequence, hash: anchor.hash };
    super::append(tx, now, Audited { team, member: None, address: None, what, statement: None })?;
    Ok(over.len() >= REMOVED)
}
