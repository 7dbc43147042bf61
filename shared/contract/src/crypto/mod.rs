//! Public cryptography: hashes, signature verification, and the contexts that bind every signed and sealed object to
//! its purpose. Nothing secret is handled here.

pub mod context;
mod hash;
mod safety;
mod signature;

pub use hash::{Hash, hash, hash_parts};
pub use safety::SafetyNumber;
pub use signature::{BadSignature, PublicKeyRefused, SealingPublicKey, Signature, Signed, SignedKind, VerifyingKey};
