//! The reports: a few numbers about the team, each of which leads to the list behind it, and what happened day by day.

use sealward_client::model::Day;
use serde::{Deserialize, Serialize};

/// Asks for the reports.
#[derive(Serialize, Deserialize)]
pub struct ReadReports {
    /// Over how many days, today among them.
    pub days: u16,
}

/// The reports, as far as the person may see.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reports {
    /// Every day of them, the oldest first.
    pub days: Vec<ActivityDay>,
    /// Whether these are everybody's events, or only the person's own.
    pub all: bool,
    /// Whether there were more events than were counted: the oldest days are then too low.
    pub cut: bool,
    /// How many sign-ins were refused in these days.
    pub sign_ins_refused: u32,
    /// How many people have no second factor; `None` for whoever may not know.
    pub without_factor: Option<u32>,
    /// The services; `None` for whoever may not know when they were used.
    pub services: Option<ServicesReport>,
    /// How many secrets are exposed, of those that the person may open.
    pub exposed: Option<u32>,
    /// How many secrets are weak, reused or no longer valid, of those that the person sees.
    pub unhealthy: u32,
}

/// What happened on a day (UTC).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ActivityDay {
    /// Which.
    pub day: Day,
    /// How many events of each kind, in the order of [`super::ActKind::ALL`].
    pub counts: [u32; 5],
}

/// What the services come to.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ServicesReport {
    /// Never used, or not for 90 days.
    pub unused: u32,
    /// Whose time is over within 14 days.
    pub expiring: u32,
}
