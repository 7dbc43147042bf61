//! Vaults: made, listed, given new keys and policies. Each change is a statement of the team's chain.

mod create;
mod list;
mod set_policy;
mod start_epoch;
mod statement;
#[cfg(test)]
mod tests;
