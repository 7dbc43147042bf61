//! Requests in words.

use crate::bridge::{AskedRow, EndHow, RequestStatus, Said};
use crate::page::language::{moment, number, span, tr};
use crate::page::pages::detail::millis;
use sealward_contract::audit::{RequestEnd, RequestStepKind};

/// How a request stands, and the class of its badge.
pub fn status(request: &AskedRow) -> (&'static str, &'static str) {
    match request.status {
        RequestStatus::Requested => ("badge accent", tr!(requests.status_requested)),
        RequestStatus::Approved => ("badge good", tr!(requests.status_approved)),
        RequestStatus::CheckedOut => ("badge warn", tr!(requests.status_out)),
        RequestStatus::CheckedIn => ("badge", tr!(requests.status_in)),
        RequestStatus::Rejected => ("badge bad", tr!(requests.status_rejected)),
        RequestStatus::Cancelled => ("badge", tr!(requests.status_cancelled)),
        RequestStatus::Void => ("badge", tr!(requests.status_void)),
        RequestStatus::Revoked => ("badge bad", tr!(requests.status_revoked)),
    }
}

/// A number of things of which there may be more.
pub fn at_least(count: u32, more: bool) -> String {
    let plus = if more { "+" } else { "" };
    format!("{}{plus}", number(count))
}

/// What it takes.
pub fn needs(approvals: u8) -> String {
    match approvals {
        0 => tr!(requests.how_free).to_owned(),
        1 => tr!(requests.how_one).to_owned(),
        more => tr!(requests.how, count = number(u32::from(more))),
    }
}

/// For when it is asked.
pub fn window(request: &AskedRow) -> String {
    let length = span(request.seconds);
    // What was asked for at once begins with the asking.
    if request.from.saturating_sub(request.asked) < 60_000 {
        tr!(requests.window_now, length = length)
    } else {
        tr!(requests.window_later, when = moment(millis(request.from)), length = length)
    }
}

/// When the time of what is approved comes, where it has not yet.
pub fn comes(request: &AskedRow) -> Option<i64> {
    (request.status == RequestStatus::Approved && millis(request.from) > js_sys::Date::now()).then_some(request.from)
}

/// How many have the secret, or the turn, before what is approved.
pub fn before(request: &AskedRow) -> Option<String> {
    let waits = request.status == RequestStatus::Approved && request.before > 0;
    waits.then(|| match request.own {
        true => tr!(requests.before, count = number(request.before)),
        false => tr!(requests.before_them, count = number(request.before)),
    })
}

/// When the clock moves a request on that waits for its time or its turn, or that is checked out.
pub fn moves(request: &AskedRow) -> Option<i64> {
    if request.status == RequestStatus::CheckedOut {
        return Some(request.until);
    }
    let turn = request.free_at.filter(|_| request.status == RequestStatus::Approved && request.before > 0);
    comes(request).or(turn)
}

/// How it ended, where its status does not say everything.
pub fn end(request: &AskedRow) -> Option<String> {
    let end = request.end.as_ref()?;
    let when = end.time.map(|time| moment(millis(time))).unwrap_or_default();
    let text = match end.how {
        EndHow::Stated => tr!(requests.ended_by, name = end.by, when = when),
        EndHow::Forced => tr!(requests.ended_forced, name = end.by, when = when),
        EndHow::Lapsed => tr!(requests.ended_lapsed).to_owned(),
        EndHow::Restored => tr!(requests.ended_restored).to_owned(),
        EndHow::Extended => tr!(requests.ended_extended).to_owned(),
    };
    Some(text)
}

/// How far the approvals are.
pub fn approved(request: &AskedRow) -> String {
    let count = request.approvals.iter().filter(|approval| approval.counts).count();
    let count = number(u32::try_from(count).unwrap_or(u32::MAX));
    tr!(requests.approved_count, count = count, needed = number(u32::from(request.needed)))
}

/// What was said; `None` where nothing was.
pub fn said(text: &Said) -> Option<String> {
    match text {
        Said::Nothing => None,
        Said::Text(text) => Some(text.clone()),
        Said::Unopenable => Some(tr!(requests.unopenable).to_owned()),
    }
}

/// Seconds as a clock shows them, such as 1:05:09.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "leases last for weeks at most")]
pub fn clock(seconds: f64) -> String {
    let all = seconds.max(0.0) as u64;
    let (hours, minutes, seconds) = (all / 3_600, all / 60 % 60, all % 60);
    match hours {
        0 => format!("{minutes}:{seconds:02}"),
        _ => format!("{hours}:{minutes:02}:{seconds:02}"),
    }
}

/// A step, as the audit tells it.
pub fn step_event(step: RequestStepKind, object: &str, of: &str) -> String {
    match step {
        RequestStepKind::Asked => tr!(requests.event_asked, object = object),
        RequestStepKind::AskedAhead => tr!(ahead.event_asked, object = object),
        RequestStepKind::GlassBroken => tr!(requests.event_glass, object = object),
        RequestStepKind::Approved => tr!(requests.event_approved, object = object, name = of),
        RequestStepKind::Rejected => tr!(requests.event_rejected, object = object, name = of),
        RequestStepKind::Cancelled => tr!(requests.event_cancelled, object = object),
        RequestStepKind::CheckedOut => tr!(requests.event_out, object = object),
        RequestStepKind::CheckedIn => tr!(requests.event_in, object = object),
        RequestStepKind::ForcedIn => tr!(requests.event_forced, object = object, name = of),
        RequestStepKind::Revoked => tr!(requests.event_revoked, object = object, name = of),
    }
}

/// An end by the server, as the audit tells it.
pub fn end_event(ended: RequestEnd, object: &str, of: &str) -> String {
    match ended {
        RequestEnd::CheckedIn => tr!(requests.event_lapsed, object = object, name = of),
        RequestEnd::Void => tr!(requests.event_void, object = object, name = of),
        RequestEnd::Restored => tr!(requests.event_restored, object = object, name = of),
        RequestEnd::Extended => tr!(requests.event_extended, object = object, name = of),
    }
}
