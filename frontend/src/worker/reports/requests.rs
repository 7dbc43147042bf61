//! How secrets were asked for, from the events: how often, how long approvals took, and who approves whom.

use super::DAY;
use crate::bridge::{ApprovalsOf, AuditedAct, MemberId, RequestId, RequestsDay, RequestsReport};
use sealward_client::{model::Day, session::ListedEvent};
use sealward_contract::{audit::RequestStepKind, ids::Timestamp};
use std::collections::BTreeMap;

/// What was seen of all requests; events come in any order.
pub struct RequestsSeen {
    first: Timestamp,
    days: Vec<RequestsDay>,
    times: BTreeMap<RequestId, Times>,
    pairs: BTreeMap<(MemberId, MemberId), u32>,
}

#[derive(Default)]
struct Times {
    asked: Option<Timestamp>,
    approved: Option<Timestamp>,
}

impl RequestsSeen {
    /// Nothing yet, of so many days.
    pub fn over(first: Timestamp, days: u16) -> Self {
        let day = |at: u64| RequestsDay { day: Day::of(Timestamp(first.0 + at * DAY)), counts: [0; 5] };
        let days = (0..u64::from(days)).map(day).collect();
        Self { first, days, times: BTreeMap::new(), pairs: BTreeMap::new() }
    }

    /// Counts an event, if it is a step of a request and the statement behind it holds.
    pub fn take(&mut self, listed: &ListedEvent) {
        let event = &listed.event;
        if listed.basis.is_err() {
            return;
        }
        if let AuditedAct::RequestStepped { request, of, step, .. } = event.what {
            self.count(request, event.member, of, step, event.time);
        }
    }

    fn count(
        &mut self,
        request: RequestId,
        by: Option<MemberId>,
        of: MemberId,
        step: RequestStepKind,
        time: Timestamp,
    ) {
        let column = match step {
            RequestStepKind::Asked | RequestStepKind::AskedAhead => 0,
            RequestStepKind::Approved => 1,
            RequestStepKind::Rejected => 2,
            RequestStepKind::CheckedOut => 3,
            RequestStepKind::GlassBroken => 4,
            RequestStepKind::Cancelled
            | RequestStepKind::CheckedIn
            | RequestStepKind::ForcedIn
            | RequestStepKind::Revoked => return,
        };
        let at = usize::try_from(time.since(self.first) / DAY).unwrap_or(usize::MAX);
        if let Some(count) = self.days.get_mut(at).and_then(|day| day.counts.get_mut(column)) {
            *count += 1;
        }
        let times = self.times.entry(request).or_default();
        match step {
            RequestStepKind::Asked => times.asked = Some(time),
            RequestStepKind::Approved => {
                times.approved = times.approved.max(Some(time));
                if let Some(by) = by {
                    *self.pairs.entry((by, of)).or_default() += 1;
                }
            }
            _ => {}
        }
    }

    /// What it comes to.
    pub fn finish(self, name_of: impl Fn(MemberId) -> String) -> RequestsReport {
        let waits = self.times.into_values().filter_map(|times| Some(times.approved?.since(times.asked?)));
        let mut waits: Vec<u32> = waits.map(|wait| u32::try_from(wait / 1_000).unwrap_or(u32::MAX)).collect();
        waits.sort_unstable();
        let pairs = self.pairs.into_iter();
        let mut approvals: Vec<ApprovalsOf> =
            pairs.map(|((by, of), count)| ApprovalsOf { by: name_of(by), of: name_of(of), count }).collect();
        approvals.sort_by(|one, other| (other.count, &one.by, &one.of).cmp(&(one.count, &other.by, &other.of)));
        RequestsReport {
            days: self.days,
            approved: super::count(waits.len()),
            median: middle(&waits),
            slowest: waits.last().copied(),
            approvals,
            due: None,
        }
    }
}

/// The value in the middle, or halfway between the two there.
fn middle(sorted: &[u32]) -> Option<u32> {
    let upper = *sorted.get(sorted.len() / 2)?;
    let lower = *sorted.get((sorted.len() - 1) / 2)?;
    Some(lower.midpoint(upper))
}

#[cfg(test)]
mod tests {
    #[cfg(target_arch = "wasm32")]
    use wasm_bindgen_test::wasm_bindgen_test as test;

    use super::*;

    #[test]
    fn times_and_pairs_are_counted_whatever_the_order() {
        let (ada, bob, carol) = (MemberId([1; 16]), MemberId([2; 16]), MemberId([3; 16]));
        let at = |day: u64, seconds: u64| Timestamp(day * DAY + seconds * 1_000);
        let mut seen = RequestsSeen::over(at(10, 0), 3);
        let request = |number: u8| RequestId([number; 16]);
        // Newest first, as they are listed. The first was approved by two, the second by one; the third was asked before
        // these days, and the fourth was rejected.
        seen.count(request(4), Some(bob), ada, RequestStepKind::Rejected, at(12, 30));
        seen.count(request(4), Some(ada), ada, RequestStepKind::Asked, at(12, 10));
        seen.count(request(2), Some(bob), carol, RequestStepKind::Approved, at(11, 700));
        seen.count(request(2), Some(carol), carol, RequestStepKind::Asked, at(11, 600));
        seen.count(request(3), Some(carol), ada, RequestStepKind::Approved, at(10, 500));
        seen.count(request(1), Some(carol), ada, RequestStepKind::Approved, at(10, 360));
        seen.count(request(1), Some(bob), ada, RequestStepKind::Approved, at(10, 90));
        seen.count(request(1), Some(ada), ada, RequestStepKind::Asked, at(10, 60));
        let report = seen.finish(|member| format!("{}", member.0[0]));
        let counts: Vec<[u32; 5]> = report.days.iter().map(|day| day.counts).collect();
        assert_eq!(counts, [[1, 3, 0, 0, 0], [1, 1, 0, 0, 0], [1, 0, 1, 0, 0]]);
        // 300 and 100 seconds.
        assert_eq!((report.approved, report.median, report.slowest), (2, Some(200), Some(300)));
        let pairs: Vec<(&str, &str, u32)> =
            report.approvals.iter().map(|pair| (pair.by.as_str(), pair.of.as_str(), pair.count)).collect();
        assert_eq!(pairs, [("3", "1", 2), ("2", "1", 1), ("2", "3", 1)]);
    }

    #[test]
    fn the_middle_of_nothing_is_nothing() {
        assert_eq!(middle(&[]), None);
        assert_eq!(middle(&[7]), Some(7));
        assert_eq!(middle(&[1, 2, 90]), Some(2));
    }
}
