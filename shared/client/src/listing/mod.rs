//! What a list shows of the unlocked catalog and in which order, and what is known of the health of its secrets. Works
//! on what the catalog and the facts say; no secret is needed, and nothing leaves the client.

mod check;
mod filters;
mod health;
mod list;
mod order;

pub use check::{Check, Checks, Known, OLD_DAYS, SOON_DAYS};
pub use filters::{Facets, Filters};
pub use health::Tally;
pub use list::{Detail, Entry, Listing, Place, Query};
pub use order::{Column, Sort, SortValue};

#[cfg(test)]
mod tests;
