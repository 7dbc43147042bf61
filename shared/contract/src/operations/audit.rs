//! Reading the audit chain.

use super::{TeamPath, operation};
use crate::{
    audit::{ActKind, AuditHead},
    bytes::Bytes,
    ids::{MemberId, ObjectId, Timestamp, VaultId},
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One event, as it was hashed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EventListed {
    /// An encoded [`crate::audit::AuditEvent`].
    pub event: Bytes,
}

/// From which end events are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EventOrder {
    /// The oldest first: as the chain is checked.
    #[default]
    Oldest,
    /// The newest first: as people read.
    Newest,
}

/// Which events, and which page of them. Filters that are given have all to fit.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct EventsQuery {
    /// Where to go on: `next` of the page before, in the same order.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub cursor: Option<String>,
    /// How many at most; 1 to [`crate::limits::PAGE`].
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub limit: Option<u32>,
    /// From which end.
    #[serde(default)]
    pub order: EventOrder,
    /// Who did it, or to whom it was done.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub member: Option<MemberId>,
    /// What kind of thing.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub kind: Option<ActKind>,
    /// In which vault.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub vault: Option<VaultId>,
    /// Of which resource group, resource, account or file.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub object: Option<ObjectId>,
    /// Not before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Before this time.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

impl EventsQuery {
    /// How many at most, within the limits; `None` when the caller asked for none or too many.
    #[must_use]
    pub fn limit(&self) -> Option<u32> {
        super::PageQuery { cursor: None, limit: self.limit }.limit()
    }
}

/// A page of events.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EventPage {
    /// The events.
    pub items: Vec<EventListed>,
    /// Cursor of the next page; `None` on the last.
    pub next: Option<String>,
    /// The last event that the server keeps no longer: the chain is checked from there. Nothing was removed where it is
    /// the one before the first.
    pub anchor: AuditHead,
}

/// Which filter cannot be.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum EventFilter {
    /// Nobody with this id is, was or is invited to become a member.
    Member,
    /// The team has no such vault.
    Vault,
    /// It ends before it begins.
    Time,
    /// No page has this cursor.
    Cursor,
}

/// Why events are not listed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize, JsonSchema)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum AuditError {
    /// A filter that cannot be.
    #[error("the filter {filter:?} cannot be")]
    FilterRefused {
        /// Which.
        filter: EventFilter,
    },
    /// The caller may read only what it did itself.
    #[error("forbidden")]
    Forbidden,
}

operation! {
    /// Lists audit events.
    ListAuditEvents "list_audit_events": Get "/v1/teams/{team}/audit-events", Member;
    TeamPath, query EventsQuery => EventPage, AuditError
}
