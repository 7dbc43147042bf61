//! Reading the audit chain.

use super::{Page, PageQuery, TeamPath, operation};
use crate::{bytes::Bytes, problem::Never};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// One event, as it was hashed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct EventListed {
    /// An encoded [`crate::audit::AuditEvent`].
    pub event: Bytes,
}

operation! {
    /// Lists audit events, oldest first.
    ListAuditEvents "list_audit_events": Get "/v1/teams/{team}/audit-events", Member;
    TeamPath, query PageQuery => Page<EventListed>, Never
}
