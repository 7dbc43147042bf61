//! Secrets that were taken without an approval. Whoever may approve knows them by the requests; owners and auditors by the
//! audit, for they need not see the vault. They are told until the person has taken note.

use super::{
    clock::{millis, now},
    engine::Open,
    requests::said,
};
use crate::bridge::*;
use sealward_client::{
    error as client,
    session::{ListedEvent, RequestShown, TextShown},
};
use sealward_contract::{
    audit::{AuditedAct, RequestStepKind},
    ids::Timestamp,
    limits,
    operations::{
        audit::{EventOrder, EventsQuery},
        requests::WhichRequests,
    },
};
use std::collections::BTreeMap;

/// For how many milliseconds an emergency is told of.
const LASTS: u64 = 30 * 24 * 60 * 60 * 1_000;
/// Milliseconds after which requests that are over are looked through again: hints come many at a time.
const AGAIN: u64 = 10 * 1_000;
/// For how many milliseconds a request may come late: the clocks of those who ask are only about right, and statements wait.
const LATE: u64 = 60 * 60 * 1_000;

/// What is known of them.
#[derive(Default)]
pub struct Emergencies {
    found: BTreeMap<RequestId, Found>,
    /// Up to which time of asking requests that are over were looked through, where all of them were.
    looked_back: Option<Timestamp>,
    /// Up to when the audit was looked through.
    audited: Option<Timestamp>,
}

struct Found {
    by: MemberId,
    vault: VaultId,
    account: ObjectId,
    time: Timestamp,
    reason: Option<TextShown>,
}

impl Emergencies {
    fn take_request(&mut self, request: &RequestShown) {
        if request.break_glass {
            let found = Found {
                by: request.requester,
                vault: request.vault,
                account: request.account,
                time: request.asked,
                reason: Some(request.reason.clone()),
            };
            self.found.insert(request.id, found);
        }
    }

    fn take_event(&mut self, listed: &ListedEvent) {
        let AuditedAct::RequestStepped { vault, account, request, step: RequestStepKind::GlassBroken, .. } =
            listed.event.what
        else {
            return;
        };
        // Without the statement behind it, nobody is accused.
        if let (Ok(_), Some(by)) = (&listed.basis, listed.event.member) {
            let found = Found { by, vault, account, time: listed.event.time, reason: None };
            self.found.entry(request).or_insert(found);
        }
    }
}

impl Open {
    /// Looks for new ones: among open requests of others, where there are any to answer, and in the audit where the person
    /// reads it. What could not be looked for is looked for with the next hint.
    pub async fn find_emergencies(&self, others: Option<&[RequestShown]>) {
        if let Some(others) = others {
            let _ = self.look_through_requests(others).await;
        }
        if self.session.reads_audit() {
            let _ = self.look_through_audit().await;
        }
    }

    async fn look_through_requests(&self, others: &[RequestShown]) -> Result<(), client::Error> {
        others.iter().for_each(|request| self.emergencies.borrow_mut().take_request(request));
        let (started, looked_at) = (now(), self.emergencies.borrow().looked_back);
        if looked_at.is_some_and(|looked| started.since(looked) < AGAIN) {
            return Ok(());
        }
        // Also what was taken and given back while nobody here was looking: the newest first, down to what is known.
        let since = looked_at.map_or(0, |looked| looked.0.saturating_sub(LATE));
        let since = since.max(started.0.saturating_sub(LASTS));
        let mut cursor = None;
        loop {
            let past = self.session.list_requests(WhichRequests::Others, false, cursor).await?;
            let mut emergencies = self.emergencies.borrow_mut();
            past.requests.iter().for_each(|request| emergencies.take_request(request));
            let is_done = past.requests.last().is_none_or(|oldest| oldest.asked.0 < since);
            match past.next.filter(|_| !is_done) {
                Some(next) => cursor = Some(next),
                None => break,
            }
        }
        self.emergencies.borrow_mut().looked_back = Some(started);
        Ok(())
    }

    async fn look_through_audit(&self) -> Result<(), client::Error> {
        let from = self.emergencies.borrow().audited;
        let from = from.unwrap_or(Timestamp(now().0.saturating_sub(LASTS)));
        let (kind, order) = (Some(ActKind::Change), EventOrder::Newest);
        let mut query =
            EventsQuery { from: Some(from), kind, order, limit: Some(limits::PAGE), ..EventsQuery::default() };
        let mut newest = from;
        loop {
            let listed = self.session.list_events(&query).await?;
            let mut emergencies = self.emergencies.borrow_mut();
            for event in &listed.events {
                emergencies.take_event(event);
                newest = newest.max(event.event.time);
            }
            match listed.next {
                Some(next) if query.cursor.as_ref() != Some(&next) => query.cursor = Some(next),
                _ => break,
            }
        }
        self.emergencies.borrow_mut().audited = Some(newest);
        Ok(())
    }

    /// Those of others of which the person has not taken note, the newest first.
    pub fn read_emergencies(&self) -> Vec<EmergencyRow> {
        let (emergencies, personal) = (self.emergencies.borrow(), self.personal.borrow());
        let since = now().0.saturating_sub(LASTS);
        let unread = emergencies.found.iter().filter(|(request, found)| {
            let own = found.by == self.session.member();
            !own && found.time.0 >= since && !personal.all().emergencies.contains(request)
        });
        let mut rows: Vec<EmergencyRow> = unread
            .map(|(request, found)| EmergencyRow {
                request: *request,
                who: self.name_of(found.by),
                secret: self.name_account(found.vault, found.account),
                account: found.account,
                time: millis(found.time),
                reason: found.reason.clone().map_or(Said::Nothing, said),
                is_listed: found.reason.is_some(),
            })
            .collect();
        rows.sort_by_key(|row| std::cmp::Reverse(row.time));
        rows
    }
}
