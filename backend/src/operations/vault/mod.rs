//! Vaults: made, listed, given new keys and policies; roles in them given and taken. Each change is a statement of the
//! team's chain.

mod create;
mod envelopes;
mod list;
mod revoke_grant;
mod set_grant;
mod set_policy;
mod start_epoch;
#[cfg(test)]
mod tests;
