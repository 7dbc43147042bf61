//! What is let through: any of the types, any of the tags, and an account to which all of the checks apply.

use super::check::{Check, Checks};
use super::list::Detail;
use crate::model::Day;
use serde::{Deserialize, Serialize};

/// Filters of a list; empty ones let everything through.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Filters {
    /// Types, as typed; any of them.
    pub types: Vec<String>,
    /// Tags of the resource or of an account; any of them.
    pub tags: Vec<String>,
    /// Checks; all of them, on one account.
    pub checks: Vec<Check>,
}

impl Filters {
    /// Whether everything is let through.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.types.is_empty() && self.tags.is_empty() && self.checks.is_empty()
    }
}

/// Filters with their words looked up.
pub(super) struct Compiled {
    types: Option<Vec<u32>>,
    tags: Option<Vec<u32>>,
    checks: Checks,
    today: Day,
}

impl Compiled {
    pub(super) fn new(filters: &Filters, today: Day, words: impl Fn(&str) -> Option<u32>) -> Self {
        let look_up = |wanted: &[String]| {
            (!wanted.is_empty()).then(|| wanted.iter().filter_map(|word| words(word)).collect::<Vec<_>>())
        };
        Self {
            types: look_up(&filters.types),
            tags: look_up(&filters.tags),
            checks: filters.checks.iter().copied().collect(),
            today,
        }
    }

    pub(super) fn admit(&self, detail: &Detail) -> bool {
        let by_type = self.types.as_ref().is_none_or(|types| types.contains(&detail.resource_type));
        let by_tag = || self.tags.as_ref().is_none_or(|tags| detail.tags.iter().any(|tag| tags.contains(tag)));
        let by_checks = || {
            self.checks == Checks::default()
                || detail.known.iter().any(|known| known.checks(self.today).has_all(self.checks))
        };
        by_type && by_tag() && by_checks()
    }
}

/// What a list could be filtered by, and how much each would leave.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Facets {
    /// Types with the resources of each, the most frequent first.
    pub types: Vec<(String, u32)>,
    /// Tags, likewise.
    pub tags: Vec<(String, u32)>,
    /// Checks, in their order.
    pub checks: Vec<(Check, u32)>,
}
