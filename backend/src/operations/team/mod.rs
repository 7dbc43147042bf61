//! The server itself, teams, and the numbers that a team hands out.

mod create;
mod get_server;
pub(crate) mod reserve_numbers;
#[cfg(test)]
mod tests;
