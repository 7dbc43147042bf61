//! The reports: a few numbers about the team, each of which leads to the list behind it; what happened day by day; how
//! secrets were asked for; and the health of passwords by vault.

use sealward_client::model::Day;
use serde::{Deserialize, Serialize};

use super::{Error, SecretNamed, VaultHealth};

/// Asks for the reports.
#[derive(Serialize, Deserialize)]
pub struct ReadReports {
    /// Over how many days, today among them.
    pub days: u16,
}

/// The reports, as far as the person may see.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
pub struct Reports {
    /// Every day of them, the oldest first.
    pub days: Vec<ActivityDay>,
    /// Whether these are everybody's events, or only the person's own.
    pub all: bool,
    /// Whether there were more events than were counted: the oldest days are then too low.
    pub cut: bool,
    /// How many sign-ins were refused in these days.
    pub sign_ins_refused: u32,
    /// When they begin, in milliseconds since 1970.
    pub from: u64,
    /// How many people have no second factor; `None` for whoever may not know.
    pub without_factor: Option<u32>,
    /// The services; `None` for whoever may not know when they were used.
    pub services: Option<ServicesReport>,
    /// How many secrets are exposed, of those that the person may open; or why that could not be found out.
    pub exposed: Option<Result<u32, Error>>,
    /// How many secrets are weak, reused or no longer valid, of those that the person sees.
    pub unhealthy: u32,
    /// How the passwords of each vault are, the worst first.
    pub vaults: Vec<VaultHealth>,
    /// How secrets were asked for.
    pub requests: RequestsReport,
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

/// How secrets were asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestsReport {
    /// Every day, the oldest first.
    pub days: Vec<RequestsDay>,
    /// Of how many requests both the asking and an approval are in these days.
    pub approved: u32,
    /// Seconds from the asking to the last approval: of the request in the middle.
    pub median: Option<u32>,
    /// And of the slowest.
    pub slowest: Option<u32>,
    /// Who approved whose requests, the most first.
    pub approvals: Vec<ApprovalsOf>,
    /// Secrets that somebody had and that are to be changed; or why that could not be found out.
    pub due: Option<Result<Vec<SecretNamed>, Error>>,
}

/// What was done with requests on a day (UTC).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct RequestsDay {
    /// Which.
    pub day: Day,
    /// How many were asked, approved, rejected, checked out, and taken in an emergency.
    pub counts: [u32; 5],
}

/// How often somebody approved somebody's requests.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApprovalsOf {
    /// The login name of whoever approved.
    pub by: String,
    /// The login name of whoever asked.
    pub of: String,
    /// How often.
    pub count: u32,
}

/// Writes a report as a sheet, no cell a formula.
#[derive(Serialize, Deserialize)]
pub struct WriteSheet {
    /// The rows, the headings first.
    pub rows: Vec<Vec<String>>,
}

/// A sheet.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SheetWritten {
    /// What is in it.
    pub bytes: Vec<u8>,
}
