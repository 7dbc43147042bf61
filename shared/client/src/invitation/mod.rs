//! Joining a team by an invitation's link: read, opened against the chain that the link pins, and used.

mod joining;
mod link;

pub use joining::{Joining, Newcomer, OpenedInvitation, open_invitation};
pub use link::InvitationLink;
