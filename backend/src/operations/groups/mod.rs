//! Member groups: made, listed, named, changed and ended; and what custodians of vaults give and take for them.

mod change;
mod create;
mod grant;
mod list;
mod role;
#[cfg(test)]
mod tests;
mod update;
