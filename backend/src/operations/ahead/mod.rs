//! Approvals that are given ahead: taking their steps, listing them, lending what they grant to a request, and ending them
//! once what they rest on is not as it was.

mod judging;
mod list;
mod secret;
mod step;

pub(crate) use judging::{any_over, end_over, lend, named, places, statements};
