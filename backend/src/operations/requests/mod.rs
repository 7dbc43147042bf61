//! Requests for guarded secrets: taking their steps, giving what was checked out, listing them, and ending them by the
//! clock.

mod ending;
mod judging;
mod list;
mod queue;
mod release;
mod secret;
mod step;
mod taking;
mod uses;

pub(crate) use ending::{end_lost, sweep};
pub(crate) use judging::{Account, bound, holds};
pub(crate) use secret::requested_secret;
pub(crate) use step::{hour, refuse};
pub(crate) use taking::{check_said, sealed_grant, write_judged};
