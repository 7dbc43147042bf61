//! What the system asks of a program that runs until it is told to end.

use crate::failure::Failure;

/// Waits until the system asks the program to end.
///
/// # Errors
/// [`Failure::Local`] where signals cannot be waited for.
#[cfg(unix)]
pub async fn until_asked_to_end() -> Result<(), Failure> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate()).map_err(Failure::local("signals"))?;
    tokio::select! {
        interrupted = tokio::signal::ctrl_c() => interrupted.map_err(Failure::local("signals")),
        _ = terminate.recv() => Ok(()),
    }
}

/// Waits until the system asks the program to end.
///
/// # Errors
/// [`Failure::Local`] where signals cannot be waited for.
#[cfg(not(unix))]
pub async fn until_asked_to_end() -> Result<(), Failure> {
    tokio::signal::ctrl_c().await.map_err(Failure::local("signals"))
}
