//! What people do, from end to end: the real client against the real router.

mod audit;
mod auditors;
mod bulk;
mod cache;
mod catalog;
mod concurrency;
mod export;
mod factors;
mod files;
mod first_day;
mod history;
mod import;
mod import_files;
mod members;
mod passkeys;
mod password_policy;
mod personal;
mod policy;
mod removal;
mod restart;
mod secret_files;
mod services;
mod sessions;
mod trash;
mod upgrade;
