//! The primitives of protocol suite 1, each a small newtype: nothing here knows what it protects.
//!
//! ```text
//! password + Secret Key ─ password ─► Root ─► lock key  ─ sealing ─► identity bundle
//!                                          └► login key ─ signing ─► signing in
//! vault keys  ─ sealing ─► records        (catalog and open: a key each)
//!             ─ guarded ─► secrets        (guarded: to a public half, by way of a random key)
//!             ─ hpke ────► envelopes      (one per member)
//! file key    ─ stream ──► chunks         (the key stands in the file's record)
//! ```
//! Every sealing, wrapping and signature takes the context that it is bound to; all of them come from the
//! contract's `crypto::context`.

pub mod commitment;
mod derivation;
pub mod guarded;
pub mod hpke;
pub mod identity;
pub mod invitation;
pub mod lease;
mod padding;
pub mod password;
pub mod randomness;
pub mod sealing;
mod secret_bytes;
pub mod shares;
pub mod signing;
pub mod stream;
pub mod token;
pub mod words;

pub use secret_bytes::SecretBytes;

#[cfg(test)]
pub(crate) mod fixed;
#[cfg(test)]
mod known_answers;
