//! Services: members that are no persons, and the tokens that they sign in by.

mod token;

pub use token::ServiceToken;
