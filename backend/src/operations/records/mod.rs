//! Records: written singly or in batches under a new head, listed, and secrets released one at a time.
//!
//! A write goes through four steps. [`verify`]: what can be told from the bytes and the chain, signatures above all.
//! Then it waits for its turn in the vault. [`judge`]: what the vault's rows say, on a snapshot. [`commit`]: in the
//! writer, that chain and heads are still those judged by, and the rows. [`write`] is the way through all of them.

mod batch;
mod commit;
mod judge;
mod list;
mod moved;
mod purge;
mod put_secret;
mod release;
mod single;
#[cfg(test)]
mod tests;
mod verify;
mod versions;
mod write;

pub(crate) use commit::{Judged, NewEntry, store_head, store_records};
pub(crate) use release::{Asked, Wanted, give, holder, is_deleted, release};
