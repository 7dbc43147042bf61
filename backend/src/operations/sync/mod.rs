//! Keeping up: what changed in the team, what changed in a vault, and hints that something did.

mod events;
mod team;
#[cfg(test)]
mod tests;
mod vault;
