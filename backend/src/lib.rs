//! The blind server: stores ciphertext, checks signatures, keeps the audit chain.

pub mod store;
