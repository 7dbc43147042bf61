//! One-time codes (TOTP, RFC 6238): their seeds as people have them, the code of a moment, and QR images of seeds.
//! The clock is passed in; nothing here knows where a seed is kept.

mod code;
pub mod image;
mod seed;

pub use code::Code;
pub use image::ImageFault;
pub use seed::{Algorithm, Seed, SeedFault};

#[cfg(test)]
mod tests;
