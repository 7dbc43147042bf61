//! What a webhook is sent: an event of the audit by ids, and nothing of what is sealed. Names only grow, meanings stay.

use sealward_contract::{
    audit::{ActKind, AuditEvent, AuditedAct},
    crypto::Hash,
    ids::{MemberId, TeamId, Timestamp, WebhookId},
};
use serde::Serialize;

#[derive(Serialize)]
struct Message<'a> {
    #[serde(rename = "type")]
    kind: &'static str,
    /// Milliseconds since 1970.
    time: Timestamp,
    team: TeamId,
    #[serde(skip_serializing_if = "Option::is_none")]
    event: Option<Event<'a>>,
}

#[derive(Serialize)]
struct Event<'a> {
    sequence: u64,
    member: Option<MemberId>,
    #[serde(flatten)]
    what: &'a AuditedAct,
    /// Whether a signed statement stands behind it; it is in the chain, not here.
    signed: bool,
    hash: Hash,
}

/// The body that tells of an event.
pub(super) fn event(event: &AuditEvent) -> Vec<u8> {
    let told = Event {
        sequence: event.sequence,
        member: event.member,
        what: &event.what,
        signed: event.statement.is_some(),
        hash: event.hash(),
    };
    let kind = kind_name(event.what.kind());
    write(&Message { kind, time: event.time, team: event.team, event: Some(told) })
}

/// The body of a test.
pub(super) fn test(team: TeamId, time: Timestamp) -> Vec<u8> {
    write(&Message { kind: "test", time, team, event: None })
}

fn write(message: &Message<'_>) -> Vec<u8> {
    // Nothing in it can fail to be written.
    serde_json::to_vec(message).unwrap_or_default()
}

const fn kind_name(kind: ActKind) -> &'static str {
    match kind {
        ActKind::SignIn => "audit.sign_in",
        ActKind::Release => "audit.release",
        ActKind::Change => "audit.change",
        ActKind::People => "audit.people",
        ActKind::Refusal => "audit.refusal",
    }
}

/// Names the delivery of an event: the same however often it is tried.
pub(super) fn event_id(webhook: WebhookId, sequence: u64) -> String {
    format!("{webhook}_{sequence}")
}

/// Names a test.
pub(super) fn test_id(webhook: WebhookId, at: Timestamp) -> String {
    format!("{webhook}_test_{}", at.0)
}
