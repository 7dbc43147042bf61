//! What all dialects share: whose call it is, what is addressed by it, and what is done with that in one write or not at
//! all.

mod attempts;
pub mod change;
pub mod find;
mod gateway;
pub mod make;
pub mod named;
pub mod people;
pub mod place;
pub mod read;
pub mod remote;
pub mod requests;
pub mod rules;
pub mod time;
pub mod turns;

pub use gateway::Gateway;
