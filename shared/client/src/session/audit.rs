//! The audit: events as the server lists them, each checked against the statement that it carries; and the whole chain,
//! walked from its oldest event to the newest place that a synchronisation gave.

use super::Session;
use crate::{
    error::{Damage, DamagedObject, Error, Fault, from_call},
    transport::Transport,
};
use sealward_contract::{
    audit::{
        AuditEvent, AuditHead, AuditWalk, Basis, Broken, BrokenEvent, StepMisfit, StepsTold, Unfounded, check_statement,
    },
    codec, limits,
    operations::{
        Empty,
        audit::{AuditError, EventFilter, EventPage, EventsQuery, ListAuditEvents},
    },
    policy,
};

/// An event, and what it rests on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedEvent {
    /// The event.
    pub event: AuditEvent,
    /// What it rests on, or why it does not.
    pub basis: Result<Basis, Unfounded>,
}

/// A page of events.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventsListed {
    /// The events.
    pub events: Vec<ListedEvent>,
    /// Where to go on; `None` on the last page.
    pub next: Option<String>,
}

/// What a check of the chain came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AuditChecked {
    /// How many events were checked.
    pub events: u64,
    /// How many of them are steps of requests, or of approvals given ahead, that do not follow from a first one among
    /// them: what those are about is the server's word.
    pub steps_alone: u64,
    /// The last event that the server keeps no longer; nothing was removed where it is the one before the first.
    pub anchor: AuditHead,
    /// The newest place.
    pub head: AuditHead,
    /// Whether the chain was checked as a whole; otherwise only what this member did itself, as nothing else is shown.
    pub whole: bool,
    /// The first fault found.
    pub broken: Option<BrokenEvent>,
}

impl<T: Transport> Session<T> {
    /// Whether this member may read everybody's events.
    #[must_use]
    pub fn reads_audit(&self) -> bool {
        self.with_chain(|chain| policy::may_read_audit(chain, &self.identity.member)).unwrap_or(false)
    }

    /// The newest place of the audit chain that a synchronisation gave.
    #[must_use]
    pub fn audit_head(&self) -> AuditHead {
        self.audit.get()
    }

    /// Events that a query wants, each checked against the statement that it carries, and steps of requests against
    /// each other, as far as they are on the page. That none is missing is for [`Session::check_audit`].
    ///
    /// # Errors
    /// [`Error::NotAllowed`] for another member's events without the right to them; [`Error`].
    pub async fn list_events(&self, query: &EventsQuery) -> Result<EventsListed, Error> {
        let page = self.fetch_events(query).await?;
        // What was signed after the chain known here cannot be checked against it.
        if page.items.iter().any(|listed| self.is_ahead(&listed.event)) {
            self.sync_team_now().await?;
        }
        let listed = page.items.iter().map(|listed| {
            let malformed = |_| Error::from(Damage::of(DamagedObject::Audit, Fault::Malformed));
            let event: AuditEvent = codec::decode(&listed.event).map_err(malformed)?;
            if event.team != self.team {
                return Err(Damage::of(DamagedObject::Audit, Fault::Substituted).into());
            }
            let basis = self.with_chain(|chain| check_statement(chain, &event))?;
            Ok(ListedEvent { event, basis })
        });
        let mut events = listed.collect::<Result<Vec<_>, Error>>()?;
        compare_steps(&mut events);
        Ok(EventsListed { events, next: page.next })
    }

    /// Walks the chain from the oldest event that is kept to the newest place, after a synchronisation: every event
    /// follows the one before, rests on what it says, and the places that this device has seen are on it. `progress` is
    /// told how many events were checked, of how many.
    ///
    /// # Errors
    /// [`Error`] where events could not be had. What is wrong with them is in the answer.
    pub async fn check_audit(&self, progress: impl Fn(u64, u64)) -> Result<AuditChecked, Error> {
        let before = self.audit.get();
        let remembered = self.remembered.borrow().audit;
        self.sync_team_now().await?;
        let head = self.audit.get();
        let mut seen = vec![before];
        seen.extend(remembered.map(|place| AuditHead { sequence: place.sequence, hash: place.hash }));
        if self.reads_audit() { self.walk(head, &seen, progress).await } else { self.check_own(head, progress).await }
    }

    async fn walk(
        &self,
        head: AuditHead,
        seen: &[AuditHead],
        progress: impl Fn(u64, u64),
    ) -> Result<AuditChecked, Error> {
        let mut query = EventsQuery { limit: Some(limits::PAGE), ..EventsQuery::default() };
        let mut page = self.fetch_events(&query).await?;
        let anchor = page.anchor;
        let mut walk = AuditWalk::new(self.team, anchor);
        let broken = find_other(seen, anchor);
        let mut checked = AuditChecked { events: 0, steps_alone: 0, anchor, head, whole: true, broken };
        let total = head.sequence.saturating_sub(anchor.sequence);
        while checked.broken.is_none() {
            for listed in &page.items {
                // What came after the synchronisation is for the next check.
                if walk.at().sequence >= head.sequence {
                    break;
                }
                match self.with_chain(|chain| walk.step(Some(chain), &listed.event))? {
                    Ok((_, basis)) => {
                        checked.events += 1;
                        checked.steps_alone += u64::from(basis.is_step_alone());
                    }
                    Err(broken) => {
                        checked.broken = Some(broken);
                        break;
                    }
                }
                checked.broken = find_other(seen, walk.at());
                if checked.broken.is_some() {
                    break;
                }
            }
            progress(checked.events, total);
            let go_on = checked.broken.is_none() && walk.at().sequence < head.sequence;
            match page.next.take() {
                Some(next) if go_on && !page.items.is_empty() => query.cursor = Some(next),
                _ => break,
            }
            page = self.fetch_events(&query).await?;
        }
        checked.broken = checked.broken.or_else(|| walk.end(head).err());
        Ok(checked)
    }

    /// Of what this member did itself: each event rests on what it says, and none comes twice or late.
    async fn check_own(&self, head: AuditHead, progress: impl Fn(u64, u64)) -> Result<AuditChecked, Error> {
        let mut query = EventsQuery { limit: Some(limits::PAGE), ..EventsQuery::default() };
        let anchor = AuditHead::NONE;
        let mut checked = AuditChecked { events: 0, steps_alone: 0, anchor, head, whole: false, broken: None };
        let mut last = 0;
        loop {
            let page = self.list_events(&query).await?;
            for ListedEvent { event, basis } in &page.events {
                let broken = match basis {
                    _ if event.sequence <= last => Some(Broken::OutOfOrder),
                    _ if event.member != Some(self.identity.member) => Some(Broken::Malformed),
                    Err(unfounded) => Some(Broken::Unfounded(*unfounded)),
                    Ok(_) => None,
                };
                if let Some(broken) = broken {
                    checked.broken = Some(BrokenEvent { sequence: event.sequence, broken });
                    return Ok(checked);
                }
                last = event.sequence;
                checked.events += 1;
                checked.steps_alone += u64::from(basis.as_ref().is_ok_and(Basis::is_step_alone));
            }
            progress(checked.events, checked.events);
            match page.next {
                Some(next) if query.cursor.as_ref() != Some(&next) => query.cursor = Some(next),
                _ => return Ok(checked),
            }
        }
    }

    async fn fetch_events(&self, query: &EventsQuery) -> Result<EventPage, Error> {
        self.api
            .call::<ListAuditEvents>(Some(&self.token), &self.team_path(), query, &Empty {}, None)
            .await
            .map_err(|error| from_call(error, refusal))
    }

    /// Whether an event rests on more of the team's chain than is known here.
    fn is_ahead(&self, event: &[u8]) -> bool {
        let Ok(event) = codec::decode::<AuditEvent>(event) else { return false };
        event.sequence > self.audit.get().sequence
    }

    async fn sync_team_now(&self) -> Result<(), Error> {
        let _turn = self.keeping_up.lock().await;
        self.sync_team().await.map(drop)
    }
}

/// Compares steps of requests with each other, the oldest first. What one is about is signed for where all before it
/// are there; where an event says something else than the one before, it does not hold.
fn compare_steps(events: &mut [ListedEvent]) {
    let mut told = StepsTold::default();
    let mut in_order: Vec<&mut ListedEvent> = events.iter_mut().collect();
    in_order.sort_by_key(|listed| listed.event.sequence);
    for listed in in_order {
        let Ok(basis) = &mut listed.basis else { continue };
        // Steps in between may be on another page, or not what the query wants: that one is missing is no fault here.
        if told.take(&listed.event, basis) == Err(StepMisfit::About) {
            listed.basis = Err(Unfounded::Other);
        }
    }
}

/// Whether this place is another one than a device has seen under the same number.
fn find_other(seen: &[AuditHead], at: AuditHead) -> Option<BrokenEvent> {
    let other = seen.iter().any(|place| place.sequence > 0 && place.sequence == at.sequence && place.hash != at.hash);
    other.then_some(BrokenEvent { sequence: at.sequence, broken: Broken::Changed })
}

fn refusal(error: AuditError) -> Error {
    match error {
        AuditError::Forbidden => Error::NotAllowed,
        AuditError::FilterRefused { filter: EventFilter::Member | EventFilter::Vault } => Error::Gone,
        AuditError::FilterRefused { filter: EventFilter::Time | EventFilter::Cursor } => Error::Unfit,
    }
}
