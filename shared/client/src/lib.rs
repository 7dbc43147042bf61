//! Everything done with secrets: keys, sealing, the unlocked session, one function per operation.

pub mod api;
pub mod crypto;
pub mod error;
pub mod export;
pub mod exposure;
pub mod files;
pub mod generate;
pub mod import;
pub mod invitation;
pub mod keys;
pub mod kit;
pub mod listing;
pub mod local_web;
pub mod model;
pub mod operations;
pub mod otp;
pub mod recovery;
pub mod search;
pub mod service;
pub mod session;
pub mod surroundings;
pub mod transport;
pub mod vault;
