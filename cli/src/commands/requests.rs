//! Requests for guarded secrets.

use super::{read_duration, read_instant};
use crate::{
    clock,
    failure::Failure,
    tasks::{NewRequest, RequestStep, Task, Which},
};
use clap::Args;

#[derive(Args)]
pub(super) struct Request {
    /// The account's number, id or path
    account: String,
    /// Why
    #[arg(long)]
    reason: Option<String>,
    /// For which ticket
    #[arg(long)]
    ticket: Option<String>,
    /// For how long, such as 30m; by default as long as the policy lets
    #[arg(long, value_name = "TIME")]
    time: Option<String>,
    /// From when on: after so long a time (8h), or from an instant (2027-01-31T12:00:00Z); by default from now
    #[arg(long, value_name = "WHEN")]
    from: Option<String>,
    /// Take it without an approval, in an emergency; everybody is told
    #[arg(long)]
    break_glass: bool,
}

impl Request {
    pub(super) fn task(self) -> Result<Task, Failure> {
        let millis = self.time.as_deref().map(read_duration).transpose()?;
        let seconds = millis.map(|millis| u32::try_from(millis / 1_000).unwrap_or(u32::MAX));
        let from = self.from.as_deref().map(|text| read_to_come(text, clock::system()().0)).transpose()?;
        let Self { account, reason, ticket, break_glass, .. } = self;
        Ok(Task::Request(NewRequest { account, reason, ticket, seconds, from, break_glass }))
    }
}

/// A moment that is not over yet.
fn read_to_come(text: &str, now: u64) -> Result<u64, Failure> {
    let from = read_instant(text)?;
    if from < now { Err(Failure::Usage(format!("{text}: long gone"))) } else { Ok(from) }
}

#[derive(Args)]
pub(super) struct Requests {
    /// Those of others that you may answer, rather than your own
    #[arg(long)]
    others: bool,
    /// Those that are over too
    #[arg(long)]
    all: bool,
}

impl Requests {
    pub(super) fn task(self) -> Task {
        Task::Requests(Which { others: self.others, all: self.all })
    }
}

#[derive(Args)]
pub(super) struct Answer {
    /// The request's id, or the account where one request waits for it
    request: String,
    /// What to say to whoever asked
    #[arg(long)]
    comment: Option<String>,
}

impl Answer {
    pub(super) fn task(self, step: RequestStep) -> Task {
        Task::RequestStep(self.request, step, self.comment)
    }
}

#[derive(Args)]
pub(super) struct Step {
    /// The request's id, or the account where one request can be meant
    request: String,
}

impl Step {
    pub(super) fn task(self, step: RequestStep) -> Task {
        Task::RequestStep(self.request, step, None)
    }
}
