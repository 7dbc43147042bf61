//! What client and server agree on: ids, operations, policy, the team chain, records and heads with their verification,
//! crypto contexts, limits and problems.
//!
//! Pure: no I/O, no clock, no randomness, and nothing secret ever enters it.

pub mod audit;
pub mod bytes;
pub mod chain;
pub mod checkpoint;
pub mod codec;
pub mod crypto;
pub mod factor;
pub mod file;
pub mod host;
pub mod ids;
pub mod limits;
pub mod operations;
pub mod policy;
pub mod problem;
pub mod purge;
pub mod record;
pub mod release;
pub mod request;
pub mod session;
pub mod suite;
pub mod text;

#[cfg(test)]
mod vectors;
