//! The agent: a process of the user's own that holds an unlocked session behind a private socket, and does tasks with it
//! until it is locked or nobody has asked for a while. Keys never leave it.

mod call;
mod frame;
mod serve;
mod watch;

pub use call::{call, is_there, start};
pub use serve::{device_name, serve};

use crate::{
    tasks::{Answer, Step, Task},
    told::Told,
    views::Hidden,
};
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// What the agent is asked.
#[derive(Serialize, Deserialize)]
pub enum Ask {
    /// Opens a session.
    SignIn(SignIn),
    /// Ends it, and the agent.
    Lock,
    /// Does something with it.
    Do(Box<Task>),
}

/// How a session is opened.
#[derive(Serialize, Deserialize)]
pub struct SignIn {
    /// The password.
    pub password: Hidden,
    /// The emergency kit, on a machine that has not signed in before.
    pub kit: Option<Hidden>,
    /// The login name, where the kit does not say it.
    pub login_name: Option<String>,
    /// The server's origin, where neither kit nor machine know it.
    pub origin: Option<String>,
    /// The file of the certificates that the server is trusted by.
    pub ca: Option<PathBuf>,
    /// Whether HTTP is taken for other machines.
    pub plain_http: bool,
    /// The code of a second factor.
    pub code: Option<Hidden>,
    /// Whether somebody has compared what this machine is shown.
    pub compared: bool,
    /// After how many seconds without a question it locks itself.
    pub idle: u64,
}

/// What the agent answers in the end.
pub type Said = Result<Answer, Told>;

/// What the agent writes: how far it is, as often as there is something to tell, and then its answer.
#[derive(Serialize, Deserialize)]
enum Reply {
    Step(Step),
    Said(Box<Said>),
}
