//! Approvals that are given ahead: a member may have one version of one secret within a window that comes again, without
//! asking each time. Such an approval is a chain of its own of signed statements; how it stands is judged anew by whoever
//! acts next, like a request.

mod judge;
mod state;
mod statement;
#[cfg(test)]
mod tests;
mod window;

pub use judge::{AheadJudged, AheadStatus};
pub use state::{AheadGiven, AheadState};
pub use statement::{AheadApproval, AheadBody, AheadContext, AheadStatement, Proposal, SignedAhead, ahead_hash};
pub use window::{Window, ZoneOffset};
