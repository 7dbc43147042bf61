//! Everything done with secrets: keys, sealing, the unlocked session, one function per operation.

pub mod crypto;
pub mod generate;
pub mod kit;
pub mod model;
