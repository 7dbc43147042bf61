//! Search over the whole unlocked catalog, and the order in which lists are shown.
//! Everything stays in memory: nothing that is searched for, and nothing that is found, leaves the client.

mod collate;
mod entry;
mod fold;
mod gaps;
mod highlight;
mod index;
mod pinyin;
mod spelling;
mod term;

pub use collate::{Collation, SortKey, sort_key};
pub use entry::{SearchField, SearchText};
pub(crate) use fold::fold;
pub use index::{Hit, SearchIndex};

#[cfg(test)]
mod tests;
