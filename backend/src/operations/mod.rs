//! The operations: one folder for each noun, one file for each verb. What is decided by the rows is a synchronous
//! function over a transaction; signatures are verified before it, outside the writer.

mod ahead;
pub mod answers;
pub mod audit;
pub mod call;
mod checkpoints;
mod directory;
mod export;
pub(crate) mod factors;
pub mod files;
mod groups;
mod invitations;
mod keys;
mod members;
pub mod records;
pub(crate) mod recovery;
mod releasing;
pub(crate) mod requests;
mod services;
pub mod session;
mod statement;
pub mod sync;
pub mod team;
pub mod vault;
mod webhooks;

pub use call::{Call, Caller, Handler, Outcome, Refusal, Reply};
