//! Counts for the reports, from what the person may read anyway.

mod requests;

use self::requests::RequestsSeen;
use super::{clock::now, engine::Engine};
use crate::bridge::*;
use sealward_client::{model::Day, session::ListedEvent};
use sealward_contract::{
    audit::AuditedAct,
    ids::Timestamp,
    limits,
    operations::audit::{EventOrder, EventsQuery},
};

/// Milliseconds of a day.
const DAY: u64 = 86_400_000;
/// Most days that a report goes back.
const LONGEST: u16 = 90;
/// Most pages of events that are counted.
const PAGES: u32 = 40;
/// Days without use after which a service counts as unused, and before its end from which on it counts as expiring.
const UNUSED: i64 = 90;
const EXPIRING: u32 = 14;

impl Engine {
    /// The reports.
    pub async fn read_reports(&self, ask: ReadReports) -> Result<Reports, Error> {
        let mut reports = self.count_events(ask.days.clamp(1, LONGEST)).await?;
        let open = self.open()?;
        let people = open.read_people();
        if people.may_invite {
            let without = self.read_without_factor().await?;
            reports.without_factor = Some(count(without.len()));
            let uses = self.read_service_uses().await?;
            reports.services = Some(services(&people, &uses));
        }
        let exposed = self.read_exposed().await.map(|view| {
            let mut secrets: Vec<_> = view.rows.iter().map(|row| row.secret.item).collect();
            secrets.sort_unstable();
            secrets.dedup();
            count(secrets.len())
        });
        reports.exposed = Some(exposed);
        let due = self.read_uses().await;
        let due =
            due.map(|uses| uses.into_iter().filter(|row| row.change_due).map(|row| row.secret).collect::<Vec<_>>());
        reports.requests.due = Some(due.map(|mut due| {
            // One row for each holder, and the secret is the same.
            due.dedup();
            due
        }));
        let health = open.catalog.borrow_mut().health(&open);
        reports.unhealthy = health.all.weak + health.all.reused + health.all.expired;
        reports.vaults = health.vaults;
        Ok(reports)
    }

    async fn count_events(&self, days: u16) -> Result<Reports, Error> {
        let open = self.open()?;
        let today = now();
        let first = Timestamp((today.0 / DAY).saturating_sub(u64::from(days) - 1) * DAY);
        let mut reports = Reports { all: open.session.reads_audit(), from: first.0, ..Reports::default() };
        let mut asked = RequestsSeen::over(first, days);
        reports.days = (0..u64::from(days))
            .map(|at| ActivityDay { day: Day::of(Timestamp(first.0 + at * DAY)), counts: [0; 5] })
            .collect();
        let mut query = EventsQuery {
            from: Some(first),
            limit: Some(limits::PAGE),
            order: EventOrder::Newest,
            ..EventsQuery::default()
        };
        for page in 0.. {
            let listed = open.session.list_events(&query).await?;
            for event in &listed.events {
                reports.take(event, first);
                asked.take(event);
            }
            match listed.next {
                Some(_) if page + 1 == PAGES => {
                    reports.cut = true;
                    break;
                }
                Some(next) if query.cursor.as_ref() != Some(&next) => query.cursor = Some(next),
                _ => break,
            }
        }
        self.take_in(&open);
        reports.requests = asked.finish(|member| open.name_of(member));
        Ok(reports)
    }
}

impl Reports {
    fn take(&mut self, listed: &ListedEvent, first: Timestamp) {
        let what = &listed.event.what;
        let at = usize::try_from(listed.event.time.since(first) / DAY).unwrap_or(usize::MAX);
        let kind = ActKind::ALL.iter().position(|kind| *kind == what.kind());
        if let Some(count) = kind.and_then(|kind| self.days.get_mut(at).and_then(|day| day.counts.get_mut(kind))) {
            *count += 1;
        }
        let refused = matches!(what, AuditedAct::SignInRefused)
            || matches!(what, AuditedAct::RequestRefused { request: RefusedRequest::SignIn, .. });
        self.sign_ins_refused += u32::from(refused);
    }
}

fn services(people: &People, uses: &[ServiceUse]) -> ServicesReport {
    let since = i64::try_from(now().0).unwrap_or(i64::MAX) - UNUSED * 86_400_000;
    let mut report = ServicesReport::default();
    for member in people.members.iter().filter(|member| member.state == MemberState::Active) {
        let Some(service) = &member.service else { continue };
        let is_used = uses.iter().any(|one| one.member == member.member && one.used >= since);
        report.unused += u32::from(!is_used);
        report.expiring += u32::from(service.days_left.is_some_and(|days| days <= EXPIRING));
    }
    report
}

fn count(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}
