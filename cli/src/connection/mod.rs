//! The way to the server: its address, whom TLS trusts, and the client's transport over HTTP.

mod address;
mod http;
mod trust;

pub use address::{AddressFault, PlainHttp, ServerAddress};
pub use http::{Body, Given, Http, Unanswered};
pub use trust::{Trust, TrustFault};
