//! The command line `sealward`, and what it is made of: the way to the server, and the engine that holds open sessions
//! for whoever asks on this machine. Everything done with secrets is the client's.

pub mod clock;
pub mod connection;
pub mod engine;
pub mod failure;
pub mod gateway;
pub mod secrets_in;
