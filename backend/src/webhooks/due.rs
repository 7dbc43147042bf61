//! What webhooks are still to be told, by their place in the audit chain, and what is noted of each call.

use std::{ops::ControlFlow, sync::Arc};

use sealward_contract::{
    audit::{AuditEvent, AuditedAct},
    codec,
    ids::Timestamp,
    limits,
    operations::webhooks::{Delivery, DeliveryResult},
};

use super::Place;
use crate::{
    operations::audit::{self, Audited},
    server::App,
    store::{
        Order, StoreError, WriteTx,
        tables::{AUDIT_EVENTS, AUDIT_HEADS, WEBHOOK_DELIVERIES, WEBHOOKS, WebhookRow},
    },
};

/// Most events that are looked at for one that is wanted.
const LOOKED_AT: usize = 1_000;
/// How long after a first failure it is tried again; each further one doubles that, up to the longest.
const SHORTEST: u64 = 15 * 1_000;
const LONGEST: u64 = 60 * 60 * 1_000;

/// What a webhook is told next.
pub(super) struct Due {
    /// The webhook.
    pub row: WebhookRow,
    /// Up to which event was looked.
    pub through: u64,
    /// The event; none where none of those was wanted.
    pub event: Option<AuditEvent>,
}

/// The webhooks that are behind and may be called now.
pub(super) fn find(app: &App, now: Timestamp) -> Result<Vec<Place>, StoreError> {
    let snapshot = app.store.snapshot()?;
    let mut found = Vec::new();
    WEBHOOKS.scan(&snapshot, &(), Order::Forward, |place, row| {
        if row.enabled && row.next <= now {
            found.push((place, row.through));
        }
        Ok(ControlFlow::Continue(()))
    })?;
    let mut due = Vec::new();
    for (place, through) in found {
        if AUDIT_HEADS.get(&snapshot, &place.0)?.is_some_and(|head| head.sequence > through) {
            due.push(place);
        }
    }
    Ok(due)
}

/// What a webhook is told next; `None` where there is nothing, or it is not there any more.
pub(super) fn next(app: &App, place: Place) -> Result<Option<Due>, StoreError> {
    let snapshot = app.store.snapshot()?;
    let Some(row) = WEBHOOKS.get(&snapshot, &place)?.filter(|row| row.enabled) else { return Ok(None) };
    let (mut through, mut event, mut looked) = (row.through, None, 0);
    AUDIT_EVENTS.scan_after(&snapshot, &place.0, &(place.0, row.through), |(_, sequence), bytes| {
        through = sequence;
        looked += 1;
        // One that cannot be read is a finding of `verify`.
        event = codec::decode::<AuditEvent>(&bytes).ok().filter(|event| row.kinds.contains(&event.what.kind()));
        let enough = event.is_some() || looked >= LOOKED_AT;
        Ok(if enough { ControlFlow::Break(()) } else { ControlFlow::Continue(()) })
    })?;
    Ok((looked > 0).then_some(Due { row, through, event }))
}

/// Notes that nothing up to an event was wanted.
pub(super) async fn skip(app: &Arc<App>, place: Place, through: u64) -> Result<(), StoreError> {
    app.store
        .write(move |tx| {
            if let Some(row) = WEBHOOKS.get(tx, &place)? {
                WEBHOOKS.put(tx, &place, &WebhookRow { through: row.through.max(through), ..row })?;
            }
            Ok(())
        })
        .await
}

/// Notes what came of a call, and gives a webhook up whose calls have failed for too long.
pub(super) async fn note(
    app: &Arc<App>,
    place: Place,
    called: &WebhookRow,
    delivery: Delivery,
) -> Result<(), StoreError> {
    let now = delivery.at;
    let url = called.url.clone();
    app.store
        .write(move |tx| {
            // It may have been deleted or changed meanwhile: what failed at another address says nothing of this one.
            let Some(mut row) = WEBHOOKS.get(tx, &place)?.filter(|row| row.url == url) else { return Ok(()) };
            if matches!(delivery.result, DeliveryResult::Taken { .. }) {
                row.through = row.through.max(delivery.event.unwrap_or_default());
                (row.failing_since, row.failures, row.next) = (None, 0, now);
            } else {
                let since = *row.failing_since.get_or_insert(now);
                let wait = SHORTEST.saturating_mul(1_u64.checked_shl(row.failures).unwrap_or(u64::MAX)).min(LONGEST);
                row.failures = row.failures.saturating_add(1);
                row.next = now.plus_millis(wait);
                if now.since(since) >= limits::WEBHOOK_FAILING && row.enabled {
                    (row.enabled, row.given_up) = (false, true);
                    let what = AuditedAct::WebhookGivenUp { webhook: place.1 };
                    let (team, member, address, statement) = (place.0, None, None, None);
                    audit::append(tx, now, Audited { team, member, address, what, statement })?;
                }
            }
            remember(tx, place, &mut row, delivery)?;
            WEBHOOKS.put(tx, &place, &row)
        })
        .await
}

/// Notes a test among the last calls.
///
/// # Errors
/// The store failed.
pub(crate) async fn note_test(app: &Arc<App>, place: Place, delivery: Delivery) -> Result<(), StoreError> {
    app.store
        .write(move |tx| {
            let Some(mut row) = WEBHOOKS.get(tx, &place)? else { return Ok(()) };
            remember(tx, place, &mut row, delivery)?;
            WEBHOOKS.put(tx, &place, &row)
        })
        .await
}

/// Keeps a call, and forgets the one that is too many.
fn remember(
    tx: &mut WriteTx<'_, '_>,
    place: Place,
    row: &mut WebhookRow,
    delivery: Delivery,
) -> Result<(), StoreError> {
    row.calls += 1;
    WEBHOOK_DELIVERIES.put(tx, &(place.0, place.1, row.calls), &delivery)?;
    let kept = u64::try_from(limits::WEBHOOK_DELIVERIES).unwrap_or(u64::MAX);
    if let Some(oldest) = row.calls.checked_sub(kept) {
        WEBHOOK_DELIVERIES.delete(tx, &(place.0, place.1, oldest));
    }
    Ok(())
}
