//! Asking the agent, and starting it.

use super::{Ask, Reply, Said, frame};
use crate::{failure::Failure, home::Home, tasks::Step, told::Told};
use std::{
    io::ErrorKind,
    os::unix::net::UnixStream,
    process::{Command, Stdio},
    time::Duration,
};

/// How often a new agent is looked for, and how long between.
const LOOKS: u32 = 500;
const PAUSE: Duration = Duration::from_millis(10);

/// Whether an agent is there.
#[must_use]
pub fn is_there(home: &Home) -> bool {
    UnixStream::connect(home.socket()).is_ok()
}

/// Asks the agent; `watch` is told how far it is.
///
/// # Errors
/// What it refused, or [`Failure::Locked`] where none is there.
pub fn call(home: &Home, ask: &Ask, watch: impl Fn(Step)) -> Said {
    let failed = |error: std::io::Error| match error.kind() {
        // It locked itself, and went.
        ErrorKind::NotFound | ErrorKind::ConnectionRefused | ErrorKind::UnexpectedEof | ErrorKind::BrokenPipe => {
            Failure::Locked
        }
        _ => Failure::local("agent")(error),
    };
    let exchange = || {
        let mut stream = UnixStream::connect(home.socket())?;
        frame::write(&mut stream, ask)?;
        loop {
            match frame::read::<Reply>(&mut stream)? {
                Reply::Step(step) => watch(step),
                Reply::Said(said) => return Ok(*said),
            }
        }
    };
    exchange().map_err(|error| Told::from(failed(error)))?
}

/// Starts an agent that goes on when this program ends, and waits until it answers.
///
/// # Errors
/// [`Failure::Local`].
pub fn start(home: &Home) -> Result<(), Failure> {
    if is_there(home) {
        return Ok(());
    }
    home.make()?;
    let program = std::env::current_exe().map_err(Failure::local("agent"))?;
    let mut agent = Command::new(program);
    // It is given no token: what it holds is a person's.
    agent.arg("agent").env_remove(crate::secrets_in::TOKEN).env(crate::home::HOME, home.path());
    agent.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    let mut child = agent.spawn().map_err(Failure::local("agent"))?;
    for _ in 0..LOOKS {
        if is_there(home) {
            return Ok(());
        }
        // One that ends at once has found another that was faster, or could not begin.
        if child.try_wait().is_ok_and(|ended| ended.is_some_and(|status| !status.success())) {
            break;
        }
        std::thread::sleep(PAUSE);
    }
    Err(Failure::local("agent")(ErrorKind::TimedOut.into()))
}
