//! The command line `sealward`, and what it is made of: the way to the server, and the engine that holds open sessions
//! for whoever asks on this machine. Everything done with secrets is the client's.

pub mod agent;
pub mod clock;
pub mod commands;
pub mod connection;
pub mod connectors;
pub mod engine;
pub mod failure;
pub mod fault;
pub mod gateway;
pub mod home;
pub mod language;
pub mod migrate;
pub mod missing;
pub mod output;
pub mod secrets_in;
pub mod signals;
pub mod strength;
pub mod tasks;
pub mod told;
pub mod views;
pub mod web;
