//! What members have seen of their team.

mod list;
mod put;
