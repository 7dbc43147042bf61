//! The worker: the unlocked session. Keys live only here; the page sends commands and is given what it shows.

mod catalog_store;
mod checkpoints;
mod cipher;
mod clock;
mod device_store;
mod engine;
mod error;
mod local;
mod transport;
mod webhooks;
mod windows;
mod zone;

mod ahead;
mod audit;
mod blob;
mod cache;
mod catalog;
mod directory;
mod editing;
mod emergencies;
mod events;
mod examples;
mod export;
mod exposure;
mod factors;
mod files;
mod groups;
mod history;
mod idle;
mod import;
mod keys;
mod kit;
mod lease_policy;
mod leaving;
mod made;
mod members;
mod message;
mod otp;
mod own_keys;
mod own_vault;
mod pdf;
mod pending;
mod personal;
mod recovery;
mod reports;
mod requests;
mod search;
mod secret;
mod serve;
mod services;
mod session;
mod trash;
mod upkeep;

/// Starts the worker.
pub fn run() {
    console_error_panic_hook::set_once();
    message::listen();
}
