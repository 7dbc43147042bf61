//! Asking for a secret: a request is a chain of its own of signed statements, from asking to checking in. What they say,
//! and how it stands, is the same code on both sides.

pub mod ahead;
mod refused;
mod standing;
mod state;
mod statement;

pub use refused::RequestRefused;
pub use standing::{Judged, SecretStand, Standing, Status};
pub use state::{Approval, End, Lease, RequestState};
pub use statement::{
    Approve, Ask, CheckOut, Comment, GrantNamed, LeaseContext, RequestBody, RequestStatement, SealedText,
    SignedRequest, request_hash,
};
