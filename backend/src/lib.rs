//! The blind server: stores ciphertext, checks signatures, keeps the audit chain.

#[cfg(unix)]
pub mod admin;
pub mod config;
pub mod http;
pub mod jobs;
pub mod lease_keys;
pub mod maintenance;
pub mod memory;
pub mod metrics;
pub mod operations;
pub mod server;
pub mod setup_code;
pub mod site;
pub mod store;
pub mod surroundings;
#[cfg(test)]
mod testing;

pub use config::Config;
pub use server::Server;
