//! What people do, from end to end: the real client against the real router.

mod catalog;
mod first_day;
mod sessions;
