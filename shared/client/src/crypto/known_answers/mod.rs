//! Known answers of others for every primitive: Project Wycheproof, RFCs, the X-Wing draft. They test
//! the crates as this crate builds them, natively and in wasm; our own frozen vectors stand beside the code.

mod argon2id;
mod ed25519;
mod hkdf;
mod secrets;
mod wycheproof;
mod x_wing;
