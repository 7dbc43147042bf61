//! The web app that this program was built with: handed out on this machine, with only the API's calls passed on to the
//! team's server; and compared with what that server serves itself.

mod compare;
mod forward;
mod gate;
mod operations;
mod serve;

pub use compare::Site;
pub use gate::Gate;
pub use serve::{Local, serve};
